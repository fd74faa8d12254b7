"""`meridian fault` breaks the regions of `meridian up`, shows what is broken, and takes it back."""

import json
import os
import signal
import time
import unittest

import meridian
from test_up import Up, wait_until

EAST, WEST, SOUTH = "us-east-1", "eu-west-1", "ap-southeast-1"
NUMBER = "+18005551234"


class Drills(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = meridian.Folder()
        cls.up = Up(cls.folder.path)
        cls.data = ("--data", str(cls.folder.path / "data"))

    @classmethod
    def tearDownClass(cls):
        cls.up.stop()
        cls.folder.__exit__()

    def tearDown(self):
        self.fault("heal")

    def run_meridian(self, *arguments):
        return meridian.run(*arguments, *self.data)

    def fault(self, *arguments):
        done = self.run_meridian("fault", *arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def refused(self, *arguments):
        done = self.run_meridian("fault", *arguments)
        self.assertEqual(done.returncode, 1, done.stdout)
        return done.stderr

    def listed(self):
        """What is broken, by region."""
        return {entry["region"]: entry for entry in json.loads(self.fault("list", "--output", "json"))["regions"]}

    def queue(self, region):
        done = self.run_meridian("rules", "get", NUMBER, "--via", region, "--output", "json")
        return json.loads(done.stdout)["queueId"] if done.returncode == 0 else done.stderr

    def put(self, region, queue):
        return self.run_meridian("rules", "put", NUMBER, "--via", region, "--set", f"queueId={queue}")

    def wait_for_queue(self, region, queue):
        wait_until(lambda: self.queue(region) == queue)

    def test_a_cut_link_keeps_two_regions_apart_until_it_is_healed(self):
        self.fault("cut", EAST, WEST)
        self.fault("cut", SOUTH, WEST)
        self.assertEqual(self.listed()[WEST]["links"], {EAST: {"cut": "questions"}, SOUTH: {"cut": "questions"}})
        self.assertIn(f"hears nothing of {WEST}", self.fault("list"))
        self.assertEqual(self.put(EAST, "from-east").returncode, 0)
        self.wait_for_queue(SOUTH, "from-east")
        self.assertNotEqual(self.queue(WEST), "from-east")
        self.fault("heal", EAST, WEST)
        self.wait_for_queue(WEST, "from-east")
        self.assertEqual(self.listed()[WEST]["links"], {SOUTH: {"cut": "questions"}})

    def test_one_way(self):
        self.fault("cut", EAST, WEST, "--one-way", "--answers")
        listed = self.listed()
        self.assertEqual((listed[EAST]["links"], listed[WEST]["links"]), ({}, {EAST: {"cut": "answers"}}))

    def test_slow_links_are_slow_and_mixed_up_ones_right(self):
        self.fault("delay", EAST, WEST, "300ms", "--jitter", "50ms")
        self.fault("reorder", EAST, WEST)
        self.fault("throttle", EAST, SOUTH, "64KB/s", "--for", "1m")
        listed = self.listed()
        self.assertEqual(listed[EAST]["links"][WEST], {"delayMs": 300, "jitterMs": 50, "reorder": True})
        self.assertEqual(listed[SOUTH]["links"][EAST]["bytesPerSecond"], 65536)
        start = time.monotonic()
        self.assertEqual(self.put(EAST, "slow").returncode, 0)
        self.wait_for_queue(WEST, "slow")
        self.assertGreater(time.monotonic() - start, 0.3)

    def test_a_fault_goes_by_itself(self):
        self.fault("cut", EAST, WEST, "--for", "500ms")
        wait_until(lambda: self.listed()[EAST]["links"] == {})

    def test_a_clock_that_is_wrong_is_told_and_set_right(self):
        for step, offset in (("+10m", 600_000), ("-10m", -600_000)):
            self.fault("clock", EAST, step)
            self.assertEqual(self.listed()[EAST]["clock"], {"offsetMs": offset})
            refused = self.run_meridian("rules", "list", "--via", EAST)
            self.assertRegex(refused.stderr, "Signature (expired|not yet current)")
        self.fault("clock", EAST, "reset")
        self.assertEqual(self.run_meridian("rules", "list", "--via", EAST).returncode, 0)

    def test_a_full_disk_refuses_writes_and_no_restart_is_needed(self):
        before = self.up.children()
        self.fault("disk", EAST, "full")
        refused = self.put(EAST, "full")
        self.assertEqual(refused.returncode, 1)
        self.assertRegex(refused.stderr, "(?i)disk|space|room")
        self.assertEqual(self.run_meridian("route", NUMBER, "--region", EAST).returncode, 0)
        health = json.loads(self.run_meridian("health", "--via", EAST, "--output", "json").stdout)
        self.assertEqual(health[EAST]["status"], "degraded")
        self.fault("disk", EAST, "free")
        self.assertEqual(self.put(EAST, "room").returncode, 0)
        self.assertEqual(self.up.children(), before)

    def test_a_stopped_region_is_listed_not_restarted_and_goes_on(self):
        before = self.up.children()
        self.fault("disk", EAST, "full")
        self.fault("stop", EAST)
        listed = self.listed()[EAST]
        self.assertEqual((listed["state"], listed["disk"]), ("stopped", {"full": True}))
        self.assertIn("stands still", self.fault("list"))
        self.assertIn(f"meridian fault continue {EAST}", self.refused("disk", EAST, "free"))
        self.fault("continue", EAST)
        self.assertEqual(self.listed()[EAST]["state"], "runs")
        self.fault("stop", EAST, "--for", "200ms")
        self.assertEqual(self.listed()[EAST]["state"], "runs")
        self.assertEqual(self.up.children(), before)

    def test_a_killed_region_comes_back_whole(self):
        before = self.up.children()
        self.fault("clock", SOUTH, "+10m")
        self.fault("kill", SOUTH)
        wait_until(lambda: self.up.children().get(SOUTH) not in (None, before[SOUTH]))
        wait_until(lambda: self.run_meridian("rules", "list", "--via", SOUTH).returncode == 0)
        self.assertEqual(self.listed()[SOUTH]["clock"], {})

    def test_what_cannot_be_meant_is_told(self):
        self.assertIn(f"{EAST}, {WEST}, {SOUTH}", self.refused("cut", EAST, "us-west-2"))
        self.assertIn(f"{EAST}, {WEST}, {SOUTH}", self.refused("kill", "us-west-2"))
        self.assertIn("between two regions", self.refused("cut", EAST, EAST))
        self.assertIn("200ms", self.refused("delay", EAST, WEST, "soon"))
        self.assertIn("64KB/s", self.refused("throttle", EAST, WEST, "slowly"))
        self.assertIn("30 days", self.refused("clock", EAST, "10000h"))


class Refusals(unittest.TestCase):
    def test_a_region_that_others_reach_cannot_be_broken(self):
        with meridian.Folder() as folder:
            with self.assertRaises(RuntimeError) as refused:
                meridian.Region(folder, arguments=["--faults", "--address", "0.0.0.0"])
            self.assertIn("127.0.0.1", str(refused.exception))

    def test_a_region_without_the_flag_cannot_be_broken(self):
        with meridian.Folder() as folder, meridian.Region(folder) as region:
            (folder / "regions.json").write_text(
                json.dumps([{"region": region.region, "host": "127.0.0.1", "port": region.port}]))
            done = meridian.run("fault", "disk", region.region, "full", "--data", str(folder))
            self.assertEqual(done.returncode, 1)
            self.assertIn("--faults", done.stderr)

    def test_up_ends_with_a_region_that_stands_still(self):
        with meridian.Folder() as folder:
            with Up(folder) as up:
                os.kill(up.children()[EAST], signal.SIGSTOP)
                start = time.monotonic()
                self.assertEqual(up.stop(), 0)
                self.assertLess(time.monotonic() - start, 8)  # after ten seconds it would be killed


if __name__ == "__main__":
    unittest.main()
