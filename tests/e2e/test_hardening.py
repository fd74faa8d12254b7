"""Who may ask and who may not, TLS, access logs, events, and ends in order: what a server in service must do."""

import json
import os
import re
import signal
import socket
import ssl
import subprocess
import threading
import time
import unittest

import meridian
from rest import Rest
from test_up import Up, wait_until

RULE = {"phoneNumber": "+18005550100", "region": "us-east-1", "queueId": "q-1"}


def add_principal(folder, name, role):
    """Its access key and secret."""
    done = meridian.run("credentials", "add", name, "--role", role, "--data", str(folder))
    assert done.returncode == 0, done.stderr
    value = lambda setting: re.search(rf"{setting} = (\S+)", done.stdout).group(1)
    return value("aws_access_key_id"), value("aws_secret_access_key")


def own_keys(region):
    env = region.client_environment()
    return env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"]


def curl_command(region, keys, path, *options, service="execute-api"):
    return ["curl", "-sS", "--aws-sigv4", f"aws:amz:{region.region}:{service}", "--user", ":".join(keys), *options,
            region.endpoint + path]


def curl(region, keys, path, *options, **kinds):
    """Status and body."""
    done = subprocess.run(curl_command(region, keys, path, "-w", "\n%{http_code}", *options, **kinds),
                          env=meridian.environment(), capture_output=True, text=True,
                          timeout=meridian.DEADLINE_SECONDS, check=False)
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    body, status = done.stdout.rsplit("\n", 1)
    return int(status), body


def error_of(answer):
    return answer.headers.get("x-amzn-errortype")


class Roles(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = meridian.Folder()
        cls.region = meridian.Region(cls.folder.path, arguments=["--demo"])

    @classmethod
    def tearDownClass(cls):
        cls.region.stop()
        cls.folder.__exit__()

    def log(self):
        return (self.folder.path / "us-east-1.log").read_text()

    def test_each_role_does_what_it_may_with_curl(self):
        region = self.region
        viewer = add_principal(self.folder.path, "curl-viewer", "viewer")
        editor = add_principal(self.folder.path, "curl-editor", "editor")
        wait_until(lambda: curl(region, viewer, "/routing")[0] == 200 and curl(region, editor, "/routing")[0] == 200)
        write = ("-H", "Content-Type: application/json", "-d", json.dumps(RULE))
        status, body = curl(region, viewer, "/routing", *write)
        self.assertEqual(status, 403, body)
        self.assertIn("role", json.loads(body)["message"])
        status, body = curl(region, editor, "/routing", *write)
        self.assertEqual(status, 200, body)
        self.assertEqual(json.loads(body)["outcome"], "created")
        status, body = curl(region, viewer, "/routing?prefix=%2B18005550100")
        self.assertEqual((status, json.loads(body)["items"][0]["queueId"]), (200, "q-1"))
        status, body = curl(region, viewer, "/2015-03-31/functions/RouteCall/invocations", "-d",
                            meridian.event("+18005550100"), service="lambda")
        self.assertEqual((status, json.loads(body)["queueId"]), (200, "q-1"))
        self.assertEqual(curl(region, viewer, "/business-hours/US_BUSINESS")[0], 200)
        self.assertEqual(curl(region, viewer, "/business-hours/US_BUSINESS", "-X", "DELETE")[0], 403)
        self.assertEqual(curl(region, ("MRDNNOBODY0000000000", "x"), "/routing")[0], 403)

    def test_a_viewers_write_by_whichever_door_is_refused_and_named(self):
        viewer = Rest(self.region, add_principal(self.folder.path, "nosy", "viewer"))
        wait_until(lambda: viewer("GET", "/routing").status == 200)
        refused = viewer("DELETE", "/prod/routing/%2B18005551234/us-east-1")
        self.assertEqual((refused.status, error_of(refused)), (403, "AccessDeniedException"))
        import boto3  # pylint: disable=import-outside-toplevel
        client = boto3.client("lambda", region_name="us-east-1", endpoint_url=self.region.endpoint,
                              aws_access_key_id=viewer.credentials.access_key,
                              aws_secret_access_key=viewer.credentials.secret_key)
        event = {"httpMethod": "DELETE", "path": "/routing/+18005551234/us-east-1", "headers": {}, "body": None}
        answer = json.loads(client.invoke(FunctionName="UpdateRouting", Payload=json.dumps(event))["Payload"].read())
        self.assertEqual(answer["statusCode"], 403, answer)
        self.assertEqual(Rest(self.region)("GET", "/routing/%2B18005551234/us-east-1").status, 200)
        self.assertRegex(self.log(), r"DELETE /prod/routing/%2B180\*+4/us-east-1 by nosy from 127.0.0.1:\d+ refused: "
                                     "the role is viewer")
        self.assertNotIn("18005551234", self.log())
        metrics = subprocess.run(["curl", "-sS", self.region.endpoint + "/metrics"], capture_output=True, text=True,
                                 check=True).stdout
        self.assertRegex(metrics, r'meridian_refused_requests_total\{cause="role",error="AccessDeniedException",')

    def test_history_names_the_principal(self):
        deploy = Rest(self.region, add_principal(self.folder.path, "deploy", "editor"))
        wait_until(lambda: deploy("GET", "/routing").status == 200)
        put = deploy("PUT", "/agents/a-1", {"name": "A"}, X_Change_Reason="a test")
        self.assertEqual(put.status, 200, put)
        change = deploy("GET", "/history/agents/a-1").json()["changes"][0]
        self.assertEqual((change["who"]["name"], change["who"]["role"]), ("deploy", "editor"))
        self.assertEqual(change["requestId"], put.headers["x-amzn-requestid"])

    def test_a_removed_key_stops_working_and_a_broken_file_changes_nothing(self):
        keys = add_principal(self.folder.path, "passing", "viewer")
        rest, own = Rest(self.region, keys), Rest(self.region)
        wait_until(lambda: rest("GET", "/routing").status == 200)
        file = self.folder.path / "credentials"
        good = file.read_text()
        file.write_text(good + "[passing]\n")
        self.region.process.send_signal(signal.SIGHUP)
        wait_until(lambda: "a second profile named 'passing'" in self.log())
        self.assertEqual(rest("GET", "/routing").status, 200)
        file.write_text(good)
        done = meridian.run("credentials", "remove", "passing", "--data", str(self.folder.path))
        self.assertEqual(done.returncode, 0, done.stderr)
        wait_until(lambda: rest("GET", "/routing").status == 403)
        self.assertEqual(error_of(rest("GET", "/routing")), "UnrecognizedClientException")
        self.assertEqual(own("GET", "/routing").status, 200)

    def test_an_unknown_role_keeps_a_region_from_starting_and_is_named(self):
        with meridian.Folder() as folder:
            (folder / "credentials").write_text("[meridian]\naws_access_key_id = A\naws_secret_access_key = B\n"
                                                "meridian_role = king\n")
            done = meridian.run("serve", "--region", "us-east-1", "--port", "0", "--demo", "--data", str(folder))
            self.assertEqual(done.returncode, 1)
            self.assertIn(f"{folder}/credentials:4: the meridian_role of 'meridian' must be", done.stderr)


class Browsers(unittest.TestCase):
    def test_pages_of_the_named_origins_may_ask(self):
        env = meridian.environment(**meridian.SETTINGS, MERIDIAN_CORS_ORIGINS="https://console.example.com")
        with meridian.Folder() as folder, meridian.Region(folder, arguments=["--demo"], env=env) as region:
            def preflight(origin):
                return subprocess.run(
                    ["curl", "-sS", "-i", "-X", "OPTIONS", "-H", f"Origin: {origin}", "-H",
                     "Access-Control-Request-Method: PUT", "-H", "Access-Control-Request-Headers: authorization,x-amz-date",
                     region.endpoint + "/routing/%2B1/us-east-1"], capture_output=True, text=True, check=True).stdout
            allowed = preflight("https://console.example.com")
            self.assertRegex(allowed, r"^HTTP/1.1 204 ")
            self.assertEqual(re.findall("Access-Control-Allow-Origin: (.*)\n", allowed), ["https://console.example.com"])
            self.assertRegex(preflight("https://evil.example.com"), r"^HTTP/1.1 403 ")
            answer = Rest(region)("GET", "/routing", Origin="https://console.example.com")
            self.assertEqual(answer.headers["access-control-allow-origin"], "https://console.example.com")
            self.assertIn("ETag", answer.headers["access-control-expose-headers"])

    def test_an_origin_that_is_none_is_named(self):
        with meridian.Folder() as folder:
            (folder / "m.toml").write_text('[server]\ncors_origins = ["*"]\n')
            done = meridian.run("serve", "--region", "us-east-1", "--port", "0", "--demo", "--data", str(folder),
                                "--config", str(folder / "m.toml"))
            self.assertEqual(done.returncode, 1)
            self.assertIn("'*' is no origin", done.stderr)

    def test_long_answers_are_gzip(self):
        with meridian.Folder() as folder, meridian.Region(folder, arguments=["--demo"]) as region:
            status, plain = curl(region, own_keys(region), "/openapi.json")
            self.assertEqual(status, 200)
            _, compressed = curl(region, own_keys(region), "/openapi.json", "--compressed", "-w", "\n%{size_download}\n200")
            body, size = compressed.rsplit("\n", 1)
            self.assertEqual(body, plain)
            self.assertLess(int(size), len(plain) / 4)


class Certificates:
    """An authority of its own, and a certificate for 127.0.0.1 that can be made anew."""

    def __init__(self, folder):
        self.folder = folder
        self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                     "-subj", "/CN=test authority", "-keyout", "ca.key", "-out", "ca.pem")
        self.renew()

    def openssl(self, *arguments):
        subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, capture_output=True)

    def renew(self):
        """A new key and certificate in the place of the old ones; its serial number."""
        self.openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=region",
                     "-keyout", "new.key", "-out", "new.csr")
        (self.folder / "san").write_text("subjectAltName=IP:127.0.0.1\n")
        self.openssl("x509", "-req", "-in", "new.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
                     "-extfile", "san", "-days", "2", "-out", "new.pem")
        os.replace(self.folder / "new.key", self.folder / "region.key")
        os.replace(self.folder / "new.pem", self.folder / "region.pem")

    def arguments(self):
        return ["--tls-cert", str(self.folder / "region.pem"), "--tls-key", str(self.folder / "region.key"), "--tls-ca",
                str(self.folder / "ca.pem")]

    def connect(self, port):
        """A connection that trusts the authority, and the serial number that the server shows."""
        context = ssl.create_default_context(cafile=self.folder / "ca.pem")
        stream = context.wrap_socket(socket.create_connection(("127.0.0.1", port)), server_hostname="127.0.0.1")
        return stream, stream.getpeercert()["serialNumber"]


class Tls(unittest.TestCase):
    def test_curl_trusts_the_authority_and_a_new_certificate_comes_with_sighup(self):
        with meridian.Folder() as folder:
            certificates = Certificates(folder)
            log = lambda: (folder / "us-east-1.log").read_text()
            with meridian.Region(folder, arguments=["--demo", *certificates.arguments()]) as region:
                trust = ("--cacert", str(folder / "ca.pem"))
                self.assertEqual(curl(region, own_keys(region), "/routing", *trust)[0], 200)
                with self.assertRaisesRegex(RuntimeError, "certificate"):
                    curl(region, own_keys(region), "/routing")
                self.assertIn("answers on https://127.0.0.1:", log())
                old_connection, old_serial = certificates.connect(region.port)
                certificates.renew()
                region.process.send_signal(signal.SIGHUP)
                wait_until(lambda: certificates.connect(region.port)[1] != old_serial)
                self.assertEqual(curl(region, own_keys(region), "/routing", *trust)[0], 200)
                old_connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
                self.assertIn(b"200", old_connection.recv(1_000), "connections of before go on")
                _, new_serial = certificates.connect(region.port)
                (folder / "region.pem").write_text("no certificate")
                region.process.send_signal(signal.SIGHUP)
                wait_until(lambda: "the old certificate goes on" in log())
                self.assertEqual(certificates.connect(region.port)[1], new_serial)

    def test_regions_ask_one_another_and_clients_ask_them_over_tls(self):
        with meridian.Folder() as folder:
            certificates = Certificates(folder)
            with Up(folder, *certificates.arguments()) as up:
                self.assertIn(f"https://127.0.0.1:{up.base_port}", up.output)
                data = ["--data", str(folder / "data")]
                health = meridian.run("health", *data)
                self.assertEqual(health.returncode, 0, health.stdout + health.stderr)
                routed = meridian.run("route", "+18005551234", "--region", "eu-west-1", *data)
                self.assertEqual(routed.returncode, 0, routed.stderr)
                script = (f'eval "$({meridian.BINARY} env --data {folder}/data)" && aws lambda invoke --endpoint-url '
                          f'"$AWS_ENDPOINT_URL" --function-name HealthCheck {folder}/health.json && '
                          f"echo $AWS_ENDPOINT_URL $AWS_CA_BUNDLE")
                done = subprocess.run(["bash", "-c", script], env=meridian.environment(), capture_output=True, text=True,
                                      timeout=meridian.DEADLINE_SECONDS, check=False)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertIn(f"https://127.0.0.1:{up.base_port} {folder}/ca.pem", done.stdout)
                body = json.loads(json.loads((folder / "health.json").read_text())["body"])
                self.assertEqual({entry["status"] for entry in body.values()}, {"healthy"}, body)
                _, serial = certificates.connect(up.base_port + 2)
                certificates.renew()
                up.process.send_signal(signal.SIGHUP)
                wait_until(lambda: certificates.connect(up.base_port + 2)[1] != serial)

    def test_a_certificate_without_its_key_is_refused_before_anything_starts(self):
        with meridian.Folder() as folder:
            for command in (["serve", "--region", "us-east-1", "--port", "0", "--demo"], ["up"]):
                done = meridian.run(*command, "--data", str(folder / "data"), "--tls-cert", "x.pem")
                self.assertEqual(done.returncode, 1)
                self.assertIn("--tls-key (MERIDIAN_TLS_KEY) is missing", done.stderr)


class AccessLog(unittest.TestCase):
    @staticmethod
    def lines(file):
        return [json.loads(line) for line in file.read_text().splitlines()]

    def test_it_goes_on_in_a_new_file_after_logrotate(self):
        with meridian.Folder() as folder:
            file = folder / "access.log"
            with meridian.Region(folder, arguments=["--demo", "--access-log", str(file)]) as region:
                rest = Rest(region)
                rest("GET", "/routing/%2B18005551234/us-east-1", User_Agent="a test")
                os.rename(file, folder / "access.log.1")
                region.process.send_signal(signal.SIGHUP)
                wait_until(file.exists)
                second = rest("GET", "/agents/nobody")
                self.assertEqual(region.stop(), 0)
            self.assertEqual([line["path"] for line in self.lines(folder / "access.log.1")],
                             ["/routing/%2B180*******4/us-east-1"])
            line, = self.lines(file)
            self.assertEqual({name: line[name] for name in ("requestId", "principal", "method", "status", "error")},
                             {"requestId": second.headers["x-amzn-requestid"], "principal": "meridian", "method": "GET",
                              "status": 404, "error": "ResourceNotFoundException"})
            self.assertEqual(line["bytes"], len(second.body))
            self.assertEqual(file.stat().st_mode & 0o777, 0o600)

    def test_a_region_of_up_has_its_own(self):
        with meridian.Folder() as folder, Up(folder, "--access-log"):
            meridian.run("route", "+18005551234", "--region", "eu-west-1", "--data", str(folder / "data"))
            file = folder / "data/eu-west-1/access.log"
            wait_until(lambda: any("RouteCall" in line["path"] for line in self.lines(file)))

    def test_a_disk_without_room_costs_lines_and_no_calls(self):
        with meridian.Folder() as folder:
            file = folder / "access.log"
            with meridian.Region(folder, arguments=["--demo", "--access-log", str(file)]) as region:
                subprocess.run(["prlimit", f"--pid={region.process.pid}", "--fsize=1:unlimited"], check=True)
                client = meridian.lambda_client(region)
                for _ in range(20):
                    client.invoke(FunctionName="RouteCall", Payload=meridian.event())
                lost = lambda: re.search(r'meridian_access_log_lines_lost_total\{region="us-east-1"\} (\d+)', subprocess.run(
                    ["curl", "-sS", region.endpoint + "/metrics"], capture_output=True, text=True, check=True).stdout)
                wait_until(lambda: int(lost().group(1)) >= 20)
                subprocess.run(["prlimit", f"--pid={region.process.pid}", "--fsize=unlimited:unlimited"], check=True)
                client.invoke(FunctionName="RouteCall", Payload=meridian.event())
                region.stop()
            self.assertEqual(json.loads(file.read_text().splitlines()[-1])["status"], 200)


class Listener:
    """curl -N on /events."""

    def __init__(self, region, keys, path="/events", *options):
        self.process = subprocess.Popen(curl_command(region, keys, path, "-N", *options), env=meridian.environment(),
                                        stdout=subprocess.PIPE, text=True)

    def block(self):
        """The next block: {field: value}; nothing: the stream has ended."""
        fields = {}
        for line in self.process.stdout:
            if line == "\n":
                return fields
            name, _, value = line.rstrip("\n").partition(": ")
            fields[name] = value
        return None

    def change(self):
        while (block := self.block()) is not None:
            if block.get("event") == "change":
                return json.loads(block["data"])
        return None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


class Events(unittest.TestCase):
    def test_a_change_arrives_as_it_is_made_and_who_comes_back_misses_none(self):
        with meridian.Folder() as folder, meridian.Region(folder, arguments=["--demo"]) as region:
            rest = Rest(region)
            viewer = add_principal(folder, "console", "viewer")
            wait_until(lambda: curl(region, viewer, "/routing")[0] == 200)
            with Listener(region, viewer, "/events?kind=routing") as listener:
                self.assertIn("retry", listener.block())
                version = rest("PUT", "/routing/%2B1800/us-east-1", {"queueId": "q"}).json()["data"]["version"]
                rest("PUT", "/agents/a", {"name": "not asked for"})
                change = listener.change()
                self.assertEqual({name: change[name] for name in ("kind", "entity", "operation", "version")},
                                 {"kind": "routing", "entity": "routing/+1800/us-east-1", "operation": "put",
                                  "version": version})
            rest("PATCH", "/routing/%2B1800/us-east-1", {"queueId": "r", "version": version})
            rest("DELETE", "/routing/%2B1800/us-east-1")
            with Listener(region, viewer, "/events", "-H", f"Last-Event-ID: {change['sequence']}") as listener:
                missed = [listener.change() for _ in range(3)]
                self.assertEqual([(event["entity"], event["operation"]) for event in missed],
                                 [("agents/a", "put"), ("routing/+1800/us-east-1", "put"),
                                  ("routing/+1800/us-east-1", "delete")])
                meridian.run("credentials", "remove", "console", "--data", str(folder))
                self.assertIsNone(listener.block(), "whose key is taken away is no longer told")
            with Listener(region, own_keys(region), "/events?after=4711000") as listener:
                listener.block()
                self.assertEqual(listener.block()["event"], "reset")

    def test_a_region_that_stops_ends_the_stream_whole(self):
        with meridian.Folder() as folder, meridian.Region(folder, arguments=["--demo"]) as region:
            with Listener(region, own_keys(region)) as listener:
                listener.block()
                start = time.monotonic()
                self.assertEqual(region.stop(), 0)
                self.assertLess(time.monotonic() - start, 4)
                self.assertIsNone(listener.block())
                self.assertEqual(listener.process.wait(), 0, "curl took the end for one")


class SlowPeer:
    """A port that takes connections and never answers; tells when somebody asks."""

    def __init__(self):
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.asked = threading.Event()
        threading.Thread(target=self.take, daemon=True).start()

    def take(self):
        self.connection, _ = self.listening.accept()
        self.connection.recv(1)
        self.asked.set()

    def address(self):
        return f"127.0.0.1:{self.listening.getsockname()[1]}"


class Stopping(unittest.TestCase):
    def test_a_request_in_work_is_answered_before_the_end(self):
        peer = SlowPeer()
        with meridian.Folder() as folder, meridian.Region(
                folder, arguments=["--demo", "--peer", f"eu-west-1={peer.address()}"]) as region:
            rest, answers = Rest(region), []
            asking = threading.Thread(target=lambda: answers.append(rest("GET", "/health")))
            asking.start()
            self.assertTrue(peer.asked.wait(meridian.DEADLINE_SECONDS))
            self.assertEqual(region.stop(), 0)
            asking.join()
            self.assertEqual(answers[0].status, 503, "the peer does not answer")
            self.assertEqual(answers[0].json()["us-east-1"]["status"], "healthy")
            with self.assertRaises(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", region.port))


if __name__ == "__main__":
    unittest.main()
