"""What the end-to-end tests share: starting regions, and the environment that clients need."""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("MERIDIAN_BINARY", str(ROOT / "build/release/bin/meridian"))
# The time that a sanitizer build may take is several times that of a release build.
DEADLINE_SECONDS = 120

SETTINGS = {
    "DEFAULT_CONTACT_FLOW_ID": "default-flow-id",
    "DEFAULT_QUEUE_ID": "default-queue-id",
    "AFTER_HOURS_FLOW_ID": "after-hours-flow-id",
    "AFTER_HOURS_QUEUE_ID": "after-hours-queue-id",
    "MERIDIAN_REGIONS": "us-east-1,eu-west-1,ap-southeast-1",
}


def environment(**changes):
    """A clean environment, Debian's tools first; a change of None leaves a variable unset."""
    result = {k: v for k, v in os.environ.items() if not re.match("AWS_|MERIDIAN_|DEFAULT_|AFTER_HOURS_", k)}
    result["PATH"] = "/usr/bin:" + result.get("PATH", "")
    for name, value in changes.items():
        if value is not None:
            result[name] = value
    return result


def run(*arguments, env=None, **options):
    """Runs meridian to its end."""
    return subprocess.run([BINARY, *arguments], env=env or environment(), capture_output=True, text=True,
                          timeout=DEADLINE_SECONDS, stdin=subprocess.DEVNULL, check=False, **options)


class Folder:
    """A folder that goes when the test ends."""

    def __init__(self):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="meridian-test-"))

    def __enter__(self):
        return self.path

    def __exit__(self, *_):
        shutil.rmtree(self.path, ignore_errors=True)


class Region:
    """`meridian serve`, ready when constructed. Port 0: a free one."""

    def __init__(self, folder, region="us-east-1", arguments=(), env=None, port=0):
        self.region = region
        self.folder = pathlib.Path(folder)
        ready, ready_of_child = os.pipe()
        self.log = open(self.folder / f"{region}.log", "ab")
        self.process = subprocess.Popen(
            [BINARY, "serve", "--region", region, "--port", str(port), "--data", str(folder), "--ready-fd",
             str(ready_of_child), *arguments],
            env=env or environment(**SETTINGS), stderr=self.log, stdin=subprocess.DEVNULL, pass_fds=[ready_of_child])
        os.close(ready_of_child)
        with os.fdopen(ready) as pipe:
            line = pipe.readline()
        if not line:
            self.process.wait(DEADLINE_SECONDS)
            raise RuntimeError((self.folder / f"{region}.log").read_text())
        self.port = int(line)
        self.endpoint = f"http{'s' if '--tls-cert' in arguments else ''}://127.0.0.1:{self.port}"

    def client_environment(self):
        """What `meridian env` would export for this region."""
        credentials = (self.folder / "credentials").read_text()
        value = lambda name: re.search(rf"{name}\s*=\s*(\S+)", credentials).group(1)
        return environment(AWS_ACCESS_KEY_ID=value("aws_access_key_id"),
                           AWS_SECRET_ACCESS_KEY=value("aws_secret_access_key"), AWS_REGION=self.region,
                           AWS_DEFAULT_REGION=self.region, AWS_ENDPOINT_URL=self.endpoint)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(DEADLINE_SECONDS)
        self.log.close()
        return status

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.stop()


def lambda_client(region):
    """boto3's client of a region's functions."""
    import boto3  # pylint: disable=import-outside-toplevel
    from botocore.config import Config  # pylint: disable=import-outside-toplevel

    env = region.client_environment()
    return boto3.client("lambda", region_name=region.region, endpoint_url=region.endpoint,
                        aws_access_key_id=env["AWS_ACCESS_KEY_ID"],
                        aws_secret_access_key=env["AWS_SECRET_ACCESS_KEY"],
                        config=Config(retries={"max_attempts": 1}))


def event(number="+18005551234", region="us-east-1", **parameters):
    """A contact-flow event."""
    return json.dumps({"Details": {"ContactData": {
        "SystemEndpoint": {"Address": number, "Type": "TELEPHONE_NUMBER"}, "ContactId": "c-1",
        "InstanceARN": f"arn:aws:connect:{region}:123456789012:instance/i"}, "Parameters": parameters},
        "Name": "ContactFlowEvent"})
