"""`meridian up`: three regions from one command."""

import concurrent.futures
import ctypes
import json
import os
import pathlib
import pty
import re
import signal
import subprocess
import time
import unittest

import meridian


PTRACE_ATTACH = 16


class Up:
    """`meridian up` on ports of its own."""

    def __init__(self, folder, *arguments, env=None, program=(meridian.BINARY,)):
        self.folder = folder
        self.base_port = free_ports(3)
        self.log = open(folder / "up.log", "ab")
        self.process = subprocess.Popen(
            [*program, "up", "--data", str(folder / "data"), "--base-port", str(self.base_port), *arguments],
            env=env or meridian.environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self.log,
            text=True)
        self.output = ""
        for line in self.process.stdout:
            self.output += line
            if "Ctrl-C" in line:
                return
        raise RuntimeError(self.output + (folder / "up.log").read_text())

    def children(self):
        text = subprocess.run(["ps", "-o", "pid=,args=", "--ppid", str(self.process.pid)], capture_output=True,
                              text=True, check=False).stdout
        return {match[2]: int(match[1]) for match in re.finditer(r"(\d+) .*--region (\S+)", text)}

    def stop(self, how=signal.SIGINT):
        self.process.send_signal(how)
        status = self.process.wait(meridian.DEADLINE_SECONDS)
        self.process.stdout.close()
        self.log.close()
        return status

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.stop()


def free_ports(count):
    """The first of `count` free ports in a row, below those that the system gives to outgoing connections."""
    import random
    import socket
    while True:
        base = random.randint(20_000, 32_000)
        try:
            for port in range(base, base + count):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port))
            return base
        except OSError:
            continue


def wait_until(condition):
    """Polls; every use waits for something that another process does."""
    deadline = time.monotonic() + meridian.DEADLINE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.02)


def cpu_seconds(pid):
    """Of that process itself; None when it has ended."""
    try:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return None
    return None if fields[0] == "Z" else (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class ServeTest(unittest.TestCase):
    def test_servers_that_start_at_once_on_a_fresh_folder_agree_on_credentials(self):
        with meridian.Folder() as folder:
            with concurrent.futures.ThreadPoolExecutor() as pool:
                regions = list(pool.map(lambda name: meridian.Region(folder, name, ["--demo"]),
                                        ("us-east-1", "eu-west-1", "ap-southeast-1")))
            try:
                for region in regions:
                    answer = meridian.lambda_client(region).invoke(FunctionName="RouteCall", Payload=meridian.event())
                    self.assertEqual(answer["StatusCode"], 200)
            finally:
                for region in regions:
                    region.stop()

    def test_a_folder_that_exists_keeps_its_mode_and_what_is_made_in_it_is_private(self):
        with meridian.Folder() as folder:
            folder.chmod(0o755)
            with meridian.Region(folder):
                self.assertEqual(folder.stat().st_mode & 0o777, 0o755)
                self.assertEqual((folder / "us-east-1").stat().st_mode & 0o777, 0o700)

    def test_an_instant_that_stands_still_is_also_what_explain_takes(self):
        with meridian.Folder() as folder:
            with meridian.Region(folder, arguments=["--demo", "--at", "2025-12-25T17:00:00Z"]) as region:
                (folder / "regions.json").write_text(
                    json.dumps([{"region": region.region, "host": "127.0.0.1", "port": region.port}]))
                done = meridian.run("route", "+18005551234", "--explain", "--data", str(folder))
                self.assertIn("Christmas Day", done.stdout, done.stderr)
                self.assertIn("why, at 2025-12-25T17:00:00.000Z", done.stdout)


class UpTest(unittest.TestCase):
    def route(self, folder, *arguments):
        return meridian.run("route", "+18005551234", "--data", str(folder / "data"), *arguments)

    def test_first_start_routes_a_call_and_a_second_start_finds_the_data(self):
        with meridian.Folder() as folder:
            with Up(folder) as up:
                self.assertIn('"ruleId":"+18005551234#us-east-1"', up.output)
                answers = {self.route(folder, "--region", region, "--output", "json", "--at", "2025-02-26T15:00:00Z").stdout
                           for region in ("us-east-1",)}
                self.assertEqual(len(answers), 1)
                for region in ("us-east-1", "eu-west-1", "ap-southeast-1"):
                    done = self.route(folder, "--region", region, "--explain")
                    self.assertEqual(done.returncode, 0, done.stderr)
                    self.assertIn("+18005551234#us-east-1", done.stdout)
                readme = (meridian.ROOT / "README.md").read_text()
                shown = readme[readme.index("flow            "):readme.index("```", readme.index("flow            "))]
                explained = self.route(folder, "--at", "2025-12-25T12:00:00-05:00", "--explain").stdout
                self.assertEqual(explained.split(), shown.split())  # README breaks long lines
                self.assertEqual((folder / "data/credentials").stat().st_mode & 0o777, 0o600)
                self.assertEqual(up.stop(), 0)
            start = time.monotonic()
            with Up(folder) as up:
                self.assertLess(time.monotonic() - start, 30)
                self.assertEqual(self.route(folder).returncode, 0)

    def test_env_feeds_aws_tools(self):
        with meridian.Folder() as folder, Up(folder) as up:
            script = (f'eval "$({meridian.BINARY} env --data {folder}/data --region eu-west-1)" && '
                      f'aws lambda invoke --endpoint-url "$AWS_ENDPOINT_URL" --function-name RouteCall '
                      f"--cli-binary-format raw-in-base64-out --payload '{meridian.event(region='eu-west-1')}' /dev/stdout")
            done = subprocess.run(["bash", "-c", script], env=meridian.environment(), capture_output=True, text=True,
                                  timeout=meridian.DEADLINE_SECONDS, check=False)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("+18005551234#us-east-1", done.stdout)

    def test_a_region_that_dies_is_started_again(self):
        with meridian.Folder() as folder, Up(folder) as up:
            before = up.children()
            self.assertEqual(set(before), {"us-east-1", "eu-west-1", "ap-southeast-1"})
            os.kill(before["eu-west-1"], signal.SIGKILL)
            wait_until(lambda: up.children().get("eu-west-1", before["eu-west-1"]) != before["eu-west-1"])
            wait_until(lambda: self.route(folder, "--region", "eu-west-1").returncode == 0)
            self.assertEqual(up.children()["us-east-1"], before["us-east-1"])

    def test_health_check_sees_a_stopped_region_and_its_return(self):
        with meridian.Folder() as folder, Up(folder) as up:
            pid = up.children()["eu-west-1"]
            os.kill(pid, signal.SIGSTOP)
            try:
                body = self.health(folder)
                self.assertEqual(body["statusCode"], 503)
                self.assertEqual(json.loads(body["body"])["eu-west-1"]["status"], "unhealthy")
                self.assertEqual(json.loads(body["body"])["us-east-1"]["status"], "healthy")
                self.health(folder)
            finally:
                os.kill(pid, signal.SIGCONT)
            wait_until(lambda: self.health(folder)["statusCode"] == 200)
            log = (folder / "up.log").read_text()
            self.assertEqual(log.count("Region eu-west-1 is unhealthy, as seen from us-east-1"), 1, log)
            self.assertEqual(log.count("Region eu-west-1 has recovered, as seen from us-east-1"), 1, log)

    def health(self, folder):
        script = (f'eval "$({meridian.BINARY} env --data {folder}/data)" && aws lambda invoke --endpoint-url '
                  f'"$AWS_ENDPOINT_URL" --function-name HealthCheck {folder}/health.json')
        subprocess.run(["bash", "-c", script], env=meridian.environment(), capture_output=True, check=True,
                       timeout=meridian.DEADLINE_SECONDS)
        return json.loads((folder / "health.json").read_text())

    def test_nohup_outlives_the_terminal(self):
        with meridian.Folder() as folder, Up(folder, program=("nohup", meridian.BINARY)) as up:
            up.process.send_signal(signal.SIGHUP)
            self.assertEqual(self.route(folder).returncode, 0)
            with self.assertRaises(subprocess.TimeoutExpired):
                up.process.wait(0.5)
            self.assertEqual(up.stop(), 0)

    def test_it_ends_with_its_terminal(self):
        with meridian.Folder() as folder:
            pid, terminal = pty.fork()
            if pid == 0:
                os.execve(meridian.BINARY, ["meridian", "up", "--data", str(folder / "data"), "--base-port",
                                            str(free_ports(3))], meridian.environment())
            with os.fdopen(terminal, "rb") as output:
                for line in output:
                    if b"Ctrl-C" in line:
                        break
            self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), 0)
            self.assertFalse((folder / "data/regions.json").exists())

    def test_a_region_that_cannot_start_is_the_only_failure_that_is_told(self):
        with meridian.Folder() as folder:
            (folder / "eu-west-1").touch()
            done = meridian.run("up", "--data", str(folder), "--base-port", str(free_ports(3)))
            self.assertEqual(done.returncode, 1)
            self.assertIn(str(folder / "eu-west-1"), done.stderr)
            self.assertNotIn("starting it again", done.stderr)

    def test_kill_of_up_takes_the_regions_along(self):
        with meridian.Folder() as folder, Up(folder) as up:
            children = up.children().values()
            up.stop(signal.SIGKILL)
            wait_until(lambda: not any(os.path.exists(f"/proc/{pid}") for pid in children))

    def test_a_second_up_on_the_same_folder_or_port_is_refused_in_one_sentence(self):
        with meridian.Folder() as folder, Up(folder) as up:
            same_folder = meridian.run("up", "--data", str(folder / "data"), "--base-port", "61000")
            self.assertEqual(same_folder.returncode, 1)
            self.assertIn(f"in use by another `meridian up` (process {up.process.pid})", same_folder.stderr)
            same_port = meridian.run("up", "--data", str(folder / "other"), "--base-port", str(up.base_port))
            self.assertEqual(same_port.returncode, 1)
            self.assertIn(str(up.base_port), same_port.stderr)
            locked = meridian.run("serve", "--region", "us-east-1", "--port", "0", "--data", str(folder / "data"),
                                  env=meridian.environment(**meridian.SETTINGS))
            self.assertEqual(locked.returncode, 1)
            self.assertIn(str(folder / "data/us-east-1"), locked.stderr)

    def test_a_region_that_does_not_stop_is_killed_and_nobody_spins_meanwhile(self):
        with meridian.Folder() as folder, Up(folder) as up:
            # Held by a debugger, which no signal but SIGKILL ends; a region that was only stopped is continued.
            held = up.children()["eu-west-1"]
            self.assertEqual(ctypes.CDLL(None).ptrace(PTRACE_ATTACH, held, None, None), 0)
            os.waitpid(held, 0)
            before = cpu_seconds(up.process.pid)
            up.process.send_signal(signal.SIGTERM)
            wait_until(lambda: set(up.children()) == {"eu-west-1"})
            last = before
            while (now := cpu_seconds(up.process.pid)) is not None:
                last = now
                os.waitpid(held, os.WNOHANG)  # else its parent never hears of its end
                time.sleep(0.1)
            self.assertLess(last - before, 1)
            self.assertEqual(up.process.wait(), 0)
            up.process.stdout.close()
            up.log.close()
            self.assertIn("eu-west-1 did not stop in time and is killed", (folder / "up.log").read_text())

    def test_a_region_that_stands_still_ends_in_order(self):
        with meridian.Folder() as folder, Up(folder) as up:
            os.kill(up.children()["eu-west-1"], signal.SIGSTOP)
            self.assertEqual(up.stop(signal.SIGTERM), 0)
            self.assertNotIn("is killed", (folder / "up.log").read_text())

    def test_without_demo_the_missing_setting_is_named(self):
        with meridian.Folder() as folder:
            done = meridian.run("up", "--no-demo", "--data", str(folder))
            self.assertEqual(done.returncode, 1)
            self.assertIn("DEFAULT_CONTACT_FLOW_ID is not set", done.stderr)


class CommandLine(unittest.TestCase):
    def test_wrong_usage_is_exit_2_and_one_line(self):
        for arguments in ([], ["fly"], ["route"], ["route", "+1", "--output", "xml"], ["up", "--base-port", "x"],
                          ["serve"], ["route", "+1", "--wings"], ["completion", "tcsh"]):
            with self.subTest(arguments):
                done = meridian.run(*arguments)
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
                self.assertIn("--help", done.stderr)

    def test_a_regions_name_is_no_path_and_no_shell_code(self):
        with meridian.Folder() as folder:
            for name in ("../x", "/tmp", "..", "a b", "a;id", "$(id)", "a\nb", "US-EAST-1", "é", "r" * 65, ""):
                for arguments in (["up", "--regions", f"us-east-1,{name}" if name else ""], ["serve", "--port", "0", "--region", name],
                                  ["route", "+1", "--region", name], ["env", "--region", name]):
                    with self.subTest(arguments):
                        data = ["--data", str(folder / "inner/data")]
                        done = meridian.run(*arguments, *data, env=meridian.environment(**meridian.SETTINGS))
                        self.assertEqual(done.returncode, 2, done.stderr)
                        self.assertIn("us-east-1" if name else "--region", done.stderr)
            self.assertEqual(list(folder.iterdir()), [])

    def test_a_full_or_closed_output_is_a_failure_and_no_crash(self):
        with meridian.Folder() as folder:
            (folder / "t.json").write_text('{"GlobalCallRouting":[]}')
            tables = str(folder / "t.json")
            for command, status in (
                    (f"route +1 --tables {tables} >/dev/full", 1), ("completion bash >/dev/full", 1), ("errors >/dev/full", 1),
                    ("--help >/dev/full", 1), ("--version >/dev/full", 1), (f"route +1 --tables {tables} >&-", 0),
                    ("route +1 --tables none.json 2>&-", 1), ("route +1 --tables none.json 2>/dev/full", 1),
                    ("fly 2>/dev/full", 2), (f"route +1 --tables {tables} <&- >&- 2>&-", 0)):
                with self.subTest(command):
                    done = subprocess.run(["bash", "-c", f"{meridian.BINARY} {command}"], capture_output=True, text=True,
                                          env=meridian.environment(**meridian.SETTINGS), check=False)
                    self.assertEqual(done.returncode, status, done.stderr)
                    if "/dev/full" in command and "2>" not in command:
                        self.assertIn("standard output", done.stderr)

    def test_env_is_words_for_a_shell_whatever_is_in_the_credentials(self):
        with meridian.Folder() as folder:
            secret = "a b'$(touch pwned)`\"\\"
            (folder / "credentials").write_text(f"[meridian]\naws_access_key_id = ID\naws_secret_access_key = {secret}\n")
            (folder / "regions.json").write_text('[{"region":"us-east-1","host":"127.0.0.1","port":1}]')
            done = subprocess.run(["bash", "-c", f'eval "$({meridian.BINARY} env --data .)"; printf %s "$AWS_SECRET_ACCESS_KEY"'],
                                  cwd=folder, env=meridian.environment(), capture_output=True, text=True, check=True)
            self.assertEqual(done.stdout, secret)
            self.assertFalse((folder / "pwned").exists())
            self.assertRegex(done.stderr, r"Z warning env credentials: .*readable by others")

    def test_what_is_passed_over_in_a_file_of_tables_is_told(self):
        with meridian.Folder() as folder:
            (folder / "typed.json").write_text('{"GlobalCallRouting":[{"phoneNumber":{"S":"+1"},"region":{"S":"us-east-1"}}]}')
            done = meridian.run("route", "+1", "--tables", str(folder / "typed.json"),
                                env=meridian.environment(**meridian.SETTINGS))
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("an item of GlobalCallRouting is passed over", done.stderr)

    def test_offline_explanations_have_the_rules_that_lost(self):
        with meridian.Folder() as folder:
            rules = [{"phoneNumber": number, "region": region, "contactFlowId": "f"}
                     for number, region in (("+1", "us-east-1"), ("+1800", "us-east-1"), ("+18005551234", "eu-west-1"))]
            (folder / "t.json").write_text(json.dumps({"GlobalCallRouting": rules, "BusinessHours": []}))
            done = meridian.run("route", "+18005551234", "--tables", str(folder / "t.json"), "--explain",
                                env=meridian.environment(**meridian.SETTINGS))
            self.assertRegex(done.stdout, r"won +\+1800 in us-east-1")
            self.assertRegex(done.stdout, r"lost \+1 in us-east-1")
            self.assertRegex(done.stdout, r"lost \+18005551234 in eu-west-1")

    def test_an_empty_option_is_no_default(self):
        for arguments in (["up", "--data", ""], ["route", "+1", "--at", ""], ["route", "+1", "--tables", ""],
                          ["env", "--data", ""], ["serve", "--region", "r", "--port", "0", "--config", ""]):
            with self.subTest(arguments):
                done = meridian.run(*arguments)
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertIn("leave the option out", done.stderr)

    def test_failures_are_exit_1_and_name_the_thing(self):
        with meridian.Folder() as folder:
            (folder / "junk.json").write_text("{")
            (folder / "bad.toml").write_text("[routing]\ndefault_contact_flow_id = 5\n")
            (folder / "unknown.toml").write_text("[routing]\n\ncolour = \"blue\"\n")
            cases = [
                (["route", "+1", "--data", str(folder)], "meridian up"),
                (["route", "+1", "--at", "noon", "--tables", str(folder / "junk.json")], "2025-02-26T15:00:00Z"),
                (["route", "+1", "--tables", str(folder / "none.json")], "none.json"),
                (["route", "+1", "--tables", str(folder / "junk.json")], "junk.json"),
                (["route", "--event", str(folder / "none.json"), "--tables", "x"], "none.json"),
                (["up", "--config", str(folder / "bad.toml"), "--data", str(folder)], "bad.toml:2:"),
                (["up", "--config", str(folder), "--data", str(folder)], "it is a folder"),
                (["up", "--config", str(folder / "none.toml"), "--data", str(folder)], "cannot read " + str(folder / "none.toml")),
                (["up", "--config", str(folder / "unknown.toml"), "--data", str(folder)], "unknown.toml:3:"),
                (["serve", "--region", "us-east-1", "--port", "0", "--store", "dynamodb", "--demo", "--data", str(folder)],
                 "--demo belongs to --store embedded"),
            ]
            for arguments, words in cases:
                with self.subTest(arguments):
                    done = meridian.run(*arguments, env=meridian.environment(**meridian.SETTINGS))
                    self.assertEqual(done.returncode, 1, done.stderr)
                    self.assertIn(words, done.stderr)
                    self.assertEqual(done.stdout, "")

    def test_env_survives_a_shell_whatever_the_credentials_hold(self):
        with meridian.Folder() as folder:
            (folder / "credentials").write_text(
                "[meridian]\naws_access_key_id = ID\naws_secret_access_key = a'b$(exit 3)c\naws_session_token = t;u\n")
            (folder / "regions.json").write_text('[{"region":"us-east-1","host":"127.0.0.1","port":7401}]')
            script = (f'eval "$({meridian.BINARY} env --data {folder})" && '
                      'printf "%s %s %s" "$AWS_SECRET_ACCESS_KEY" "$AWS_SESSION_TOKEN" "$AWS_ENDPOINT_URL"')
            done = subprocess.run(["bash", "-c", script], env=meridian.environment(), capture_output=True, text=True,
                                  check=False, timeout=meridian.DEADLINE_SECONDS)
            self.assertEqual(done.stdout, "a'b$(exit 3)c t;u http://127.0.0.1:7401", done.stderr)

    def test_more_rules_than_a_store_queues_are_routed_offline(self):
        with meridian.Folder() as folder:
            rules = [{"phoneNumber": f"+{n}", "region": "us-east-1", "queueId": f"q{n}"} for n in range(100_000, 170_000)]
            (folder / "tables.json").write_text(json.dumps({"GlobalCallRouting": rules}))
            done = meridian.run("route", "+1699995", "--tables", str(folder / "tables.json"), "--output", "json",
                                env=meridian.environment(**meridian.SETTINGS))
            self.assertEqual(json.loads(done.stdout)["queueId"], "q169999", done.stderr)

    def test_an_empty_variable_does_not_hide_the_files_setting(self):
        with meridian.Folder() as folder:
            (folder / "settings.toml").write_text(
                '[routing]\ndefault_contact_flow_id = "file-flow"\ndefault_queue_id = "file-queue"\n')
            (folder / "tables.json").write_text('{"GlobalCallRouting":[]}')
            done = meridian.run("route", "+1", "--tables", str(folder / "tables.json"), "--config",
                                str(folder / "settings.toml"), "--output", "json",
                                env=meridian.environment(DEFAULT_CONTACT_FLOW_ID="", DEFAULT_QUEUE_ID="set"))
            answer = json.loads(done.stdout)
            self.assertEqual((answer["contactFlowId"], answer["queueId"]), ("file-flow", "set"), done.stderr)

    def test_help_of_every_command_shows_examples(self):
        self.assertEqual(meridian.run("--version").stdout.split()[0], "meridian")
        for command in ([], ["up"], ["serve"], ["route"]):
            done = meridian.run(*command, "--help")
            self.assertEqual(done.returncode, 0)
            self.assertIn("  meridian ", done.stdout)

    def test_completion_is_understood_by_bash(self):
        script = (f'eval "$({meridian.BINARY} completion bash)"; COMP_WORDS=(meridian route --ex); COMP_CWORD=2; '
                  '_meridian; echo "${COMPREPLY[@]}"')
        done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True,
                              timeout=meridian.DEADLINE_SECONDS)
        self.assertEqual(done.stdout.strip(), "--explain")

    def test_the_page_of_errors_is_current(self):
        self.assertEqual(meridian.run("errors").stdout, (meridian.ROOT / "docs/errors.md").read_text())


if __name__ == "__main__":
    unittest.main()
