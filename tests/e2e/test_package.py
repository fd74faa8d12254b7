"""The zips that Lambda gets, unpacked into a root that has nothing else."""

import json
import os
import pathlib
import subprocess
import unittest
import zipfile

import meridian
from lambda_api import BOOTSTRAP, Function, access_to
from rest import Rest

PACKAGE = pathlib.Path(os.environ.get("MERIDIAN_PACKAGE", str(meridian.ROOT / "build/package")))
FUNCTIONS = ("RouteCall", "UpdateRouting", "HealthCheck")
ZIP_BYTES_MAX = 12 * 1024 * 1024
MEMORY_KB_MAX = 18 * 1024


def unpack(name, folder):
    """As Lambda does: files with their modes."""
    with zipfile.ZipFile(PACKAGE / f"{name}.zip") as archive:
        for entry in archive.infolist():
            path = pathlib.Path(archive.extract(entry, folder))
            path.chmod(entry.external_attr >> 16 & 0o777)


def in_root(folder, name, env=None, **options):
    """The function in a root that is `folder` and has nothing but the zip's content."""
    if os.geteuid() != 0:
        raise AssertionError("changing the root takes root's rights: run the tests as root")
    return Function(name, env, command=["/usr/sbin/chroot", str(folder), "/bootstrap"], **options)


def peak_memory_kb(function):
    status = pathlib.Path(f"/proc/{function.process.pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0])


class Zips(unittest.TestCase):
    def test_have_what_lambda_needs_and_are_small(self):
        for name in FUNCTIONS:
            self.assertLessEqual((PACKAGE / f"{name}.zip").stat().st_size, ZIP_BYTES_MAX)
            with zipfile.ZipFile(PACKAGE / f"{name}.zip") as archive:
                modes = {entry.filename: entry.external_attr >> 16 & 0o777 for entry in archive.infolist()}
                authorities = archive.read("ca.pem").decode()
            self.assertEqual((modes["bootstrap"], modes["lib/function"], modes["ca.pem"]), (0o755, 0o755, 0o644))
            self.assertIn("zoneinfo/America/New_York", modes)
            self.assertIn("zoneinfo/UTC", modes)
            self.assertFalse([path for path in modes if "posix" in path or "right/" in path])
            self.assertEqual(authorities.count("BEGIN CERTIFICATE"), 5)

    def test_are_the_same_bytes_for_the_same_program(self):
        with meridian.Folder() as folder:
            unpack("RouteCall", folder / "zip")
            script = str(meridian.ROOT / "scripts/function_zips.sh")
            for out in ("one", "other"):
                subprocess.run([script, BOOTSTRAP, str(folder / "zip/bootstrap"), str(folder / out)], check=True,
                               env=meridian.environment(TZ="Asia/Tokyo" if out == "one" else None))
            self.assertEqual((folder / "one/RouteCall.zip").read_bytes(), (folder / "other/RouteCall.zip").read_bytes())
            self.assertEqual((folder / "one/RouteCall.zip").read_bytes(), (PACKAGE / "RouteCall.zip").read_bytes())


class Started(unittest.TestCase):
    def setUp(self):
        self.folder = meridian.Folder()
        self.addCleanup(self.folder.__exit__)
        self.root = self.folder.path / "root"

    def region(self, **options):
        data = self.folder.path / "data"
        data.mkdir()
        region = meridian.Region(data, **options)
        self.addCleanup(lambda: region.process.poll() is None and region.stop())
        return region

    def test_every_function_starts_in_an_empty_root(self):
        region = self.region()
        for name in FUNCTIONS:
            with self.subTest(name):
                unpack(name, self.root)
                env = access_to(region) | {"MERIDIAN_REGIONS": "us-east-1"}
                with in_root(self.root, name, env) as function:
                    answer = function.invoke(meridian.event() if name == "RouteCall" else "{}")
                    self.assertTrue("queueId" in answer or answer["statusCode"] in (200, 400), answer)
                    self.assertLessEqual(peak_memory_kb(function), MEMORY_KB_MAX)

    def test_knows_time_zones(self):
        """Business hours in a zone that is not there would count as open."""
        region = self.region()
        rest = Rest(region)
        unpack("RouteCall", self.root)
        for number, zone in (("+1555001", "Pacific/Kiritimati"), ("+1555002", "America/Argentina/Ushuaia")):
            hours = zone.replace("/", "-")
            answer = rest("PUT", "/business-hours/" + hours, {"timezone": zone, "schedule": {}})
            self.assertIn(answer.status, (200, 201), answer)
            answer = rest("POST", "/routing", {"phoneNumber": number, "region": "us-east-1", "queueId": "q",
                                               "businessHoursId": hours})
            self.assertEqual(answer.status, 200, answer)
            with in_root(self.root, "RouteCall", access_to(region)) as function:
                self.assertEqual(function.invoke(meridian.event(number))["hours"], "closed")

    def test_runs_from_any_folder(self):
        unpack("RouteCall", self.root)
        for command, folder in (([str(self.root / "bootstrap")], "/"), (["./bootstrap"], self.root),
                                ([str(self.root / "../root/bootstrap")], "/")):
            with self.subTest(command):
                before = os.getcwd()
                os.chdir(folder)
                try:
                    function = Function("RouteCall", {"AWS_ENDPOINT_URL": "nowhere"}, command=command)
                finally:
                    os.chdir(before)
                with function:
                    self.assertEqual(function.invoke(meridian.event())["queueId"], "default-queue-id")

    def test_says_what_is_missing(self):
        unpack("RouteCall", self.root)
        (self.root / "lib").rename(self.root / "elsewhere")
        done = subprocess.run([str(self.root / "bootstrap")], capture_output=True, text=True, check=False, env={})
        self.assertEqual(done.returncode, 127)
        self.assertIn("unpack the whole zip", done.stderr)

    def test_trusts_the_authorities_that_it_is_told(self):
        """TLS works in an empty root: with a bundle of one's own, and not with Amazon's authorities only."""
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                        self.folder.path / "key.pem", "-out", self.folder.path / "cert.pem", "-days", "2", "-subj",
                        "/CN=meridian", "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
        region = self.region(arguments=["--demo", "--tls-cert", str(self.folder.path / "cert.pem"), "--tls-key",
                                        str(self.folder.path / "key.pem")])
        unpack("RouteCall", self.root)
        (self.root / "own.pem").write_bytes((self.folder.path / "cert.pem").read_bytes())
        with in_root(self.root, "RouteCall", access_to(region) | {"AWS_CA_BUNDLE": "/own.pem"}) as function:
            self.assertNotIn("errorMessage", function.invoke(meridian.event())["attributes"])
            self.assertLessEqual(peak_memory_kb(function), MEMORY_KB_MAX)
        with in_root(self.root, "RouteCall", access_to(region)) as function:
            self.assertIn("errorMessage", function.invoke(meridian.event(), seconds=3)["attributes"])
            self.assertIn("certificate", json.dumps(function.lines()))


if __name__ == "__main__":
    unittest.main()
