"""RouteCall as a Lambda function beside the original Node.js one with its SDK: the same table server, the same stub of the runtime
API, one core for the function. Needs root: the function runs in a root that has the zip's content and nothing else."""

import contextlib
import json
import os
import pathlib
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests/e2e"))
import meridian  # pylint: disable=wrong-import-position

NUMBER, PREFIXED = "+18005551234", "+49301234567"


def event_of(number):
    """A contact-flow event; the Node.js function looks up the caller's number, ours the dialled one."""
    event = json.loads(meridian.event(number))
    event["Details"]["ContactData"]["CustomerEndpoint"] = {"Address": number, "Type": "TELEPHONE_NUMBER"}
    return json.dumps(event).encode()


class Process:
    """A function's process, with the runtime API that it asks."""

    def __init__(self, command, env, root=None):
        self.listener = socket.create_server(("127.0.0.1", 0))
        env = env | {"AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{self.listener.getsockname()[1]}", "_HANDLER": "RouteCall",
                     "AWS_LAMBDA_FUNCTION_NAME": "RouteCall", "TZ": ":UTC"}

        def enter():
            os.sched_setaffinity(0, {os.cpu_count() - 1})
            if root:
                os.chroot(root)
                os.chdir("/")

        self.started = time.monotonic()
        self.process = subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL, preexec_fn=enter)
        self.listener.settimeout(60)
        self.connection, self.buffer = self.listener.accept()[0], b""
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.read()  # the first GET /next

    def read(self):
        """A whole request; its body."""
        while b"\r\n\r\n" not in self.buffer:
            self.more()
        head, _, rest = self.buffer.partition(b"\r\n\r\n")
        length = next((int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")), 0)
        self.buffer = rest
        while len(self.buffer) < length:
            self.more()
        body, self.buffer = self.buffer[:length], self.buffer[length:]
        return body

    def more(self):
        piece = self.connection.recv(1 << 18)
        if not piece:
            raise RuntimeError("the function hung up")
        self.buffer += piece

    def call(self, number=NUMBER):
        """The answer, and how long it took."""
        event = event_of(number)
        begin = time.monotonic()
        self.connection.sendall(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nLambda-Runtime-Aws-Request-Id: r-1\r\n"
            b"Lambda-Runtime-Deadline-Ms: %d\r\nContent-Length: %d\r\n\r\n" % (int(time.time() * 1000) + 8000, len(event)) + event)
        answer = self.read()
        took = time.monotonic() - begin
        self.answered = time.monotonic()
        self.connection.sendall(b"HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\n{}")
        self.read()  # the next GET /next
        return json.loads(answer), took

    def peak_mb(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) / 1024

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.connection.close()
        self.listener.close()


def cold(make, runs):
    """Milliseconds from the process's start to its first answer, and its peak memory."""
    times, memory = [], []
    for _ in range(runs):
        with make() as process:
            answer, _ = process.call()
            check(answer)
            times.append((process.answered - process.started) * 1000)
            memory.append(process.peak_mb())
    return statistics.median(times), statistics.median(memory)


def warm(make, calls, number=NUMBER, flow=None):
    """The median of a call in microseconds, and the one that only 1 % exceed."""
    with make() as process:
        for _ in range(50):
            process.call(number)
        times = []
        for _ in range(calls):
            answer, took = process.call(number)
            check(answer, flow)
            times.append(took * 1e6)
    return statistics.median(times), sorted(times)[int(len(times) * 0.99)]


def check(answer, flow=None):
    if "errorMessage" in answer.get("attributes", {}) or (flow and answer["contactFlowId"] != flow):
        sys.exit(f"bench: that is no answer by a rule: {answer}")


def fill(region, count):
    """So many rules, whole numbers all of them but one."""
    import boto3  # pylint: disable=import-outside-toplevel

    env = region.client_environment()
    table = boto3.resource("dynamodb", region_name=region.region, endpoint_url=region.endpoint,
                           aws_access_key_id=env["AWS_ACCESS_KEY_ID"],
                           aws_secret_access_key=env["AWS_SECRET_ACCESS_KEY"]).Table("GlobalCallRouting")
    with table.batch_writer() as batch:
        batch.put_item(Item={"phoneNumber": PREFIXED[:4], "region": "us-east-1", "contactFlowId": "by-prefix", "queueId": "q"})
        for number in range(count):
            batch.put_item(Item={"phoneNumber": f"+33{100_000_000 + number * 7919}", "region": "us-east-1",
                                 "contactFlowId": "f", "queueId": "q"})


def without_tables(ours, region):
    """The longest that a call takes when the tables refuse, or are silent: warm, and cold."""
    worst = {}
    for what, how in (("silent", signal.SIGSTOP), ("refused", signal.SIGKILL)):
        with ours() as process:
            process.call()
            region.process.send_signal(how)
            calls = [process.call() for _ in range(20)]
            if any(answer["stale"] != "true" for answer, _ in calls):
                sys.exit(f"bench: an answer of tables that are {what} is not marked stale")
            worst[f"warm, {what}"] = max(took for _, took in calls) * 1000
        with ours() as process:
            answer, _ = process.call()
            if answer["contactFlowId"] != "default-flow-id":
                sys.exit(f"bench: not the defaults: {answer}")
            worst[f"cold, {what}"] = (process.answered - process.started) * 1000
        region.process.send_signal(signal.SIGCONT)
    return worst


@contextlib.contextmanager
def unpacked():
    """The zip's content, in a folder of its own."""
    folder = tempfile.mkdtemp(prefix="meridian-lambda-")
    archive = ROOT / "build/package/RouteCall.zip"
    with zipfile.ZipFile(archive) as zipped:
        for entry in zipped.infolist():
            os.chmod(zipped.extract(entry, folder), (entry.external_attr >> 16) & 0o777 or 0o755)
    try:
        yield folder, archive.stat().st_size
    finally:
        shutil.rmtree(folder)


def rows(options):
    runs, calls, rules = (3, 300, 5_000) if options.quick else (15, 3_000, 100_000)
    with meridian.Folder() as folder, unpacked() as (root, size), meridian.Region(folder, arguments=["--demo"]) as region:
        env = {name: value for name, value in region.client_environment().items() if name.startswith("AWS_")} | meridian.SETTINGS
        # One region: the Node.js function finds the others at the same endpoint.
        env["MERIDIAN_REGIONS"] = "us-east-1"
        node_env = env | {"PATH": os.environ["PATH"], "AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE": "1",
                          "NODE_PATH": str(ROOT / "tests/e2e/node_modules"), "MERIDIAN_ENDPOINTS": f"us-east-1={region.endpoint}",
                          "NODE_OPTIONS": f"--require {ROOT}/tests/e2e/region_endpoints.cjs"}
        ours = lambda cache=0: Process(["/bootstrap"], env | {"MERIDIAN_CACHE_SECONDS": str(cache)}, root)
        node = lambda: Process(["node", str(ROOT / "tests/e2e/node_runtime.cjs"),
                                str(ROOT / "tests/data/original-design/route-call.js")], node_env)
        our_cold, our_memory = cold(ours, runs)
        node_cold, node_memory = cold(node, runs)
        yield ("RouteCall on Lambda, cold: from the process's start to the first answer", f"{our_cold:.1f} ms, peak {our_memory:.0f} MB",
               f"{node_cold:.0f} ms, peak {node_memory:.0f} MB (Node.js)",
               f"1/{node_cold / our_cold:.0f}; memory 1/{node_memory / our_memory:.1f} (limit: 1/20, 1/4)")
        our_warm, node_warm, cached = warm(ours, calls), warm(node, calls), warm(lambda: ours(3600), calls)
        yield ("warm, always reading: p50, p99", f"{our_warm[0]:.0f} µs, {our_warm[1]:.0f} µs",
               f"{node_warm[0]:.0f} µs, {node_warm[1]:.0f} µs (Node.js)", f"1/{node_warm[0] / our_warm[0]:.1f} (limit: 1/2)")
        yield ("warm, from the cache: p50, p99", f"{cached[0]:.0f} µs, {cached[1]:.0f} µs", f"{node_warm[0]:.0f} µs (Node.js)",
               f"1/{node_warm[0] / cached[0]:.0f} (limit: 1/50)")
        fill(region, rules)
        prefixed, exact = warm(ours, calls, PREFIXED, "by-prefix"), warm(ours, calls)
        yield (f"the same among {rules:,} rules: a number by its prefix, p50", f"{prefixed[0]:.0f} µs",
               f"{exact[0]:.0f} µs (a number with a rule of its own)", f"{prefixed[0] / exact[0]:.2f}")
        worst = without_tables(ours, region)
        yield ("tables that refuse or are silent: the longest of 20 calls", ", ".join(f"{what}: {ms:.0f} ms" for what, ms in worst.items()),
               "", "limit: warm 250 ms, cold 1,000 ms")
        yield ("a function's zip", f"{size / 1e6:.1f} MB", "", "limit: 12 MB")
