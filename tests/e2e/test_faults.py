"""What goes wrong on a machine: a full disk, kill -9, a corrupt file, hostile bytes."""

import json
import os
import signal
import socket
import subprocess
import threading
import unittest

import meridian


def invoke(region, function, payload="{}"):
    return json.loads(meridian.lambda_client(region).invoke(FunctionName=function, Payload=payload)["Payload"].read())


def health(region):
    answer = invoke(region, "HealthCheck")
    return answer["statusCode"], json.loads(answer["body"])[region.region]


class FullDisk(unittest.TestCase):
    def limit_files(self, region, limit):
        """What a full disk is to a process: no file may grow past the limit."""
        subprocess.run(["prlimit", f"--pid={region.process.pid}", f"--fsize={limit}:unlimited"], check=True)

    def test_writes_are_refused_routing_goes_on_and_all_is_well_when_there_is_room(self):
        with meridian.Folder() as folder, meridian.Region(folder, arguments=["--demo"]) as region:
            self.assertEqual(health(region)[1]["status"], "healthy")
            self.limit_files(region, 1)
            status, entry = health(region)
            self.assertEqual((status, entry["status"]), (200, "degraded"), entry)
            self.assertRegex(entry["writeError"], "(?i)disk|space|room")
            answer = invoke(region, "RouteCall", meridian.event())
            self.assertEqual(answer["ruleId"], "+18005551234#us-east-1")
            self.limit_files(region, "unlimited")
            self.assertEqual(health(region)[1]["status"], "healthy")
            self.assertEqual(region.stop(), 0)
            with meridian.Region(folder) as again:
                self.assertEqual(health(again)[1]["rules"], 1)


class ClosedStreams(unittest.TestCase):
    def test_no_log_line_gets_into_a_file_of_the_tables(self):
        with meridian.Folder() as folder:
            ready, ready_of_child = os.pipe()
            command = (f'exec "$0" serve --region us-east-1 --port 0 --demo --data {folder} --ready-fd {ready_of_child} '
                       "<&- >&- 2>&-")
            with subprocess.Popen(["bash", "-c", command, meridian.BINARY], env=meridian.environment(),
                                  pass_fds=[ready_of_child]) as process:
                os.close(ready_of_child)
                with os.fdopen(ready) as pipe:
                    self.assertTrue(pipe.readline())
                streams = {os.readlink(f"/proc/{process.pid}/fd/{fd}") for fd in range(3)}
                process.terminate()
            self.assertEqual(streams, {"/dev/null"})


class OthersFolders(unittest.TestCase):
    def test_a_folder_that_was_there_keeps_its_mode_and_what_is_made_is_the_owners(self):
        with meridian.Folder() as folder:
            shared = folder / "shared"
            shared.mkdir()
            shared.chmod(0o1777)
            with meridian.Region(shared, arguments=["--demo"]):
                pass
            self.assertEqual(shared.stat().st_mode & 0o7777, 0o1777)
            self.assertEqual((shared / "us-east-1").stat().st_mode & 0o77, 0)


class Killed(unittest.TestCase):
    def test_a_killed_region_finds_its_data(self):
        with meridian.Folder() as folder:
            for round_number in range(5):
                with meridian.Region(folder, arguments=["--demo"]) as region:
                    threads = [threading.Thread(target=health, args=(region,)) for _ in range(4)]
                    sequence = health(region)[1]["sequenceNumber"]
                    self.assertGreater(sequence, round_number)
                    for thread in threads:
                        thread.run = lambda r=region: swallow(lambda: [health(r) for _ in range(100)])
                        thread.start()
                    region.process.send_signal(signal.SIGKILL)
                    region.process.wait()
                    for thread in threads:
                        thread.join()
                    region.log.close()
                with meridian.Region(folder) as region:
                    self.assertGreaterEqual(health(region)[1]["sequenceNumber"], sequence)
                    self.assertEqual(invoke(region, "RouteCall", meridian.event())["ruleId"], "+18005551234#us-east-1")


def swallow(work):
    try:
        work()
    except Exception:  # pylint: disable=broad-except
        pass  # the region was killed under it: that is the test


class Damaged(unittest.TestCase):
    def test_a_damaged_credentials_file_is_refused_by_name_and_line(self):
        with meridian.Folder() as folder:
            (folder / "credentials").write_text("[meridian]\naws_access_key_id\n")
            with self.assertRaises(RuntimeError) as refused:
                meridian.Region(folder)
            self.assertIn(f"{folder}/credentials:2", str(refused.exception))


class HostileBytes(unittest.TestCase):
    JUNK = [
        b"\x00" * 1000,
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET /healthz HTTP/9.9\r\nHost: x\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n",
        b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * 50_000 + b"\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + os.urandom(500),
    ]

    def test_a_region_answers_others_whatever_one_client_sends(self):
        with meridian.Folder() as folder, meridian.Region(folder, arguments=["--demo"]) as region:
            for junk in self.JUNK:
                with self.subTest(junk[:40]), socket.create_connection(("127.0.0.1", region.port)) as client:
                    client.settimeout(meridian.DEADLINE_SECONDS)
                    try:
                        client.sendall(junk)
                        client.shutdown(socket.SHUT_WR)
                        answer = client.recv(100)
                    except ConnectionError:
                        answer = b""  # hung up on: a right refusal of bytes that are no HTTP
                    self.assertNotIn(b" 200 ", answer)
                self.assertEqual(invoke(region, "RouteCall", meridian.event())["ruleId"], "+18005551234#us-east-1")

    def test_no_number_is_logged(self):
        with meridian.Folder() as folder, meridian.Region(folder, arguments=["--demo"]) as region:
            client = meridian.lambda_client(region)
            for payload in (meridian.event(), meridian.event(region=""), '{"Details":{"x":"+18005551234"', "+18005551234"):
                client.invoke(FunctionName="RouteCall", Payload=payload)
            subprocess.run(["curl", "-s", f"{region.endpoint}/routing/+18005551234/us-east-1"], check=True,
                           capture_output=True)
            region.stop()
            log = (folder / "us-east-1.log").read_text()
            self.assertIn("refused", log)
            self.assertNotIn("8005551234", log)


if __name__ == "__main__":
    unittest.main()
