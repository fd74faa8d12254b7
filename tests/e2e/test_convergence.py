"""Regions under random faults end alike and lose nothing; and the checker of that would notice.

MERIDIAN_CONVERGENCE_RUNS: how many runs (20). MERIDIAN_CONVERGENCE_SEED: of the first one (1)."""

import copy
import os
import pathlib
import shutil
import tempfile
import unittest

import convergence
from convergence_checker import Evidence, Write, check

RUNS = int(os.environ.get("MERIDIAN_CONVERGENCE_RUNS", "20"))
SEED = int(os.environ.get("MERIDIAN_CONVERGENCE_SEED", "1"))
REGIONS = ("a", "b")
PATH = "/agents/ann"


def item(write, version):
    return {"agentId": "ann", "note": write, "version": version}


def change(write, before, after, version):
    return {"changeId": f"change-{write}", "reason": write, "version": version, "before": before, "after": after}


def conflict(region, lost):
    return {"path": PATH, "kept": {"region": "b", "item": item("b-0", 2)}, "lost": {"region": region, "item": lost}}


def a_good_end():
    """Three writes one after the other, one that lost against the last, and one that was refused."""
    changes = [change("a-0", None, item("a-0", 1), 1), change("b-0", item("a-0", 1), item("b-0", 2), 2),
               change("a-1", item("a-0", 1), item("a-1", 2), 2)]
    writes = [Write("a-0", "a", PATH, "PUT", "acknowledged", "change-a-0", 1),
              Write("b-0", "b", PATH, "PATCH", "acknowledged", "change-b-0", 2),
              Write("a-1", "a", PATH, "PUT", "acknowledged", "change-a-1", 2),
              Write("a-2", "a", PATH, "PUT", "refused"), Write("a-3", "a", PATH, "PUT", "unknown")]
    return Evidence(writes=writes, hashes={region: {"AgentSkills": "1f"} for region in REGIONS},
                    items={region: {PATH: item("b-0", 2)} for region in REGIONS},
                    histories={region: {PATH: list(changes)} for region in REGIONS},
                    conflicts={"a": [conflict("a", item("a-1", 2))], "b": []})


def an_end_with_a_delete():
    """a-0 was deleted in region a while b, which hadn't heard of that, changed it."""
    changes = [change("a-0", None, item("a-0", 1), 1), change("a-1", item("a-0", 1), None, 1),
               change("b-0", item("a-0", 1), item("b-0", 2), 2)]
    writes = [Write("a-0", "a", PATH, "PUT", "acknowledged", "change-a-0", 1),
              Write("a-1", "a", PATH, "DELETE", "acknowledged", "change-a-1", 1),
              Write("b-0", "b", PATH, "PUT", "acknowledged", "change-b-0", 2)]
    return Evidence(writes=writes, hashes={region: {"AgentSkills": "1f"} for region in REGIONS},
                    items={region: {PATH: item("b-0", 2)} for region in REGIONS},
                    histories={region: {PATH: list(changes)} for region in REGIONS},
                    conflicts={"a": [conflict("a", None)], "b": []})


class Checker(unittest.TestCase):
    """Each doctored end is told from a good one."""

    def finds(self, what, evidence):
        problems = check(evidence)
        self.assertTrue(any(what in problem for problem in problems), problems)

    def test_good_ends_are_good(self):
        self.assertEqual(check(a_good_end()), [])
        self.assertEqual(check(an_end_with_a_delete()), [])

    def test_what_was_not_told_may_have_been_made_or_not(self):
        end = a_good_end()
        made = item("a-3", 3)
        for region in REGIONS:
            end.items[region][PATH] = made
            end.histories[region][PATH].append(change("a-3", item("b-0", 2), made, 3))
        self.assertEqual(check(end), [])

    def test_tables_that_differ(self):
        end = a_good_end()
        end.hashes["b"]["AgentSkills"] = "20"
        self.finds("AgentSkills differs between a and b", end)
        end = a_good_end()
        end.hashes["b"]["Extra"] = "00"
        self.finds("Extra differs", end)
        end = a_good_end()
        end.items["b"][PATH]["version"] = 3
        self.finds("the items of a and b differ", end)

    def test_an_acknowledged_write_that_nobody_has_seen_and_no_conflict_has(self):
        end = a_good_end()
        end.conflicts["a"] = []
        self.finds("a-1 was made at /agents/ann, and is lost", end)

    def test_a_conflict_of_another_item_does_not_count(self):
        end = a_good_end()
        end.conflicts["a"][0]["path"] = "/agents/bob"
        self.finds("a-1 was made at /agents/ann, and is lost", end)

    def test_a_standing_write_that_was_rolled_back(self):
        end = a_good_end()
        for region in REGIONS:
            end.items[region][PATH] = item("a-0", 1)
        self.finds("b-0 was made at /agents/ann, and is lost", end)

    def test_a_write_that_was_made_without_its_writer_being_told_is_not_lost_either(self):
        end = a_good_end()
        for region in REGIONS:
            end.histories[region][PATH].append(change("a-3", item("a-0", 1), item("a-3", 2), 2))
        self.finds("a-3 was made at /agents/ann, and is lost", end)

    def test_a_delete_that_lost_without_a_trace(self):
        end = an_end_with_a_delete()
        end.conflicts["a"] = [conflict("b", None)]  # of another region's delete
        self.finds("a-1 was made at /agents/ann, and is lost", end)

    def test_a_delete_that_came_back_only_because_somebody_made_the_item_again(self):
        end = an_end_with_a_delete()
        end.conflicts["a"] = []
        for region in REGIONS:
            end.histories[region][PATH][2] = change("b-0", None, item("b-0", 2), 2)
        self.assertEqual(check(end), [])

    def test_a_delete_that_another_regions_delete_agrees_with(self):
        end = an_end_with_a_delete()
        end.conflicts["a"] = []
        end.writes.append(Write("b-1", "b", PATH, "DELETE", "acknowledged", "change-b-1", 1))
        end.writes[1].version = 5
        for region in REGIONS:  # b's delete, of an older version, is what b-0 came after
            end.histories[region][PATH][1]["version"] = 5
            end.histories[region][PATH][2] = change("b-0", None, item("b-0", 2), 2)
            end.histories[region][PATH].append(change("b-1", item("a-0", 1), None, 1))
        self.assertEqual(check(end), [])
        for write in end.writes:  # were it the same region's, it would be an order that cannot be
            write.region = "a"
        self.finds("a-1 was made at /agents/ann, and is lost", end)

    def test_an_item_that_was_refused_stands(self):
        end = a_good_end()
        for region in REGIONS:
            end.items[region][PATH] = item("a-2", 3)
        self.finds("holds a-2, which was refused or never sent", end)

    def test_a_history_of_what_was_refused(self):
        end = a_good_end()
        end.histories["b"][PATH].append(change("a-2", item("b-0", 2), item("a-2", 3), 3))
        self.finds("has a change by a-2 in b, which was refused or never sent", end)

    def test_history_that_is_missing_in_one_region(self):
        end = a_good_end()
        del end.histories["b"][PATH][0]
        self.finds("a-0 was acknowledged, and b has no history of it", end)

    def test_history_of_a_write_whose_writer_was_not_told_is_missing_in_one_region(self):
        end = a_good_end()
        end.histories["a"][PATH].append(change("a-3", item("b-0", 2), item("a-3", 3), 3))
        self.finds("b lacks 1 changes that another region has", end)

    def test_history_that_tells_something_else(self):
        for other in ({"version": 7}, {"reason": "a-0"}, {"after": item("a-0", 2)}, {"after": None}):
            end = copy.deepcopy(a_good_end())
            end.histories["b"][PATH][1].update(other)
            self.finds("the history of b tells it otherwise", end)


class Convergence(unittest.TestCase):
    def test_runs(self):
        acknowledged = faults = conflicts = 0
        for seed in range(SEED, SEED + RUNS):
            folder = pathlib.Path(tempfile.mkdtemp(prefix="meridian-test-"))
            outcome = convergence.run(seed, folder)
            self.assertEqual(outcome.problems, [], f"{outcome.line()}; kept in {folder}; once more: "
                                                   f"tests/e2e/convergence.py --seed {seed}")
            shutil.rmtree(folder, ignore_errors=True)
            acknowledged += outcome.counts["acknowledged"]
            faults += outcome.counts["faults"]
            conflicts += outcome.counts["conflicts"]
        # Else the runs would prove nothing.
        self.assertGreater(acknowledged, 50 * RUNS)
        self.assertGreater(faults, 5 * RUNS)
        self.assertGreater(conflicts, RUNS)


if __name__ == "__main__":
    unittest.main()
