"""AWS Lambda's runtime API, as far as tests need it, and the process that runs against it."""

import json
import os
import queue
import signal
import socket
import subprocess
import threading
import time
import urllib.parse
import uuid

import meridian

BOOTSTRAP = os.environ.get("MERIDIAN_BOOTSTRAP", str(meridian.ROOT / "build/release/bin/bootstrap"))
PREFIX = "/2018-06-01/runtime/"


class Event:
    """One invocation, from here to its answer."""

    def __init__(self, body, seconds):
        self.body = body if isinstance(body, bytes) else (body if isinstance(body, str) else json.dumps(body)).encode()
        self.id = str(uuid.uuid4())
        self.seconds = seconds
        self.done = threading.Event()
        self.kind = self.answer = self.error_type = None
        self.tries = 0

    def result(self, timeout=meridian.DEADLINE_SECONDS):
        """The answer's JSON. An error of the function is a failure of the test."""
        kind, body = self.outcome(timeout)
        if kind != "response":
            raise AssertionError(f"{kind}: {body}")
        return json.loads(body)

    def outcome(self, timeout=meridian.DEADLINE_SECONDS):
        """("response" or "error", the text)."""
        if not self.done.wait(timeout):
            raise AssertionError("the function did not answer")
        return self.kind, self.answer


class RuntimeApi:
    """A thread for each connection. What it does wrong is set from outside: `statuses` are answered to what comes next
    on that path's end ("next", "response", "error"), one each; -1 hangs up."""

    def __init__(self):
        self.events = queue.Queue()
        self.in_work = {}
        self.init_error = None
        self.asked = 0  # times that somebody asked for an event
        self.answered = 0
        self.changed = threading.Condition()  # of these two
        self.statuses = {}
        self.waiting = []  # connections on which /next has no answer yet
        self.lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        try:
            self.listener.shutdown(socket.SHUT_RDWR)  # wakes the thread that accepts
        except OSError:
            pass
        self.listener.close()
        self.cut()

    def send(self, body, seconds=60.0):
        event = Event(body, seconds)
        self.events.put(event)
        return event

    def cut(self):
        """Cuts the connections on which a process waits for an event."""
        with self.lock:
            cut, self.waiting = self.waiting, []
        for connection in cut:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def _accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with connection, connection.makefile("rb") as stream:
            try:
                while line := stream.readline():
                    method, path, _ = line.decode().split(" ", 2)
                    headers = {}
                    while (field := stream.readline().decode().strip()) != "":
                        name, value = field.split(":", 1)
                        headers[name.lower()] = value.strip()
                    body = stream.read(int(headers.get("content-length", 0)))
                    if not self._answer(connection, method, path.removeprefix(PREFIX), headers, body):
                        return
            except OSError:
                return

    def _answer(self, connection, method, path, headers, body):
        ending = path.rsplit("/", 1)[1]
        if (method, path) == ("GET", "invocation/next"):
            with self.changed:
                self.asked += 1
                self.changed.notify_all()
        event = self.in_work.get(path.split("/")[1])
        if event:
            event.tries += 1
        planned = self.statuses.get(ending)
        if planned:
            status = planned.pop(0)
            if status != -1:
                _respond(connection, status, b"{}")
            return status != -1
        if (method, path) == ("GET", "invocation/next"):
            return self._give_event(connection)
        if (method, path) == ("POST", "init/error"):
            self.init_error = json.loads(body)
            _respond(connection, 202, b'{"status":"OK"}')
            return True
        if method == "POST" and event and ending in ("response", "error"):
            del self.in_work[event.id]
            event.kind, event.answer = ending, body.decode()
            event.error_type = headers.get("lambda-runtime-function-error-type")
            _respond(connection, 202, b'{"status":"OK"}')
            with self.changed:
                self.answered += 1
            event.done.set()
            return True
        _respond(connection, 403, b'{"errorType":"InvalidRequestID"}')
        return True

    def _give_event(self, connection):
        with self.lock:
            self.waiting.append(connection)
        while True:
            try:
                event = self.events.get(timeout=0.05)
                break
            except queue.Empty:
                with self.lock:
                    if connection not in self.waiting:
                        return False
        with self.lock:
            if connection not in self.waiting:  # cut meanwhile: another one takes the event
                self.events.put(event)
                return False
            self.waiting.remove(connection)
        self.in_work[event.id] = event
        _respond(connection, 200, event.body, {
            "Lambda-Runtime-Aws-Request-Id": event.id,
            "Lambda-Runtime-Deadline-Ms": str(int((time.time() + event.seconds) * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:us-east-1:123456789012:function:F",
            "Lambda-Runtime-Trace-Id": "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=1"})
        return True


def _respond(connection, status, body, headers=None):
    head = [f"HTTP/1.1 {status} X", "Content-Type: application/json", f"Content-Length: {len(body)}"]
    head += [f"{name}: {value}" for name, value in (headers or {}).items()]
    connection.sendall("\r\n".join(head).encode() + b"\r\n\r\n" + body)


class Function:
    """A process that runs a function, with a runtime API of its own."""

    def __init__(self, name, env=None, command=None):
        self.api = RuntimeApi()
        settings = meridian.SETTINGS | {"AWS_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true",
                                        "AWS_LAMBDA_RUNTIME_API": self.api.address, "_HANDLER": name} | (env or {})
        settings = {name: value for name, value in settings.items() if value is not None}
        self.process = subprocess.Popen(command or [BOOTSTRAP], env=settings, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.output = []  # its lines
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            self.output.append(line.decode().rstrip("\n"))

    def wait_until_idle(self):
        """Until it has asked for an event that there isn't. What it wrote of those before is out by then."""
        api = self.api
        with api.changed:
            if not api.changed.wait_for(lambda: api.asked > api.answered, meridian.DEADLINE_SECONDS):
                raise AssertionError("the process does not ask for events")

    def invoke(self, body, seconds=60.0):
        return self.api.send(body, seconds).result()

    def lines(self):
        """All output of a process, which is ended for that, as JSON."""
        if self.process.poll() is None:
            self.wait_until_idle()
        self.stop()
        return [json.loads(line) for line in self.output]

    def metrics(self):
        """The values of all metrics, in the order in which they were written."""
        values = {}
        for line in self.lines():
            for directive in line.get("_aws", {}).get("CloudWatchMetrics", []):
                for metric in directive["Metrics"]:
                    value = line[metric["Name"]]
                    values.setdefault(metric["Name"], []).extend(value if isinstance(value, list) else [value])
        return values

    def status(self):
        """How it ended by itself."""
        return self.process.wait(meridian.DEADLINE_SECONDS)

    def freeze(self):
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self):
        self.process.send_signal(signal.SIGCONT)

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.reader.join(meridian.DEADLINE_SECONDS)
        self.process.stdout.close()
        self.api.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.returncode is None or not self.process.stdout.closed:
            self.stop()


def access_to(region):
    """The environment by which a function reaches a region's tables."""
    env = region.client_environment()
    return {name: env[name] for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_ENDPOINT_URL")}


def gateway_event(method, target, body=None):
    """What API Gateway's REST API (format 1.0) makes of a request."""
    path, _, query = target.partition("?")
    return {"httpMethod": method, "path": path, "headers": {"Content-Type": "application/json"},
            "queryStringParameters": dict(urllib.parse.parse_qsl(query)) or None,
            "body": None if body is None else json.dumps(body), "isBase64Encoded": False,
            "requestContext": {"requestId": "r-1", "identity": {
                "userArn": "arn:aws:iam::123456789012:user/ada", "sourceIp": "203.0.113.7"}}}
