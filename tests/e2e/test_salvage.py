"""Folders with a changed byte: the region starts, serves, and says what happened."""

import shutil
import subprocess
import unittest

import meridian
from cluster import Cluster, eventually

HERE = "us-east-1"
THERE = "eu-west-1"
COUNT = 40


def number_of(index):
    return f"+4420794600{index:02}"


def put_rules(rest):
    for index in range(COUNT):
        answer = rest("PUT", f"/routing/{number_of(index)}/{HERE}",
                      {"phoneNumber": number_of(index), "region": HERE, "contactFlowId": f"flow-{index}", "queueId": "q"})
        assert answer.status == 200, answer


def flows(rest):
    items = rest("GET", "/routing?limit=1000").json()["items"]
    return {item["phoneNumber"]: item["contactFlowId"] for item in items}


def flip_byte(path, at):
    with open(path, "r+b") as file:
        file.seek(at)
        byte = file.read(1)[0]
        file.seek(at)
        file.write(bytes([byte ^ 0x20]))


def files_of(folder, region, ending):
    return sorted(path for path in (folder / region).iterdir() if path.suffix == ending and path.stat().st_size > 0)


def repair_folder(folder):
    return subprocess.run([meridian.BINARY, "repair-folder", "--region", HERE, "--data", folder],
                          capture_output=True, text=True, timeout=120)


class AloneWithADamagedFile(unittest.TestCase):
    """No peer and no backup: the folder itself still has everything."""

    WANTED = {number_of(index): f"flow-{index}" for index in range(COUNT)}

    def check_starts(self, cluster, folder):
        cluster.start(HERE)
        found = flows(cluster.rest(HERE))
        self.assertEqual({number: found.get(number) for number in self.WANTED}, self.WANTED)
        log = cluster.log_of(HERE)
        self.assertIn("was salvaged", log)
        self.assertTrue(list(folder.glob(f"{HERE}.damaged-*")))

    def test_of_tables(self):
        with meridian.Folder() as folder, Cluster(folder, (HERE,)) as cluster:
            put_rules(cluster.rest(HERE))
            for _ in range(2):  # a start moves the write-ahead log into tables
                cluster.regions[HERE].stop()
                cluster.start(HERE)
            cluster.regions[HERE].stop()
            intact = folder / "intact"
            shutil.copytree(folder / HERE, intact)
            for table in files_of(folder, HERE, ".sst"):
                with self.subTest(table=table.name):
                    shutil.rmtree(folder / HERE)
                    shutil.copytree(intact, folder / HERE)
                    flip_byte(table, table.stat().st_size // 3)
                    self.check_starts(cluster, folder)
                    cluster.regions[HERE].stop()

    def test_of_the_write_ahead_log(self):
        with meridian.Folder() as folder, Cluster(folder, (HERE,)) as cluster:
            put_rules(cluster.rest(HERE))
            cluster.kill(HERE)
            log = files_of(folder, HERE, ".log")[-1]
            # In what is stored of an item, where its text stands.
            flip_byte(log, log.read_bytes().index(b"flow-20") + 5)
            self.check_starts(cluster, folder)

    def test_and_nobody_to_start_it_yet(self):
        with meridian.Folder() as folder, Cluster(folder, (HERE,)) as cluster:
            put_rules(cluster.rest(HERE))
            locked = repair_folder(folder)
            self.assertEqual(locked.returncode, 1, locked)
            self.assertIn("in use by process", locked.stderr)
            cluster.regions[HERE].stop()
            (folder / HERE / "CURRENT").unlink()
            done = repair_folder(folder)
            self.assertEqual(done.returncode, 0, done)
            self.assertIn("CURRENT is missing", done.stdout)
            self.assertIn("nothing is missing", done.stdout)
            again = repair_folder(folder)
            self.assertEqual((again.returncode, "nothing was done" in again.stdout), (0, True), again)
            cluster.start(HERE)
            self.assertEqual(flows(cluster.rest(HERE)) | self.WANTED, flows(cluster.rest(HERE)))


class ARegionThatLostItsTables(unittest.TestCase):
    def test_gets_back_from_a_peer_what_no_file_of_its_own_has(self):
        with meridian.Folder() as folder, Cluster(folder, (HERE, THERE)) as cluster:
            put_rules(cluster.rest(HERE))
            wanted = flows(cluster.rest(HERE))
            eventually("the rules there", lambda: flows(cluster.rest(THERE)) == wanted)
            cluster.kill(HERE)
            for path in files_of(folder, HERE, ".log") + files_of(folder, HERE, ".sst"):
                path.write_bytes(b"?" * path.stat().st_size)
            cluster.start(HERE)
            eventually("the rules here", lambda: flows(cluster.rest(HERE)) == wanted)
            answer = cluster.rest(HERE)("DELETE", f"/routing/{number_of(0)}/{HERE}")
            self.assertEqual(answer.status, 200)
            eventually("the delete there", lambda: number_of(0) not in flows(cluster.rest(THERE)))


if __name__ == "__main__":
    unittest.main()
