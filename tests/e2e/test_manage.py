"""The commands by which a routing administrator works: rules, hours, agents, history and questions, good and bad."""

import csv
import fcntl
import io
import json
import os
import pathlib
import pty
import re
import resource
import signal
import socket
import struct
import subprocess
import termios
import threading
import unittest

import meridian
from test_up import wait_until

NUMBER = "+18005551234"  # the sample data's rule, in us-east-1
NAMES = ("us-east-1", "eu-west-1")


class Place:
    """Regions that run from a folder, as `meridian up` leaves it."""

    def __init__(self, names=NAMES[:1], arguments=("--demo",)):
        self.folder = meridian.Folder()
        self.path = self.folder.path
        # Each with a folder of its own, so that one can be told from another; one set of credentials for all.
        self.regions = [meridian.Region(self.path, name, arguments) for name in names]
        self.tell_where()

    def tell_where(self):
        (self.path / "regions.json").write_text(json.dumps(
            [{"region": r.region, "host": "127.0.0.1", "port": r.port} for r in self.regions]))

    def run(self, *arguments, **options):
        return meridian.run(*arguments, "--data", str(self.path), **options)

    def good(self, *arguments, **options):
        """Standard output of a command that must succeed."""
        done = self.run(*arguments, **options)
        if done.returncode != 0:
            raise AssertionError(f"{arguments}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def json(self, *arguments):
        return json.loads(self.good(*arguments, "--output", "json"))

    def write(self, name, text):
        (self.path / name).write_text(text if isinstance(text, str) else json.dumps(text))
        return str(self.path / name)

    def stop(self):
        for region in self.regions:
            if region.process.poll() is None:
                region.stop()
            region.log.close()
        self.folder.__exit__()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def on_terminal(arguments, typed="", columns=80, env=None):
    """Exit status and all that a terminal showed."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    process = subprocess.Popen([meridian.BINARY, *arguments], stdin=theirs, stdout=theirs, stderr=theirs,
                               env=env or meridian.environment(), start_new_session=True)
    os.close(theirs)
    os.write(ours, typed.encode())
    shown = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:  # the other side is closed
            break
        if not piece:
            break
        shown += piece
    os.close(ours)
    return process.wait(meridian.DEADLINE_SECONDS), shown.decode().replace("\r\n", "\n")


def editor(place, script):
    """An environment whose editor is this shell script; $1 is the draft."""
    file = place.path / "editor.sh"
    file.write_text("#!/bin/sh\n" + script)
    file.chmod(0o755)
    return meridian.environment(EDITOR=str(file), VISUAL=None, TMPDIR=str(place.path))


def drafts(place):
    return sorted(place.path.glob("meridian-edit-*/draft.json"))


def without_stamps(items):
    return [{k: v for k, v in item.items() if k not in ("version", "lastUpdated")} for item in items]


class Case(unittest.TestCase):
    names = NAMES[:1]

    @classmethod
    def setUpClass(cls):
        cls.place = Place(cls.names)

    @classmethod
    def tearDownClass(cls):
        cls.place.stop()

    def refused(self, words, *arguments, status=1, **options):
        """A failure: its status, one line that says what and what to do, nothing on standard output."""
        done = self.place.run(*arguments, **options)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        self.assertRegex(done.stderr, words)
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        self.assertTrue(done.stderr.startswith("meridian: "), done.stderr)
        self.assertEqual(done.stdout, "")
        return done.stderr


class Reading(Case):
    def test_lists_are_tables_for_people_and_json_or_csv_for_programs(self):
        shown = self.place.good("rules", "list", "--prefix", "+1800")
        self.assertRegex(shown, r"^NUMBER +REGION +FLOW")
        self.assertRegex(shown, rf"(?m)^\{NUMBER} +us-east-1 +contact-flow-id +queue-id +US_BUSINESS")
        self.assertTrue(shown.endswith("1 rule\n"), shown)
        for command, key, value in (("rules", "phoneNumber", NUMBER), ("hours", "regionId", "US_BUSINESS"),
                                    ("agents", "agentId", "agent123")):
            with self.subTest(command):
                listing = [command, "list", "--prefix", value]
                self.assertEqual([item[key] for item in self.place.json(*listing)], [value])
                lines = self.place.good(*listing, "--output", "ndjson").splitlines()
                self.assertEqual([json.loads(line)[key] for line in lines], [value])
                rows = list(csv.DictReader(io.StringIO(self.place.good(*listing, "--output", "csv"))))
                self.assertEqual([row[key] for row in rows], [value])
                self.assertIn(value, self.place.good(*listing))
                self.assertIn(value, self.place.good(command, "get", value))
                self.assertEqual(self.place.json(command, "get", value)[key], value)

    def test_a_list_has_all_pages_in_order_and_filters(self):
        rules = [{"phoneNumber": f"+3{n}", "region": region, "queueId": "q"}
                 for n in range(10_000, 11_250) for region in NAMES]
        self.place.good("rules", "import", self.place.write("many.json", rules))
        keys = [(r["phoneNumber"], r["region"]) for r in self.place.json("rules", "list", "--prefix", "+3")]
        self.assertEqual(keys, sorted((r["phoneNumber"], r["region"]) for r in rules))
        shown = self.place.good("rules", "list", "--prefix", "+3", "--region", "eu-west-1")
        self.assertTrue(shown.endswith("1,250 rules\n"), shown[-100:])
        self.assertNotIn("us-east-1", shown)
        self.assertEqual(shown.count("NUMBER"), 1)
        self.assertEqual(len(self.place.json("rules", "list", "--prefix", "+3", "--limit", "1100")), 1100)
        self.assertEqual(self.place.json("rules", "list", "--prefix", "+9"), [])
        self.assertEqual(self.place.good("rules", "list", "--prefix", "+9"), "0 rules\n")

    def test_a_table_fits_its_terminal_and_is_no_command_to_it(self):
        self.place.good("hours", "put", "WIDE", "--set", "name=" + "東京" * 60 + "\x1b[31m", "--set", "timezone=Asia/Tokyo")
        for columns in (60, 120):
            status, shown = on_terminal(["hours", "list", "--prefix", "WIDE", "--data", str(self.place.path)], columns=columns)
            self.assertEqual(status, 0, shown)
            self.assertIn("…", shown)
            self.assertNotIn("\x1b[31m", shown)
            for line in shown.splitlines():
                self.assertLessEqual(sum(2 if c in "東京" else 1 for c in line), columns, line)
        self.assertNotIn("\x1b", self.place.good("hours", "get", "WIDE"))

    def test_a_number_that_several_regions_have_needs_its_region(self):
        for region in NAMES:
            self.place.good("rules", "put", "+4420", "--region", region, "--set", f"queueId=q-{region}")
        self.refused("2 regions .*eu-west-1, us-east-1; say which with --region", "rules", "get", "+4420")
        for key in (["+4420", "--region", "eu-west-1"], ["+4420#eu-west-1"], ["+4420/eu-west-1"]):
            self.assertEqual(self.place.json("rules", "get", *key)["queueId"], "q-eu-west-1")
        self.refused("no region has a rule for exactly that number", "rules", "get", "+44")

    def test_explain_says_why(self):
        shown = self.place.good("explain", NUMBER, "--at", "2025-12-25T12:00:00-05:00")
        self.assertIn("Christmas Day", shown)
        self.assertIn("won  +18005551234 in us-east-1", shown)
        answer = self.place.json("explain", NUMBER, "--region", "eu-west-1")
        self.assertEqual(answer["region"], "eu-west-1")
        event = self.place.write("event.json", meridian.event(NUMBER))
        self.assertEqual(self.place.json("explain", "--event", event)["answer"]["ruleId"], f"{NUMBER}#us-east-1")
        self.refused("2025-02-26T15:00:00Z", "explain", NUMBER, "--at", "noon", status=2)
        self.refused("NUMBER or --event", "explain", status=2)

    def test_a_calendar_has_holidays_and_clock_changes_in_its_own_zone(self):
        shown = self.place.good("calendar", "US_BUSINESS", "--from", "2025-12-24", "--to", "2025-12-26")
        lines = shown.splitlines()
        self.assertEqual(lines[0], "US_BUSINESS, America/New_York")
        self.assertRegex(lines[2], r"^Wed 2025-12-24  09:00–17:00$")
        self.assertRegex(lines[3], r"^Thu 2025-12-25  closed +holiday: Christmas Day$")
        self.assertRegex(lines[4], r"^Fri 2025-12-26  09:00–17:00$")
        self.assertRegex(lines[5], r"^Now (open; closed|closed; open|holiday.*; \w+) from ... \d{4}-")
        clocks = self.place.good("calendar", "US_BUSINESS", "--from", "2026-03-07", "--days", "2")
        self.assertRegex(clocks, r"(?m)^Sun 2026-03-08  closed +clocks go from 02:00 to 03:00$")
        self.assertEqual(len(self.place.good("calendar", "US_BUSINESS").splitlines()), 2 + 14 + 1)
        answer = self.place.json("calendar", "US_BUSINESS", "--from", "2026-03-07", "--days", "60")
        self.assertEqual({e["event"] for e in answer["entries"]}, {"opens", "closes"})
        self.refused("business hours NOWHERE: not stored; `meridian hours list`", "calendar", "NOWHERE")
        self.refused("--to is before --from", "calendar", "US_BUSINESS", "--from", "2026-03-07", "--to", "2026-03-06")
        self.refused("no date", "calendar", "US_BUSINESS", "--from", "tomorrow", status=2)

    def test_an_emergency_is_seen_at_once(self):
        self.place.good("hours", "put", "STORM", "--set", "timezone=America/New_York", "--set", "schedule.monday=09:00-17:00")
        self.place.good("hours", "put", "STORM", "--set", "emergencyClose.isActive=true", "--set",
                        "emergencyClose.message=Snow", "--reason", "Snow")
        self.assertRegex(self.place.good("hours", "list", "--prefix", "STORM"), r"STORM .*CLOSED")
        self.assertIn("Now emergency: Snow", self.place.good("calendar", "STORM"))

    def test_regions_and_health(self):
        self.assertRegex(self.place.good("regions"), r"us-east-1 +.*this one")
        self.assertEqual([r["region"] for r in self.place.json("regions")["regions"] if r["self"]], ["us-east-1"])
        self.assertRegex(self.place.good("health"), r"us-east-1 +healthy +ACTIVE")
        self.assertEqual(self.place.json("health")["us-east-1"]["status"], "healthy")

    def test_help_of_every_command_has_examples(self):
        commands = [[kind, verb] for kind in ("rules", "hours", "agents")
                    for verb in ("list", "get", "put", "edit", "delete", "import", "export")]
        commands += [["history", verb] for verb in ("show", "diff", "restore")]
        commands += [["explain"], ["calendar"], ["lint"], ["regions"], ["health"]]
        for command in commands:
            done = meridian.run(*command, "--help")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("meridian " + " ".join(command), done.stdout)
            self.assertLessEqual(max(len(line) for line in done.stdout.splitlines()), 120)

    def test_wrong_usage_is_exit_2_and_names_the_command(self):
        for arguments in (["rules"], ["rules", "fly"], ["rules", "get"], ["hours", "list", "--region", "us-east-1"],
                          ["rules", "list", "--output", "xml"], ["rules", "list", "--limit", "0"],
                          ["rules", "put", "x", "--version", "1", "--force"], ["history", "show"],
                          ["rules", "delete", "+1", "--reason", "two\nlines"], ["rules", "get", "+1", "--region", "../x"],
                          ["calendar", "A", "--days", "3", "--to", "2026-01-01"], ["lint", "--severity", "bad"],
                          ["rules", "import", "x", "--reason", "r" * 1025]):
            with self.subTest(arguments):
                done = meridian.run(*arguments)
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
                self.assertIn(f"see `meridian {arguments[0]} ", done.stderr)

    def test_completion_knows_the_commands(self):
        def completed(*words):
            script = (f'eval "$({meridian.BINARY} completion bash)"; COMP_WORDS=(meridian "$@"); '
                      'COMP_CWORD=$#; _meridian; printf "%s\\n" "${COMPREPLY[@]}"')
            done = subprocess.run(["bash", "-c", script, "bash", *words], capture_output=True, text=True, check=True,
                                  cwd=self.place.path, timeout=meridian.DEADLINE_SECONDS)
            return done.stdout.split()

        self.assertEqual(completed("rules", "im"), ["import"])
        self.assertEqual(completed("rules", "list", "--output", ""), ["text", "json", "ndjson", "csv"])
        self.assertEqual(completed("rules", "import", "regions.j"), ["regions.json"])
        self.assertEqual(completed("history", "restore", "--re"), ["--region", "--reason"])
        self.assertEqual(completed("hours", "list", "--reg"), [])


class Writing(Case):
    def test_put_some_fields_and_keep_the_others(self):
        place = self.place
        made = place.good("rules", "put", "+4930", "--region", "eu-west-1", "--set", "queueId=berlin", "--set", "priority=3",
                          "--set", "attributes.language=de", "--set", "zip=01067", "--set", "x:=[1]", "--reason", "Grüße, 東京")
        self.assertIn("rule +4930 in eu-west-1: created, version 1", made)
        self.assertIn("updated, version 2", place.good("rules", "put", "+4930", "--set", "queueId=mitte", "--set", "priority="))
        rule = place.json("rules", "get", "+4930")
        del rule["lastUpdated"]
        self.assertEqual(rule, {"phoneNumber": "+4930", "region": "eu-west-1", "queueId": "mitte", "zip": "01067", "x": [1],
                                "attributes": {"language": "de"}, "version": 2})
        self.assertEqual(place.json("history", "show", "+4930")[1]["reason"], "Grüße, 東京")
        self.refused("Version 2 is stored, not version 1.*--version 2.*--force", "rules", "put", "+4930", "--set", "queueId=x",
                     "--version", "1")
        self.assertIn("version 3", place.good("rules", "put", "+4930", "--set", "queueId=x", "--version", "2"))
        self.refused("--set priority: is not a number, as in 1", "rules", "put", "+4930", "--set", "priority=high")
        self.refused("FIELD=VALUE", "rules", "put", "+4930", "--set", "priority")

    def test_put_a_file_is_conditional_on_its_version(self):
        place = self.place
        rule = {"phoneNumber": "+4940", "region": "eu-west-1", "queueId": "a"}
        file = place.write("rule.json", rule)
        self.assertIn("created, version 1", place.good("rules", "put", file))
        self.assertIn("unchanged", place.good("rules", "put", file))  # a retry
        place.write("rule.json", rule | {"queueId": "b"})
        self.refused("--version 1 .*--force", "rules", "put", file)
        self.assertIn("updated, version 2", place.good("rules", "put", file, "--version", "1"))
        place.write("rule.json", rule | {"queueId": "c", "version": 1})
        self.refused("Version 2 is stored, not version 1", "rules", "put", file)
        self.assertIn("updated, version 3", place.good("rules", "put", file, "--force"))
        stored = place.good("rules", "get", "+4940", "--output", "json")
        self.assertIn("updated, version 4", place.good("rules", "put", place.write("r.json", stored.replace('"c"', '"d"'))))
        done = subprocess.run([meridian.BINARY, "rules", "put", "-", "--data", str(place.path), "--output", "json"],
                              input=stored.replace('"c"', '"e"'), env=meridian.environment(), capture_output=True, text=True,
                              timeout=meridian.DEADLINE_SECONDS, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("Version 4 is stored", done.stderr)
        self.assertIn("created", place.good("agents", "put", place.write("a.json", {"agentId": "zoë", "skills": ["a"]}), "--force"))

    def test_put_refuses_what_is_no_entity(self):
        for text, words in (("{", "rule.json: .*byte"), ("[]", "holds a list: `meridian rules import`"), ("7", "is no rule"),
                            ('{"phoneNumber":"+1"}', "phoneNumber and region"), ("", "rule.json")):
            self.refused(words, "rules", "put", self.place.write("rule.json", text))
        self.refused("cannot read none.json.*", "rules", "put", "none.json")
        self.refused("it is a folder", "rules", "put", str(self.place.path))

    def test_every_fault_is_named_in_one_line(self):
        line = self.refused("refused: ", "hours", "put", self.place.write(
            "hours.json", {"regionId": "BAD", "timezone": "Mars/Olympus", "schedule": {"monday": {"isOpen": True, "hours": [
                {"open": "25:00", "close": "17:00"}]}}, "holidays": [{"date": "2025-02-30", "name": "x"}]}))
        for field in ("timezone: ", "schedule.monday.hours.0.open: ", "holidays.0.date: "):
            self.assertIn(field, line)

    def test_a_dry_run_shows_the_difference_and_changes_nothing(self):
        before = self.place.json("rules", "get", NUMBER)
        shown = self.place.good("rules", "put", NUMBER, "--set", "queueId=new", "--set", "attributes.language=", "--dry-run")
        self.assertIn("would be updated", shown)
        self.assertRegex(shown, r'(?m)^  ~ queueId: ".*" → "new"$')
        self.assertRegex(shown, r'(?m)^  - attributes.language: "en-US"$')
        status, coloured = on_terminal(["rules", "put", NUMBER, "--set", "queueId=new", "--dry-run", "--data", str(self.place.path)])
        self.assertEqual(status, 0)
        self.assertIn("\x1b[33m", coloured)
        self.assertIn("would be deleted", self.place.good("rules", "delete", NUMBER, "--dry-run"))
        self.assertEqual(self.place.json("rules", "get", NUMBER), before)

    def test_warnings_are_told_and_with_strict_they_are_errors(self):
        done = self.place.run("rules", "put", "+4950", "--region", "us-east-1", "--set", "queueId=q", "--set", "businessHoursId=NONE")
        self.assertEqual(done.returncode, 0)
        self.assertRegex(done.stderr, r"^meridian: warning: businessHoursId: .*\n$")
        self.refused("businessHoursId", "rules", "put", "+4950", "--set", "queueId=r", "--strict")

    def test_delete_asks_on_a_terminal_and_deletes_only_what_was_seen(self):
        place = self.place
        command = ["agents", "delete", "bob", "--data", str(place.path)]
        place.good("agents", "put", "bob", "--set", "name=Bob")
        status, shown = on_terminal(command, "n\n")
        self.assertEqual(status, 1)
        self.assertIn("Delete the agent bob? [y/N]", shown)
        self.assertRegex(shown, r"name\S* +Bob")
        self.assertIn("nothing was deleted", shown)
        self.refused("add --yes", "agents", "delete", "bob")
        self.refused("Version 1 is stored", "agents", "delete", "bob", "--yes", "--version", "7")
        self.assertEqual(place.json("agents", "get", "bob")["version"], 1)
        self.assertEqual(on_terminal(command, "y\n")[0], 0)
        for arguments in (["agents", "get", "bob"], ["agents", "delete", "bob", "--yes"]):
            self.refused("agent bob: not stored; `meridian agents list` shows those that are", *arguments)

    def test_an_item_of_400_kb_goes_in_and_out_and_a_larger_one_is_refused(self):
        place = self.place
        big = {"phoneNumber": "+4960", "region": "us-east-1", "queueId": "q", "notes": "é" * 199_000}
        place.good("rules", "put", place.write("big.json", big))
        self.assertEqual(place.json("rules", "get", "+4960")["notes"], big["notes"])
        for output in ("csv", "json"):
            file = str(place.path / f"big.{output}")
            place.good("rules", "export", "--prefix", "+4960", "-o", file)
            self.assertEqual(place.json("rules", "import", file), {"created": 0, "updated": 0, "unchanged": 1, "failed": 0})
        self.refused("400|409600|KB", "rules", "put", place.write("big.json", big | {"notes": "x" * 410_000, "version": 1}))
        done = place.run("rules", "import", place.write("bigger.json", [big | {"notes": "x" * 410_000}]))
        self.assertEqual(done.returncode, 1)
        self.assertIn("bigger.json:1: ", done.stderr)


class Editing(Case):
    def test_edit_stores_what_was_typed_and_leaves_nothing_behind(self):
        place = self.place
        place.good("rules", "put", "+5010", "--region", "us-east-1", "--set", "queueId=old", "--set", "attributes.x=ü")
        env = editor(place, 'grep -q "^# The rule +5010 in us-east-1, version 1" "$1" && sed -i s/old/new/ "$1"\n')
        self.assertIn("updated, version 2", place.good("rules", "edit", "+5010", "--reason", "Because", env=env))
        rule = place.json("rules", "get", "+5010")
        self.assertEqual((rule["queueId"], rule["attributes"]), ("new", {"x": "ü"}))
        self.assertEqual(place.json("history", "show", "+5010")[0]["reason"], "Because")
        for script, words in (("true\n", "unchanged"), (': >"$1"\n', "nothing stored"), ("touch $1\n", "unchanged")):
            self.assertIn(words, place.good("rules", "edit", "+5010", env=editor(place, script)))
        self.assertEqual(place.json("rules", "get", "+5010")["version"], 2)
        self.assertIn("would be updated", place.good("rules", "edit", "+5010", "--dry-run",
                                                     env=editor(place, 'sed -i s/new/newer/ "$1"\n')))
        self.assertEqual(drafts(place), [])

    def test_edit_makes_what_is_not_there_yet(self):
        env = editor(self.place, """sed -i 's/"queueId": ""/"queueId": "fresh"/; /contactFlowId/d' "$1"\n""")
        self.assertIn("created, version 1", self.place.good("rules", "edit", "+5020", "--region", "eu-west-1", env=env))
        self.assertEqual(self.place.json("rules", "get", "+5020")["queueId"], "fresh")

    def test_what_the_server_refuses_comes_back_with_the_faults(self):
        place = self.place
        place.good("hours", "put", "EDITED", "--set", "timezone=Europe/Dublin")
        # First a zone that does not exist, then broken JSON, then, as its comments ask for, good ones.
        env = editor(place, 'echo >>"$0.runs"\n'
                     'case $(wc -l <"$0.runs") in\n'
                     '1) sed -i s,Europe/Dublin,Europe/Atlantis, "$1" ;;\n'
                     '2) cp "$1" "$0.second"; sed -i "s,Europe/Atlantis\\",Europe/Paris," "$1" ;;\n'
                     '3) cp "$1" "$0.third"; sed -i "s,Europe/Paris,Europe/Paris\\"," "$1" ;;\n'
                     'esac\n')
        self.assertIn("updated, version 2", place.good("hours", "edit", "EDITED", env=env))
        self.assertEqual(place.json("hours", "get", "EDITED")["timezone"], "Europe/Paris")
        self.assertRegex((place.path / "editor.sh.second").read_text(), r"(?m)^# Not stored: refused: timezone: ")
        self.assertRegex((place.path / "editor.sh.third").read_text(), r"(?m)^# Not stored: .* in line \d+$")

    def test_who_gives_up_keeps_the_draft_and_can_go_on(self):
        place = self.place
        place.good("rules", "put", "+5030", "--region", "us-east-1", "--set", "queueId=old")
        line = self.refused("draft is kept: `meridian rules edit .5030 --region us-east-1 --draft ", "rules", "edit", "+5030",
                            env=editor(place, """sed -i 's/"old"/"half/' "$1"\n"""))
        draft = re.search(r"--draft (\S+)`", line).group(1)
        self.assertEqual(pathlib.Path(draft).stat().st_mode & 0o777, 0o600)
        self.assertIn('"half', pathlib.Path(draft).read_text())
        env = editor(place, """sed -i 's/"half/"whole"/' "$1"\n""")
        self.assertIn("version 2", place.good("rules", "edit", "+5030", "--draft", draft, env=env))
        self.assertEqual(place.json("rules", "get", "+5030")["queueId"], "whole")
        self.refused("the editor 'false' failed.*EDITOR", "rules", "edit", "+5030",
                     env=meridian.environment(EDITOR="false", TMPDIR=str(place.path)))

    def test_two_editors_conflict_and_neither_change_is_lost(self):
        place = self.place
        place.good("rules", "put", "+5040", "--region", "us-east-1", "--set", "queueId=old", "--set", "priority=1")
        env = editor(place, f'{meridian.BINARY} rules put +5040 --set priority=2 --data {place.path} >/dev/null\n'
                     'sed -i s/old/mine/ "$1"\n')
        done = place.run("rules", "edit", "+5040", env=env)
        self.assertEqual(done.returncode, 1)
        self.assertIn("somebody else changed the rule +5040 in us-east-1:\n  ~ priority: 1 → 2\n", done.stdout)
        self.assertIn('You changed:\n  ~ queueId: "old" → "mine"\n', done.stdout)
        self.assertRegex(done.stderr, r"^meridian: not stored: the rule is at version 2 now; your draft is kept: .*\n$")
        self.assertEqual(place.json("rules", "get", "+5040")["queueId"], "old")
        # On top of what is stored now, seen with what it would change.
        draft = re.search(r"--draft (\S+)`", done.stderr).group(1)
        env = editor(place, 'cp "$1" "$0.seen"; sed -i \'s/"priority": 1/"priority": 2/\' "$1"\n')
        self.assertIn("version 3", place.good("rules", "edit", "+5040", "--draft", draft, env=env))
        self.assertIn("#   ~ priority: 2 → 1", (place.path / "editor.sh.seen").read_text())
        rule = place.json("rules", "get", "+5040")
        self.assertEqual((rule["queueId"], rule["priority"]), ("mine", 2))


class History(Case):
    def test_show_diff_and_restore(self):
        place = self.place
        place.good("rules", "put", "+6010", "--region", "us-east-1", "--set", "queueId=one", "--reason", "First")
        place.good("rules", "put", "+6010", "--set", "queueId=two", "--set", "attributes.a=b")
        place.good("rules", "put", "+6010", "--set", "queueId=three")
        place.good("rules", "delete", "+6010", "--yes", "--reason", "Last")
        self.refused("no region has a rule", "history", "show", "+6010")
        shown = place.good("history", "show", "+6010", "--region", "us-east-1")
        rows = [line.split() for line in shown.splitlines()]
        self.assertEqual([(row[0], row[2], row[3]) for row in rows[1:5]],
                         [("3", "meridian", "delete"), ("3", "meridian", "update"), ("2", "meridian", "update"),
                          ("1", "meridian", "create")])
        self.assertIn("queueId, attributes", shown.replace("attributes, queueId", "queueId, attributes"))
        self.assertEqual(len(place.json("history", "show", "rules/+6010/us-east-1", "--limit", "2")), 2)
        for entity in ("+6010#us-east-1", "routing/+6010/us-east-1", "rules/+6010/us-east-1"):
            self.assertEqual(place.good("history", "diff", entity, "1", "2"),
                             '  + attributes: {"a": "b"}\n  ~ queueId: "one" → "two"\n')
        changes = place.json("history", "show", "rules/+6010/us-east-1")
        self.assertEqual(place.good("history", "diff", "rules/+6010/us-east-1", changes[1]["changeId"]),
                         '  ~ queueId: "two" → "three"\n')
        made = json.loads(place.good("history", "diff", "rules/+6010/us-east-1", "1", "--output", "json"))
        self.assertIn({"pointer": "/queueId", "after": "one"}, made)
        self.refused("add --yes", "history", "restore", "rules/+6010/us-east-1", "2")
        self.assertIn("would be", place.good("history", "restore", "rules/+6010/us-east-1", "2", "--dry-run"))
        restored = place.good("history", "restore", "rules/+6010/us-east-1", "2", "--yes", "--reason", "Back")
        self.assertIn("version 4", restored)
        rule = place.json("rules", "get", "+6010")
        self.assertEqual((rule["queueId"], rule["attributes"]), ("two", {"a": "b"}))
        self.assertEqual(place.json("history", "show", "+6010")[0]["reason"], "Back")
        status, shown = on_terminal(["history", "restore", "+6010", "1", "--data", str(place.path)], "yes\n")
        self.assertEqual(status, 0, shown)
        self.assertIn('queueId: "two" → "one"', shown)
        self.refused("no change 99", "history", "diff", "+6010", "99")
        self.refused("change", "history", "restore", "+6010", "01JN1S6G00DWK0FZ3GRRV6S2AB", "--yes")
        self.refused("routing/NUMBER/REGION", "history", "show", "nothing")
        self.assertIn("0 changes", place.good("history", "show", "agents/nobody"))


class Lint(Case):
    def test_findings_are_shown_and_an_error_is_status_1(self):
        place = self.place
        done = place.run("lint")
        self.assertRegex(done.stdout, r"\d+ rules, 1 business hours: \d+ errors?, ")
        quiet = json.loads(place.run("lint", "--output", "json").stdout)
        self.assertEqual(done.returncode, 1 if any(f["severity"] == "error" for f in quiet["findings"]) else 0)
        place.good("rules", "put", "+7010", "--region", "us-east-1", "--set",
                   "queueId=arn:aws:connect:eu-west-1:123456789012:instance/i/queue/q", "--set", "businessHoursId=NONE")
        found = json.loads(place.run("lint", "--output", "json").stdout)["findings"]
        self.assertTrue(any("+7010" in f["entity"] for f in found), found)
        worst = min(("error", "warning", "note").index(f["severity"]) for f in found)
        done = place.run("lint")
        self.assertEqual(done.returncode, 1 if worst == 0 else 0, done.stdout)
        self.assertIn("routing/+7010/us-east-1", done.stdout)
        errors = place.run("lint", "--severity", "error")
        self.assertNotRegex(errors.stdout, r"(?m)^(warning|note) ")


class Doors(Case):
    """Which server is asked, as whom; and what is said when that can't be."""

    names = NAMES

    def test_via_chooses_the_region_that_is_asked(self):
        self.assertEqual([r["region"] for r in self.place.json("regions", "--via", "eu-west-1")["regions"] if r["self"]],
                         ["eu-west-1"])
        self.refused("region mars is not one of those that run here: us-east-1, eu-west-1", "regions", "--via", "mars")

    def test_an_endpoint_with_keys_of_the_environment_or_a_profile(self):
        region = self.place.regions[1]
        env = region.client_environment()
        for url in (region.endpoint, region.endpoint + "/prod", region.endpoint + "/"):
            done = meridian.run("rules", "list", "--endpoint", url, env=env)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn(NUMBER, done.stdout)
        self.assertIn(NUMBER, self.place.good("rules", "list", "--endpoint", region.endpoint, "--via", "eu-west-1"))
        env["AWS_SECRET_ACCESS_KEY"] = "wrong"
        done = meridian.run("rules", "list", "--endpoint", region.endpoint, env=env)
        self.assertEqual((done.returncode, done.stdout, done.stderr.count("\n")), (1, "", 1), done.stderr)
        self.assertIn("the credentials are not the server's: check --profile", done.stderr)
        self.assertNotIn("wrong", done.stderr)
        self.assertIn(NUMBER, self.place.good("rules", "list", "--endpoint", region.endpoint, "--profile", "meridian", env=env))
        self.refused("needs the name of its region: add --via", "rules", "list", "--endpoint", region.endpoint)
        self.refused("is no endpoint", "rules", "list", "--endpoint", "localhost:1", "--via", "eu-west-1")
        self.refused("belongs to --endpoint", "rules", "list", "--ca", "x.pem")

    def test_tls_with_an_authority_of_ones_own(self):
        with meridian.Folder() as folder:
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                            folder / "key.pem", "-out", folder / "cert.pem", "-days", "2", "-subj", "/CN=meridian", "-addext",
                            "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
            arguments = ["--demo", "--tls-cert", str(folder / "cert.pem"), "--tls-key", str(folder / "key.pem")]
            with meridian.Region(folder, arguments=arguments) as region:
                command = ["rules", "list", "--endpoint", region.endpoint, "--data", str(folder), "--via", "us-east-1"]
                done = meridian.run(*command, "--ca", str(folder / "cert.pem"))
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertIn(NUMBER, done.stdout)
                done = meridian.run(*command)
                self.assertEqual((done.returncode, done.stderr.count("\n")), (1, 1), done.stderr)
                self.assertIn("certificate", done.stderr)

    def test_a_viewer_reads_and_does_not_write(self):
        place = self.place
        place.good("credentials", "add", "carol", "--role", "viewer")
        wait_until(lambda: place.run("rules", "list", "--profile", "carol").returncode == 0)
        file = place.write("one.csv", "phoneNumber,region,queueId\n+8010,us-east-1,q\n")
        hours = place.json("hours", "get", "US_BUSINESS")
        for arguments in (["rules", "put", NUMBER, "--set", "queueId=x"], ["rules", "delete", NUMBER, "--yes"],
                          ["rules", "import", file], ["hours", "put", place.write("h.json", hours), "--force"]):
            self.refused("viewer.*--profile", *arguments, "--profile", "carol")
        self.refused(r"has no profile \[dave\]: name another one", "rules", "list", "--profile", "dave")
        done = place.run("rules", "edit", NUMBER, "--profile", "carol", env=editor(place, 'sed -i s/sales/x/ "$1"\n'))
        self.assertIn("draft is kept", done.stderr)

    def test_no_server_is_one_sentence_with_the_mend(self):
        with meridian.Folder() as folder:
            done = meridian.run("rules", "list", "--data", str(folder))
            self.assertEqual((done.returncode, done.stderr.count("\n")), (1, 1), done.stderr)
            self.assertIn("meridian up", done.stderr)
            self.assertNotIn("--tables", done.stderr)
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                port = free.getsockname()[1]
            env = meridian.environment(AWS_ACCESS_KEY_ID="A", AWS_SECRET_ACCESS_KEY="B", AWS_REGION="us-east-1")
            for arguments in (["rules", "list"], ["rules", "get", "+1"], ["rules", "put", "+1", "--set", "a=b"], ["lint"],
                              ["history", "show", "agents/x"], ["calendar", "A"], ["rules", "export"], ["health"],
                              ["rules", "import", "/dev/null", "--format", "json"]):
                done = meridian.run(*arguments, "--endpoint", f"http://127.0.0.1:{port}", env=env)
                if "import" in arguments:  # nothing to send
                    self.assertEqual(done.returncode, 0, done.stderr)
                    continue
                self.assertEqual((done.returncode, done.stdout, done.stderr.count("\n")), (1, "", 1), done.stderr)
                self.assertRegex(done.stderr, rf"us-east-1 at 127.0.0.1:{port}: .*does it run, and at that address\?")

    def test_something_else_that_listens_is_recognized(self):
        with socket.socket() as server:
            server.bind(("127.0.0.1", 0))
            server.listen()
            def answer():
                connection, _ = server.accept()
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n<html")
                connection.close()

            thread = threading.Thread(target=answer)
            thread.start()
            self.refused("is it a Meridian endpoint", "rules", "list", "--via", "us-east-1", "--endpoint",
                         f"http://127.0.0.1:{server.getsockname()[1]}")
            thread.join()


HEADER = "phoneNumber,region,queueId,priority,fallbackRegions,attributes.language\n"


class Import(Case):
    def test_csv_with_everything_that_a_spreadsheet_writes(self):
        place = self.place
        text = ("\ufeffphoneNumber,region,queueId,priority,fallbackRegions,attributes.note,zip,#remark\r\n"
                '+9010,us-east-1,"q,1",5,eu-west-1;ap-southeast-1,"two\r\nlines, ""quoted""",01067,ask Ann\r\n'
                ",,,,,,,\r\n"
                "+9011,eu-west-1,東京,,,,,\r\n")
        file = place.write("sheet.csv", text)
        self.assertRegex(place.good("rules", "import", file, "--reason", "Umzug"), r"^2 created \(\d+\.\d s\)\n$")
        rule = place.json("rules", "get", "+9010")
        self.assertEqual((rule["queueId"], rule["priority"], rule["zip"]), ("q,1", 5, "01067"))
        self.assertEqual(rule["attributes"], {"note": 'two\r\nlines, "quoted"'})
        self.assertEqual(rule["fallbackRegions"], ["eu-west-1", "ap-southeast-1"])
        self.assertNotIn("#remark", rule)
        self.assertEqual(place.json("rules", "get", "+9011")["queueId"], "東京")
        self.assertEqual(place.json("history", "show", "+9010")[0]["reason"], "Umzug")
        self.assertRegex(place.good("rules", "import", file), r"^2 unchanged ")

    def test_bad_rows_are_named_with_file_line_and_field_and_good_ones_stored(self):
        place = self.place
        text = (HEADER + "+9020,us-east-1,q,1,,\n"
                "9021,us-east-1,q,1,,\n"           # no E.164
                '+9022,us-east-1,"a\nb",high,,\n'  # two lines, and no number
                "+9023,mars,q,1,,\n"
                "+9024,us-east-1,q\n"
                "+9025,us-east-1,q,2,eu-west-1,en\n")
        file = place.write("bad.csv", text)
        errors = place.path / "errors.csv"
        done = place.run("rules", "import", file, "--errors", str(errors))
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertRegex(done.stdout, r"^2 created, 4 failed ")
        lines = sorted(done.stderr.splitlines())
        self.assertEqual(len(lines), 4)
        for line, words in zip(lines, (r"bad.csv:3: phoneNumber: .*as in \+1", r"bad.csv:4: priority: is not a number, as in 1",
                                       r"bad.csv:6: region: ", r"bad.csv:7: the row has 3 cells, and the header 6")):
            self.assertRegex(line, "^meridian: .*" + words)
        # What was rejected, mended in place, can be imported: the notes are passed over.
        rejected = errors.read_text()
        self.assertEqual(sorted(row["#line"] for row in csv.DictReader(io.StringIO(rejected))), ["3", "4", "6", "7"])
        mended = (rejected.replace("9021", "+9021").replace("high", "1").replace("mars", "eu-west-1")
                  .replace("+9024,us-east-1,q", "+9024,us-east-1,q,1,,"))
        self.assertRegex(place.good("rules", "import", place.write("mended.csv", mended)), r"^4 created ")

    def test_many_bad_rows_are_counted_and_some_shown(self):
        file = self.place.write("all_bad.csv", HEADER + "".join(f"{n},us-east-1,q,1,,\n" for n in range(9_000, 9_100)))
        done = self.place.run("rules", "import", file, "--max-errors", "3")
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stderr.count("all_bad.csv:"), 3)
        self.assertIn("97 bad rows more not shown", done.stderr)
        self.assertIn("100 failed", done.stdout)

    def test_files_that_nobody_can_read_are_named_with_the_line(self):
        place = self.place
        for name, text, words in (
                ("a.csv", "", "a.csv: line 1: the file is empty"), ("b.csv", "queueId\nx\n", "line 1: .* no column phoneNumber"),
                ("c.csv", "phoneNumber;region\n", "semicolons"), ("d.csv", HEADER + '+9030,us-east-1,"q\n', "d.csv: line 2"),
                ("e.csv", "phoneNumber,region,region\n", "region twice"), ("f.json", '[{"phoneNumber":"+1"', "f.json: line 1"),
                ("g.json", "[]\n{}", "g.json: line 2")):
            with self.subTest(name):
                self.refused(words, "rules", "import", place.write(name, text))
        self.refused("cannot read .*none.csv: No such file", "rules", "import", "none.csv")
        self.refused("cannot read .*directory", "rules", "import", str(place.path))
        self.refused("cannot write", "rules", "import", place.write("h.csv", HEADER), "--errors", "/none/such/file")

    def test_json_of_each_form_from_a_file_or_standard_input(self):
        place = self.place
        agents = [{"agentId": f"bulk-{n}", "name": f"Ägent {n}", "level": {"sales": n}} for n in range(5)]
        for text in (json.dumps(agents), json.dumps(agents, indent=2), "\n".join(json.dumps(a) for a in agents)):
            done = subprocess.run([meridian.BINARY, "agents", "import", "-", "--data", str(place.path), "--output", "json"],
                                  input=text, env=meridian.environment(), capture_output=True, text=True, check=True,
                                  timeout=meridian.DEADLINE_SECONDS)
            counts = json.loads(done.stdout)
            self.assertEqual((counts["created"] + counts["unchanged"], counts["failed"]), (5, 0))
        done = place.run("agents", "import", place.write("some.ndjson", '{"agentId":"ok-1"}\n{"agentId":}\n[1]\n{"agentId":"ok-2"}\n'),
                         "--errors", str(place.path / "bad.ndjson"))
        self.assertEqual(done.returncode, 1)
        self.assertIn("2 created, 2 failed", done.stdout)
        self.assertRegex(done.stderr, r"some.ndjson:2: is not JSON.*\n.*some.ndjson:3: is not a JSON object\n")
        kept = [json.loads(line) for line in (place.path / "bad.ndjson").read_text().splitlines()]
        self.assertEqual([(k["line"], k["item"]) for k in kept], [(2, '{"agentId":}'), (3, [1])])

    def test_a_dry_run_shows_what_would_change_and_changes_nothing(self):
        place = self.place
        place.good("rules", "import", place.write("dry.csv", HEADER + "+9040,us-east-1,old,1,,\n+9041,us-east-1,same,1,,\n"))
        file = place.write("dry.csv", HEADER + "+9040,us-east-1,new,1,,\n+9041,us-east-1,same,1,,\n+9042,us-east-1,q,1,,\n")
        shown = place.good("rules", "import", file, "--dry-run")
        self.assertRegex(shown, r'dry.csv:2: rule \+9040 in us-east-1: would be updated\n  ~ queueId: "old" → "new"\n')
        self.assertRegex(shown, r"dry.csv:4: rule \+9042 in us-east-1: would be created\n")
        self.assertRegex(shown, r"fields that would change: .*queueId \(2\)")
        self.assertRegex(shown, r"would be: 1 created, 1 updated, 1 unchanged")
        self.assertEqual(place.json("rules", "get", "+9040")["queueId"], "old")

    def test_a_version_column_protects_what_others_changed_since(self):
        place = self.place
        place.good("rules", "import", place.write("v.csv", HEADER + "+9050,us-east-1,a,1,,\n+9051,us-east-1,a,1,,\n"))
        file = str(place.path / "exported.csv")
        self.assertIn("2 rules in", place.good("rules", "export", "--prefix", "+905", "-o", file))
        place.good("rules", "put", "+9051", "--set", "queueId=somebody-else")
        pathlib.Path(file).write_text(pathlib.Path(file).read_text().replace(",a,", ",b,"))
        done = place.run("rules", "import", file)
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stdout, "^1 updated, 1 failed")
        self.assertRegex(done.stderr, r"exported.csv:3: .*ersion 2.*--force imports it whatever is stored")
        self.assertEqual(place.json("rules", "get", "+9051")["queueId"], "somebody-else")
        self.assertRegex(place.good("rules", "import", file, "--force"), "^1 updated, 1 unchanged")
        self.assertEqual(place.json("rules", "get", "+9051")["queueId"], "b")

    def test_rows_of_one_entity_keep_their_order_whichever_lane_they_go(self):
        rows = "".join(f"+906{n % 7},us-east-1,q{n},1,,\n" for n in range(5_000))
        self.place.good("rules", "import", self.place.write("order.csv", HEADER + rows), "--lanes", "4")
        for n in range(7):
            last = max(m for m in range(5_000) if m % 7 == n)
            self.assertEqual(self.place.json("rules", "get", f"+906{n}")["queueId"], f"q{last}")

    def test_progress_is_a_bar_on_a_terminal(self):
        file = self.place.write("bar.csv", HEADER + "".join(f"+9{n},us-east-1,q,1,,\n" for n in range(700_000, 720_000)))
        status, shown = on_terminal(["rules", "import", file, "--data", str(self.place.path)], columns=100)
        self.assertEqual(status, 0, shown)
        self.assertIn("20,000 created", shown)


class BigImport(unittest.TestCase):
    """An import that is killed, interrupted, or loses its server, and goes on."""

    def setUp(self):
        self.place = Place()
        self.addCleanup(self.place.stop)
        self.file = self.place.path / "big.csv"

    def make(self, rows, queue="queue"):
        with self.file.open("w") as out:
            out.write(HEADER)
            for n in range(rows):
                out.write(f"{self.number(n)},us-east-1,{queue}-{n % 97},{n % 10},eu-west-1,de\n")

    @staticmethod
    def number(row):
        return f"+49{1_000_000 + row}"

    def start(self, *arguments):
        return subprocess.Popen([meridian.BINARY, "rules", "import", str(self.file), "--data", str(self.place.path), *arguments],
                                env=meridian.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def stored(self):
        metrics = subprocess.run(["curl", "-s", f"{self.place.regions[0].endpoint}/metrics"], capture_output=True, text=True,
                                 check=True, timeout=meridian.DEADLINE_SECONDS).stdout
        return int(float(re.search(r"(?m)^meridian_rules(?:\{.*\})? (\S+)$", metrics).group(1)))

    def kill_region(self):
        region = self.place.regions[0]
        region.process.kill()
        region.process.wait()
        region.log.close()
        return region

    def test_killed_half_way_and_run_again_is_all_there_and_a_third_time_changes_nothing(self):
        rows = 50_000
        self.make(rows)
        before = self.stored()
        process = self.start()
        wait_until(lambda: self.stored() > before + rows // 3)
        process.kill()
        process.communicate()
        self.assertLess(self.stored(), before + rows, "it was killed too late to prove anything")
        done = self.place.json("rules", "import", str(self.file))
        self.assertEqual((done["updated"], done["failed"]), (0, 0))
        self.assertGreater(done["unchanged"], rows // 4)
        self.assertEqual(done["created"] + done["unchanged"], rows)
        self.assertEqual(self.stored(), before + rows)
        again = self.place.json("rules", "import", str(self.file))
        self.assertEqual(again, {"created": 0, "updated": 0, "unchanged": rows, "failed": 0})
        self.assertEqual(len(self.place.json("history", "show", self.number(0))), 1)

    def test_ctrl_c_says_where_it_stopped(self):
        rows = 30_000
        self.make(rows)
        before = self.stored()
        process = self.start()
        wait_until(lambda: self.stored() > before + 6_000)
        process.send_signal(signal.SIGINT)
        shown, told = process.communicate(timeout=meridian.DEADLINE_SECONDS)
        self.assertEqual(process.returncode, 1, told)
        line = int(re.search(r"interrupted; what is before line ([\d,]+) is imported: run it again to go on", told)
                   .group(1).replace(",", ""))
        self.assertRegex(shown, r"[\d,]+ created")
        self.assertTrue(1_000 < line < rows, line)
        keys = {rule["phoneNumber"] for rule in self.place.json("rules", "list", "--prefix", "+49")}
        self.assertLessEqual({self.number(row) for row in range(line - 2)}, keys)  # the header is line 1
        again = self.place.json("rules", "import", str(self.file))
        self.assertEqual((again["updated"], again["failed"], again["created"] + again["unchanged"]), (0, 0, rows))

    def test_a_server_that_goes_and_comes_back_is_waited_for(self):
        rows = 20_000
        self.make(rows)
        before = self.stored()
        process = self.start("--retry-for", "100")
        wait_until(lambda: self.stored() > before + rows // 4)
        self.place.regions[0] = ReopenedRegion(self.kill_region())
        shown, told = process.communicate(timeout=meridian.DEADLINE_SECONDS)
        self.assertEqual(process.returncode, 0, told)
        self.assertNotIn("failed", shown)
        self.assertEqual(self.place.json("rules", "import", str(self.file))["unchanged"], rows)

    def test_a_server_that_does_not_come_back_is_told(self):
        rows = 20_000
        self.make(rows)
        before = self.stored()
        process = self.start("--retry-for", "1")
        wait_until(lambda: self.stored() > before + rows // 2)
        self.kill_region()
        _, told = process.communicate(timeout=meridian.DEADLINE_SECONDS)
        self.assertEqual(process.returncode, 1)
        self.assertRegex(told, r"big.csv: region us-east-1 at .*; what is before line [\d,]+ is imported: run it again to go on\n$")


class ReopenedRegion(meridian.Region):
    """The same region on the same port, from the same folder."""

    def __init__(self, region):  # pylint: disable=super-init-not-called
        self.region, self.folder, self.port, self.endpoint = region.region, region.folder, region.port, region.endpoint
        ready, ready_of_child = os.pipe()
        self.log = open(self.folder / f"{self.region}.log", "ab")
        self.process = subprocess.Popen(
            [meridian.BINARY, "serve", "--region", self.region, "--port", str(self.port), "--data", str(self.folder), "--ready-fd",
             str(ready_of_child), "--demo"], env=meridian.environment(**meridian.SETTINGS), stderr=self.log,
            stdin=subprocess.DEVNULL, pass_fds=[ready_of_child])
        os.close(ready_of_child)
        with os.fdopen(ready) as pipe:
            if not pipe.readline():
                raise RuntimeError((self.folder / f"{self.region}.log").read_text())


class Export(Case):
    names = NAMES

    ODD = {
        "rules": ("phoneNumber", [
            {"phoneNumber": "+1", "region": "us-east-1", "queueId": "q", "attributes": {"a_b": "x", "c-d": "é,\"\n"}},
            {"phoneNumber": "+2", "region": "us-east-1", "contactFlowId": "f", "fallbackRegions": ["eu-west-1"], "list": [1, "a"]},
            {"phoneNumber": "+3", "region": "eu-west-1", "queueId": " padded ", "priority": 7, "flag": False, "none": None,
             "attributes.x": "a field with a dot", "a:json": "looks like JSON", "#odd": "note?", "deep": {"a": {"b": [None]}},
             "big": 12345678901234567890, "semi": "a;b", "plus": "+1", "formula": "=1+1"},
        ]),
        "hours": ("regionId", [
            {"regionId": "PLAIN", "timezone": "Europe/Dublin", "schedule": {
                "monday": {"isOpen": True, "hours": [{"open": "09:00", "close": "12:00"}, {"open": "13:00", "close": "17:00"}]},
                "sunday": {"isOpen": False, "hours": []}}, "holidays": [{"date": "2025-12-25", "name": "Christmas Day"}],
             "emergencyClose": {"isActive": False, "message": "Sorry"}},
            {"regionId": "ODD/é 1", "timezone": "UTC", "schedule": {"monday": {"isOpen": True, "hours": []}, "tuesday": {
                "isOpen": True, "hours": [{"open": "09:00", "close": "17:00", "note": "x"}]}},
             "holidays": [{"date": "2025-12-26", "name": "a;b"}], "emergencyClose": {"isActive": True, "message": "x"}},
        ]),
        "agents": ("agentId", [
            {"agentId": "a", "name": "Zoë", "skills": ["x", "y"], "level": {"x": 5}, "regions": ["us-east-1"], "schedule": {
                "timezone": "UTC", "shifts": [{"day": "monday", "start": "09:00", "end": "17:00"}]}, "maxConcurrentChats": 3},
            {"agentId": "b", "skills": ["semi;colon", "b"], "extra": {"k": ["", ";"]}},
        ]),
    }

    def test_export_and_import_lose_nothing(self):
        place = self.place
        for kind, (key, items) in self.ODD.items():
            prefix = ["--prefix", "+"] if kind == "rules" else []
            place.good(kind, "import", place.write("odd.json", items))
            stored = sorted(without_stamps(place.json(kind, "list", *prefix)), key=json.dumps)
            for item in items:
                self.assertIn(item, stored)
            for output in ("csv", "json", "ndjson"):
                with self.subTest((kind, output)):
                    file = str(place.path / f"{kind}.{output}")
                    count = len(stored)
                    self.assertRegex(place.good(kind, "export", "-o", file), rf"^{count} ")
                    self.assertEqual(place.json(kind, "import", file)["unchanged"], count)
                    place.good(kind, "import", file, "--via", "eu-west-1", "--force")
                    other = place.json(kind, "list", "--via", "eu-west-1")
                    self.assertEqual(sorted(without_stamps(other), key=json.dumps), stored)
                    for item in other:
                        place.good(kind, "delete", *([item[key]] if kind != "rules" else [item[key], "--region", item["region"]]),
                                   "--yes", "--via", "eu-west-1")

    def test_a_file_is_there_whole_or_not_at_all(self):
        place = self.place
        target = place.path / "out" / "rules.csv"
        target.parent.mkdir()
        target.write_text("as it was")
        limit = lambda: (signal.signal(signal.SIGXFSZ, signal.SIG_IGN), resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10)))
        done = subprocess.run([meridian.BINARY, "rules", "export", "-o", str(target), "--data", str(place.path)],
                              env=meridian.environment(), capture_output=True, text=True, check=False, preexec_fn=limit,
                              timeout=meridian.DEADLINE_SECONDS)
        self.assertEqual((done.returncode, done.stderr.count("\n")), (1, 1), done.stderr)
        self.assertRegex(done.stderr, "cannot write .*: File too large")
        self.assertEqual(target.read_text(), "as it was")
        self.assertEqual([p.name for p in target.parent.iterdir()], ["rules.csv"])
        done = place.run("rules", "export", "-o", "/dev/full")
        self.assertEqual(done.returncode, 1)
        self.assertIn("cannot write /dev/full: No space left on device", done.stderr)
        for command in ("rules export", "rules list", f"rules get {NUMBER}", "regions", "lint"):
            done = subprocess.run(["bash", "-c", f"{meridian.BINARY} {command} --data {place.path} >/dev/full"],
                                  env=meridian.environment(), capture_output=True, text=True, check=False,
                                  timeout=meridian.DEADLINE_SECONDS)
            self.assertEqual(done.returncode, 1, command)
            self.assertIn("standard output", done.stderr)
        self.refused("cannot write /none/such/x.csv", "rules", "export", "-o", "/none/such/x.csv")

    def test_a_link_stays_a_link_and_a_pipe_is_written(self):
        place = self.place
        (place.path / "real.json").write_text("[]")
        (place.path / "link.json").symlink_to("real.json")
        place.good("hours", "export", "-o", str(place.path / "link.json"))
        self.assertTrue((place.path / "link.json").is_symlink())
        self.assertIn("US_BUSINESS", [item["regionId"] for item in json.loads((place.path / "real.json").read_text())])
        done = subprocess.run(["bash", "-c", f"{meridian.BINARY} hours export --output json --data {place.path} | head -c 1"],
                              env=meridian.environment(), capture_output=True, text=True, check=True,
                              timeout=meridian.DEADLINE_SECONDS)
        self.assertEqual((done.stdout, done.stderr), ("[", ""))


if __name__ == "__main__":
    unittest.main()
