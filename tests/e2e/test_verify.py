"""That regions have the same is proved, and what differs is found, named and mended; lost writes are listed."""

import hashlib
import json
import os
import pathlib
import subprocess
import threading
import unittest

import meridian
from cluster import NAMES, Cluster, eventually

CHANGE_ITEM = os.environ.get("MERIDIAN_CHANGE_ITEM", str(pathlib.Path(meridian.BINARY).parent / "change_item"))
NUMBER = "+442079460000"
PATH = f"/routing/{NUMBER}/us-east-1"


class Agreeing(Cluster):
    """A cluster as `meridian up` leaves it, so that commands find all of it."""

    def start(self, name, *arguments, **options):
        region = super().start(name, *arguments, **options)
        self.tell_where()
        return region

    def tell_where(self):
        (self.folder / "regions.json").write_text(json.dumps(
            [{"region": name, "host": "127.0.0.1", "port": port} for name, port in self.ports.items()]))

    def run(self, *arguments):
        return meridian.run(*arguments, "--data", str(self.folder))

    def verify(self, *arguments):
        """Exit status and certificate."""
        done = self.run("verify", *arguments, "--output", "json")
        assert done.stdout, done.stderr
        return done.returncode, json.loads(done.stdout)

    def fill(self, rules=200):
        rest = self.rest(NAMES[0])
        lines = "\n".join(json.dumps({"phoneNumber": f"+1555{number:07}", "region": NAMES[number % 3],
                                      "contactFlowId": f"flow-{number}", "queueId": "q"}) for number in range(rules))
        assert rest("POST", "/routing/import", lines, Content_Type="application/x-ndjson").status == 200
        for number in range(20):
            assert rest("PUT", f"/agents/agent-{number}", {"name": f"Agent number {number} of all"}).status == 200
        for name in self.regions:
            eventually("all items", lambda name=name: self.rest(name)("GET", "/agents/agent-19").status == 200)

    def change(self, name, text, *arguments):
        """One byte of one item, while the region is down. Pages of catching up would mend it before anybody looks."""
        eventually("nobody catches up", lambda: all(link["state"] == "following" for link in self.links(name).values()))
        self.kill(name)
        done = subprocess.run([CHANGE_ITEM, str(self.folder / name), text, *arguments], capture_output=True, text=True,
                              check=False)
        assert done.returncode == 0, done
        self.start(name)


class Agreement(unittest.TestCase):
    def test_is_certified(self):
        with meridian.Folder() as folder, Agreeing(folder) as cluster:
            cluster.fill()
            status, paper = cluster.verify()
            self.assertEqual((status, paper["result"]), (0, "equal"), paper)
            self.assertEqual([region["region"] for region in paper["regions"]], list(NAMES[:3]))
            self.assertEqual(len({region["snapshot"]["hash"] for region in paper["regions"]}), 1)
            self.assertEqual(len(set(paper["probes"]["decisions"].values())), 1)
            self.assertEqual(len(paper["probes"]["decisions"]), 3)
            self.assertGreater(paper["probes"]["count"], 100)
            rules = {region["region"]: next(table for table in region["tables"] if table["name"] == "GlobalCallRouting")
                     for region in paper["regions"]}
            self.assertEqual({table["items"] for table in rules.values()}, {200})
            self.assertEqual(len({table["hash"] for table in rules.values()}), 1)
            # Whoever has the paper can check that nobody wrote into it.
            told = paper.pop("hash")
            canonical = json.dumps(paper, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
            self.assertEqual(hashlib.sha256(canonical.encode()).hexdigest(), told)
            shown = cluster.run("verify", "--probe", "+15550000007", "--tables", "GlobalCallRouting")
            self.assertEqual(shown.returncode, 0, shown)
            self.assertIn("Result: equal", shown.stdout)
            self.assertIn("3 probes decided, 0 differently", shown.stdout)

    def test_is_certified_while_all_regions_write(self):
        with meridian.Folder() as folder, Agreeing(folder) as cluster:
            cluster.fill()
            stop = threading.Event()

            def write(name):
                rest, number = cluster.rest(name), 0
                while not stop.is_set():
                    number += 1
                    body = {"contactFlowId": f"{name}-{number}", "queueId": "q"}
                    rest("PUT", f"/routing/%2B1777{number % 50:07}/{name}", body, If_Match="*")
                    rest("PUT", f"/routing/%2B1777{number % 50:07}/{name}", body)

            writers = [threading.Thread(target=write, args=(name,)) for name in NAMES[:3]]
            for writer in writers:
                writer.start()
            try:
                for _ in range(3):
                    status, paper = cluster.verify("--settle", "60")
                    self.assertEqual((status, paper["differences"], paper["unsettled"]), (0, [], []), paper)
            finally:
                stop.set()
                for writer in writers:
                    writer.join()

    def test_says_that_a_region_could_not_be_asked(self):
        with meridian.Folder() as folder, Agreeing(folder) as cluster:
            cluster.fill()
            cluster.kill("eu-west-1")
            status, paper = cluster.verify("--settle", "1")
            self.assertEqual((status, paper["result"]), (1, "incomplete"))
            self.assertIn("eu-west-1", paper["regions"][1]["error"])
            self.assertIsNone(paper["regions"][0]["error"])
            self.assertIn("Result: incomplete", cluster.run("verify").stdout)
            self.assertEqual(cluster.verify("--region", "us-east-1,ap-southeast-1")[0], 0)


class OneByteOfOneItem(unittest.TestCase):
    def found_named_and_mended(self, cluster, table, key, states):
        status, paper = cluster.verify()
        self.assertEqual((status, paper["result"]), (1, "different"))
        self.assertEqual(len(paper["differences"]), 1, paper["differences"])
        found = paper["differences"][0]
        self.assertEqual((found["table"], found["key"]), (table, key))
        self.assertEqual([found["regions"][name]["state"] for name in NAMES[:3]], states)
        shown = cluster.run("verify")
        self.assertEqual(shown.returncode, 1)
        self.assertIn(table, shown.stdout)
        self.assertIn(json.dumps(key, separators=(",", ":"), sort_keys=True), shown.stdout)
        # The regions that are right change nothing; the one that is wrong mends itself, and says so.
        for name in ("us-east-1", "ap-southeast-1"):
            report = cluster.rest(name)("POST", "/repair").json()
            self.assertEqual(report["mended"], 0, report)
            self.assertGreaterEqual(report["theirs"], 1, report)
        report = cluster.rest("eu-west-1")("POST", "/repair").json()
        self.assertEqual((report["mended"], report["unmended"]), (1, 0), report)
        self.assertEqual(cluster.verify()[0], 0)
        told = cluster.rest("eu-west-1")("GET", "/proof").json()["repairs"]
        self.assertEqual((told["mended"], told["mends"][0]["table"]), (1, table))
        log = cluster.log_of("eu-west-1")
        self.assertIn("mended", log)
        self.assertNotIn(NUMBER, log)
        return report["mends"][0]

    def test_that_a_broken_disk_changed_is_found_named_and_mended(self):
        with meridian.Folder() as folder, Agreeing(folder) as cluster:
            cluster.fill()
            cluster.change("eu-west-1", "Agent number 7 of all")
            mend = self.found_named_and_mended(cluster, "AgentSkills", {"agentId": "agent-7"},
                                               ["present", "damaged", "present"])
            self.assertEqual(mend["fault"], "damaged")

    def test_that_was_changed_with_its_checksum_is_found_named_and_mended(self):
        with meridian.Folder() as folder, Agreeing(folder) as cluster:
            cluster.fill()
            body = {"phoneNumber": NUMBER, "region": "us-east-1", "contactFlowId": "flow-of-one-number", "queueId": "q"}
            # Written where it will be changed: the author is wrong, and most are right.
            self.assertEqual(cluster.rest("eu-west-1")("PUT", PATH, body).status, 200)
            for name in NAMES[:3]:
                eventually("the rule", lambda name=name: cluster.rest(name)("GET", PATH).status == 200)
            cluster.change("eu-west-1", "flow-of-one-number", "--seal")
            status, paper = cluster.verify("--probe", NUMBER)
            self.assertEqual(status, 1)
            self.assertEqual([(found["table"], found["key"]["phoneNumber"]) for found in paper["differences"]],
                             [("GlobalCallRouting", NUMBER)])
            self.assertEqual(paper["snapshot"], "different")
            decided = paper["probes"]["different"][0]["decisions"]
            self.assertEqual(decided["us-east-1"], decided["ap-southeast-1"])
            self.assertNotEqual(decided["us-east-1"], decided["eu-west-1"])
            self.assertEqual(cluster.rest("eu-west-1")("POST", "/repair").json()["mended"], 1)
            self.assertEqual(cluster.verify("--probe", NUMBER)[0], 0)


class LostWrites(unittest.TestCase):
    def test_are_listed_once_shown_and_taken_over(self):
        with meridian.Folder() as folder, Agreeing(folder) as cluster:
            body = {"phoneNumber": NUMBER, "region": "us-east-1", "contactFlowId": "before", "queueId": "q"}
            self.assertEqual(cluster.rest("us-east-1")("PUT", PATH, body).status, 200)
            for name in NAMES[:3]:
                eventually("the rule", lambda name=name: cluster.rest(name)("GET", PATH).status == 200)
            for name in NAMES[:3]:
                cluster.kill(name)
            for name in NAMES[:2]:  # each alone, so that neither sees the other's
                cluster.start(name)
                written = cluster.rest(name)("PUT", PATH, {**body, "contactFlowId": f"from-{name}"}, If_Match='"1"')
                self.assertEqual(written.status, 200, written)
                cluster.kill(name)
            for name in NAMES[:3]:
                cluster.start(name)
            for name in NAMES[:3]:
                eventually("the later edit",
                           lambda name=name: cluster.rest(name)("GET", PATH).json()["contactFlowId"] == "from-eu-west-1")
            listed = json.loads(cluster.run("conflicts", "--output", "json").stdout)
            self.assertEqual(len(listed), 1, listed)
            self.assertEqual((listed[0]["kept"]["item"]["contactFlowId"], listed[0]["lost"]["item"]["contactFlowId"]),
                             ("from-eu-west-1", "from-us-east-1"))
            self.assertIn("1 write lost", cluster.run("conflicts", "list").stdout)
            self.assertIn("0 writes lost", cluster.run("conflicts", "--table", "AgentSkills").stdout)
            shown = cluster.run("conflicts", "show", listed[0]["id"][:8]).stdout
            self.assertIn("from-us-east-1", shown)
            command = next(line for line in shown.splitlines() if line.startswith("To take the lost one over"))
            words = command.split(": meridian ")[1].split()
            done = cluster.run(*words, "--yes")
            self.assertEqual(done.returncode, 0, done)
            for name in NAMES[:3]:
                eventually("the edit that was lost",
                           lambda name=name: cluster.rest(name)("GET", PATH).json()["contactFlowId"] == "from-us-east-1")
            forgotten = cluster.run("conflicts", "forget", "--up-to", "2999-01-01T00:00:00Z", "--yes")
            self.assertEqual(forgotten.returncode, 0, forgotten)
            self.assertEqual(json.loads(cluster.run("conflicts", "--output", "json").stdout), [])
            wrong = cluster.run("conflicts", "show", "0000")
            self.assertEqual(wrong.returncode, 1)
            self.assertIn("there is no conflict", wrong.stderr)


if __name__ == "__main__":
    unittest.main()
