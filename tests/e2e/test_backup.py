"""Backups through the program: made under load, restored elsewhere and into a running cluster, exported and imported."""

import gzip
import json
import os
import pathlib
import pty
import signal
import subprocess
import threading
import time
import unittest

from boto3.dynamodb.types import TypeDeserializer

import meridian
from test_up import wait_until
from rest import Rest
from test_manage import Place

BASE_PORT = 7700


def number(i):
    return f"+1800555{i:04}"


def hashes(backup):
    return {t["name"]: (t["items"], t["hash"]) for t in backup["tables"] if t["items"]}


class Load:
    """Writes rules of one region as long as it is entered; each round sets all to the same number."""

    def __init__(self, region, rules=20):
        self.rest = Rest(region)
        self.rules = rules
        self.rounds = 0
        self.failed = None
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self.run)

    def run(self):
        try:
            while not self.stopping.is_set():
                self.rounds += 1
                lines = "\n".join(json.dumps({"phoneNumber": number(i), "region": "us-east-1",
                                              "queueId": f"queue-{self.rounds}"}) for i in range(self.rules))
                answer = self.rest("POST", "/routing/import", lines, Content_Type="application/x-ndjson")
                assert answer.status == 200 and answer.json()["failed"] == 0, answer
        except Exception as error:  # pylint: disable=broad-except
            self.failed = error

    def __enter__(self):
        self.thread.start()
        wait_until(lambda: self.rounds > 2 or self.failed)
        return self

    def __exit__(self, *_):
        self.stopping.set()
        self.thread.join()
        assert self.failed is None, self.failed


class Backups(unittest.TestCase):
    def setUp(self):
        self.place = Place()
        self.addCleanup(self.place.stop)
        self.region = self.place.regions[0]
        self.rest = Rest(self.region)
        # The first base backup is made as soon as the region answers; what was before it can't be restored.
        wait_until(lambda: self.rest("GET", "/backups").json()["continuous"]["windows"])

    def queue_of(self, i):
        answer = self.rest("GET", f"/routing/{number(i).replace('+', '%2B')}/us-east-1")
        return answer.json()["queueId"] if answer.status == 200 else None

    def put(self, i, queue):
        answer = self.rest("PUT", f"/routing/{number(i).replace('+', '%2B')}/us-east-1", {"queueId": queue}, If_Match="*") \
            if self.queue_of(i) else self.rest("PUT", f"/routing/{number(i).replace('+', '%2B')}/us-east-1",
                                               {"queueId": queue})
        self.assertEqual(answer.status, 200, answer)

    def test_made_under_load_and_restored_elsewhere(self):
        """Equal to the state at its moment, by hash: of the backup, of the restored tables, of a backup of those."""
        with Load(self.region):
            identifier = self.place.good("backup", "create").strip()
        described = self.rest("GET", f"/backups/{identifier}").json()
        self.assertEqual(described["state"], "completed")
        self.assertIn("whole", self.place.good("backup", "verify", identifier))
        with meridian.Folder() as elsewhere:
            self.place.good("backup", "restore", identifier, "--into", str(elsewhere), "--region", "us-east-1")
            with meridian.Region(elsewhere, "us-east-1") as restored:
                other = Rest(restored)
                made = other("POST", "/backups").json()["id"]
                wait_until(lambda: other("GET", f"/backups/{made}").json()["state"] == "completed")
                now = hashes(other("GET", f"/backups/{made}").json())
                was = hashes(described)
                for live in ("RegionHealth",):
                    now.pop(live, None)
                    was.pop(live, None)
                self.assertEqual(now, was)
                self.assertGreater(was["GlobalCallRouting"][0], 20)
                # As many entries in the history as the versions of the rules say: one moment.
                rules = other("GET", "/routing?limit=100").json()["items"]
                for rule in (r for r in rules if "version" in r and r["phoneNumber"].startswith("+1800555000")):
                    path = f"/history/routing/{rule['phoneNumber'].replace('+', '%2B')}/us-east-1"
                    newest = other("GET", path).json()["changes"][0]
                    self.assertEqual((newest["version"], newest["after"]["queueId"]), (rule["version"], rule["queueId"]))

    def test_any_second_comes_back_into_the_running_region(self):
        moments = []
        for queue in ("queue-a", "queue-b", "queue-c"):
            self.put(1, queue)
            self.put(2, queue)
            moments.append((self.moment(), queue))
        self.rest("DELETE", f"/routing/{number(1).replace('+', '%2B')}/us-east-1")
        for moment, queue in reversed(moments):
            would = self.place.json("backup", "restore", "--to", moment, "--dry-run")
            self.assertEqual(self.table(would, "GlobalCallRouting")["deleted"], 0)
            done = self.place.json("backup", "restore", "--to", moment, "--yes")
            self.assertEqual((self.queue_of(1), self.queue_of(2)), (queue, queue), done)
        history = self.rest("GET", f"/history/routing/{number(1).replace('+', '%2B')}/us-east-1").json()["changes"]
        self.assertEqual([c["operation"] for c in history[:3]], ["restore"] * 3)
        self.assertEqual(history[0]["reason"], f"restored as of {moments[0][0]}")
        again = self.place.json("backup", "restore", "--to", moments[0][0], "--yes")
        self.assertEqual(sum(t["added"] + t["changed"] + t["deleted"] for t in again["tables"]), 0)

    @staticmethod
    def moment():
        """The present one; it is over, so that what comes is not of the same millisecond."""
        now = int(time.time() * 1000)
        wait_until(lambda: time.time() * 1000 > now + 1)
        return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now // 1000)) + f".{now % 1000:03}Z"

    @staticmethod
    def table(restore, name):
        return next(t for t in restore["tables"] if t["table"] == name)

    def test_a_killed_region_leaves_no_half_backup_and_loses_no_second(self):
        self.put(1, "queue-a")
        moment = self.moment()
        self.region.process.send_signal(signal.SIGKILL)
        self.region.process.wait(meridian.DEADLINE_SECONDS)
        half = self.place.path / "backups/us-east-1/half.backup.unfinished"
        half.write_text("MeridBk1")
        self.place.regions[0] = self.region = meridian.Region(self.place.path, "us-east-1", ("--demo",))
        self.place.tell_where()
        self.rest = Rest(self.region)
        self.assertFalse(half.exists())
        self.put(1, "queue-b")
        self.place.json("backup", "restore", "--to", moment, "--yes", "--tables", "GlobalCallRouting")
        self.assertEqual(self.queue_of(1), "queue-a")

    def test_of_a_stopped_region_the_archive_has_everything(self):
        self.put(1, "queue-a")
        self.region.stop()
        with meridian.Folder() as elsewhere:
            told = self.place.good("backup", "restore", "--to", "latest", "--into", str(elsewhere), "--region", "us-east-1")
            self.assertIn("later changes", told)
            again = self.place.run("backup", "restore", "--to", "latest", "--into", str(elsewhere), "--region", "us-east-1")
            self.assertEqual((again.returncode, "is not empty" in again.stderr), (1, True), again.stderr)
            with meridian.Region(elsewhere, "us-east-1") as restored:
                answer = Rest(restored)("GET", f"/routing/{number(1).replace('+', '%2B')}/us-east-1")
                self.assertEqual(answer.json()["queueId"], "queue-a")

    def test_damage_is_found_and_named(self):
        identifier = self.place.good("backup", "create").strip()
        file = self.place.path / f"backups/us-east-1/{identifier}.backup"
        content = bytearray(file.read_bytes())
        content[len(content) // 2] ^= 1
        file.write_bytes(content)
        for name in (identifier, str(file)):
            done = self.place.run("backup", "verify", name)
            self.assertEqual(done.returncode, 1)
            self.assertIn("is damaged at byte", done.stderr)
        self.assertIn("DAMAGED", self.place.good("backup", "list"))
        with meridian.Folder() as elsewhere:
            done = self.place.run("backup", "restore", identifier, "--into", str(elsewhere), "--region", "us-east-1")
            self.assertEqual(done.returncode, 1)
            self.assertEqual(list(elsewhere.iterdir()), [], "nothing of it stays")
        done = self.place.run("backup", "restore", identifier, "--yes")
        self.assertEqual(done.returncode, 1)
        self.assertIn("is damaged at byte", done.stderr)

    def test_is_listed_and_deleted(self):
        self.assertIn("No backups", self.place.good("backup", "list"))
        made = self.place.json("backup", "create")
        self.assertGreater(made["items"], 0)
        listed = self.place.json("backup", "list")
        self.assertEqual([b["id"] for b in listed["backups"]], [made["id"]])
        self.assertEqual(len(listed["continuous"]["windows"]), 1)
        self.assertIn("restore --to any instant", self.place.good("backup", "list"))
        refused = self.place.run("backup", "delete", made["id"])
        self.assertEqual((refused.returncode, "--yes" in refused.stderr), (1, True))
        self.place.good("backup", "delete", made["id"], "--yes")
        self.assertEqual(self.place.json("backup", "list")["backups"], [])
        self.assertIn("There is no backup", self.place.run("backup", "verify", made["id"]).stderr)
        self.assertIn("whole", self.place.good("backup", "verify", "continuous"))

    def test_on_a_terminal_it_asks_first(self):
        self.put(1, "queue-a")
        identifier = self.place.good("backup", "create").strip()
        self.put(1, "queue-b")
        for answer, queue, status in ((b"n\n", "queue-b", 1), (b"y\n", "queue-a", 0)):
            owner, terminal = pty.openpty()
            process = subprocess.Popen([meridian.BINARY, "backup", "restore", identifier, "--data", str(self.place.path)],
                                       env=meridian.environment(), stdin=terminal, stdout=subprocess.PIPE,
                                       stderr=subprocess.PIPE)
            os.close(terminal)
            os.write(owner, answer)
            _, errors = process.communicate(timeout=meridian.DEADLINE_SECONDS)
            os.close(owner)
            self.assertEqual(process.returncode, status, errors)
            self.assertIn(b"GlobalCallRouting", errors)
            self.assertEqual(self.queue_of(1), queue)

    def test_wrong_usage(self):
        for arguments, told in (
                (("backup",), "subcommand"), (("backup", "restore"), "either a backup"),
                (("backup", "restore", "x", "--to", "2026-01-01T00:00:00Z"), "either a backup"),
                (("backup", "restore", "--to", "yesterday"), "--to"),
                (("backup", "restore", "--to", "latest"), "--into"),
                (("backup", "restore", "x", "--into", "y"), "go together"),
                (("backup", "restore", "x", "--into", "y", "--region", "r", "--dry-run"), "running region"),
                (("backup", "verify"), "ID"), (("export",), "TABLE, or --all"), (("export", "x", "--all"), "TABLE, or --all"),
                (("export", "--all"), "--output"), (("import",), "FILE"), (("import", "x"), "--table")):
            done = self.place.run(*arguments) if len(arguments) > 1 else meridian.run(*arguments)
            self.assertEqual((done.returncode, done.stdout), (2, ""), arguments)
            self.assertIn(told, done.stderr, arguments)
        for arguments, told in (
                (("backup", "restore", "nobody", "--yes"), "There is no backup nobody"),
                (("backup", "restore", "--to", "2001-01-01T00:00:00Z", "--yes"), "is not in what the archive keeps"),
                (("backup", "restore", "nobody"), "--yes"), (("backup", "verify", "/nowhere"), "/nowhere cannot be opened"),
                (("export", "Nothing"), "no table Nothing"), (("import", "/nowhere", "--table", "x"), "/nowhere"),
                (("import", "/dev/null", "--table", "x", "--profile", "nobody"), "nobody")):
            done = self.place.run(*arguments)
            self.assertEqual(done.returncode, 1, arguments)
            self.assertIn(told, done.stderr, arguments)

    def test_exported_as_dynamodb_does_and_imported(self):
        self.put(1, "queue-a")
        deserialize = TypeDeserializer().deserialize
        lines = self.place.good("export", "GlobalCallRouting").splitlines()
        items = [{k: deserialize(v) for k, v in json.loads(line)["Item"].items()} for line in lines]
        rule = next(i for i in items if i["phoneNumber"] == number(1))
        self.assertEqual((rule["queueId"], rule["version"]), ("queue-a", 1))
        packed = self.place.path / "rules.json.gz"
        self.assertIn("items in", self.place.good("export", "GlobalCallRouting", "-o", str(packed)))
        self.assertEqual(gzip.decompress(packed.read_bytes()).decode().splitlines(), lines)
        self.place.good("export", "--all", "-o", str(self.place.path / "all"))
        self.assertEqual((self.place.path / "all/GlobalCallRouting.json").read_text().splitlines(), lines)
        self.assertEqual(self.place.json("backup", "list")["backups"], [], "what it was made from is gone")

        self.put(1, "queue-b")
        counts = self.place.json("import", str(packed), "--table", "GlobalCallRouting")
        self.assertEqual((counts["changed"], counts["added"], counts["failed"]), (1, 0, 0))
        self.assertEqual(self.queue_of(1), "queue-a")
        again = self.place.json("import", str(packed), "--table", "GlobalCallRouting")
        self.assertEqual((again["same"], again["changed"]), (len(lines), 0))

    def test_bad_lines_are_named_by_number(self):
        good = json.dumps({"Item": {"agentId": {"S": "ann"}, "skills": {"SS": ["a", "b"]}}})
        large = json.dumps({"Item": {"agentId": {"S": "big"}, "x": {"S": "x" * 410_000}}})
        file = self.place.write("agents.json", "\n".join([good, "", "{", large, json.dumps({"Item": {"x": {"S": "y"}}})]))
        done = self.place.run("import", file, "--table", "AgentSkills")
        self.assertEqual(done.returncode, 1)
        self.assertIn("1 added, 0 changed, 0 as they were, 3 refused", done.stdout)
        told = [line.split(":")[0] for line in done.stderr.splitlines()]
        self.assertEqual(told, ["line 3", "line 4", "line 5"], done.stderr)
        self.assertEqual(self.rest("GET", "/agents/ann").json()["skills"], ["a", "b"])


class Scheduled(unittest.TestCase):
    def test_as_the_settings_say(self):
        with meridian.Folder() as folder:
            config = folder / "settings.toml"
            config.write_text('[backup]\nevery = "1s"\nkeep = 2\ncontinuous = false\nfolder = "%s"\n' % (folder / "safe"))
            with meridian.Region(folder, "us-east-1", ("--demo", "--config", str(config))) as region:
                rest = Rest(region)
                seen = set()

                def enough():
                    seen.update(b["id"] for b in rest("GET", "/backups").json()["backups"] if b["state"] == "completed")
                    return len(seen) >= 4

                wait_until(enough)
                wait_until(lambda: len(list(pathlib.Path(folder / "safe/us-east-1").glob("*.backup"))) <= 3)
                answer = rest("GET", "/backups").json()
                self.assertIsNone(answer["continuous"])
                self.assertEqual({b["kind"] for b in answer["backups"] if "kind" in b}, {"scheduled"})
                refused = rest("POST", "/restores", {"to": "2026-01-01T00:00:00Z"})
                self.assertEqual(refused.status, 400)
            for wrong in ('every = "soon"', "keep = 0", "continuous = 1", 'sometimes = "1h"'):
                config.write_text(f"[backup]\n{wrong}\n")
                done = meridian.run("serve", "--region", "us-east-1", "--port", "0", "--data", str(folder), "--demo",
                                    "--config", str(config))
                self.assertEqual(done.returncode, 1, wrong)
                self.assertIn("settings.toml:2:", done.stderr, wrong)


if __name__ == "__main__":
    unittest.main()
