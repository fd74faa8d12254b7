"""Several regions that replicate, each a process of its own on a known port."""

import random
import re
import socket
import time

import meridian
from rest import Rest

NAMES = ("us-east-1", "eu-west-1", "ap-southeast-1", "sa-east-1", "ca-central-1")
# How long regions may take to agree; far more than they need, also in a sanitizer build on a busy machine.
DEADLINE_SECONDS = 120


def free_ports(count):
    """Ports that nobody listens on, below those that the system gives to outgoing connections."""
    ports = []
    while len(ports) < count:
        port = random.randint(20_000, 32_000)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        if port not in ports:
            ports.append(port)
    return ports


def eventually(what, check, seconds=DEADLINE_SECONDS):
    """The first true answer of check(); fails when there is none in time."""
    deadline = time.monotonic() + seconds
    while True:
        answer = check()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.02)


class Cluster:
    """Regions that know one another, each with a data folder of its own and the same credentials."""

    def __init__(self, folder, names=NAMES[:3], arguments=(), settings=None):
        self.folder = folder
        self.arguments = tuple(arguments)
        self.env = meridian.environment(**{**meridian.SETTINGS, "MERIDIAN_REGIONS": ",".join(names), **(settings or {})})
        self.ports = dict(zip(names, free_ports(len(names))))
        self.regions = {}
        for name in names:
            self.start(name)

    def start(self, name, arguments=None, peers=None):
        peers = peers if peers is not None else [other for other in self.ports if other != name]
        options = list(self.arguments if arguments is None else arguments)
        for peer in peers:
            options += ["--peer", f"{peer}=127.0.0.1:{self.ports[peer]}"]
        self.regions[name] = meridian.Region(self.folder, name, options, self.env, self.ports[name])
        return self.regions[name]

    def join(self, name, **options):
        """A region more."""
        self.ports[name] = free_ports(1)[0]
        return self.start(name, **options)

    def kill(self, name):
        self.regions[name].process.kill()
        self.regions[name].process.wait(DEADLINE_SECONDS)
        self.regions[name].log.close()

    def rest(self, name):
        return Rest(self.regions[name])

    def links(self, name):
        """By peer, what GET /replication says."""
        return {link["peer"]: link for link in self.rest(name)("GET", "/replication").json()["links"]}

    def log_of(self, name):
        return (self.folder / f"{name}.log").read_text()

    def stop(self):
        for region in self.regions.values():
            if region.process.poll() is None:
                region.stop()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def metric(text, name, **labels):
    """A value of /metrics."""
    for line in text.splitlines():
        match = re.fullmatch(rf"{name}(?:{{(.*)}})? (\S+)", line)
        if match and all(f'{key}="{value}"' in (match[1] or "") for key, value in labels.items()):
            return float(match[2])
    raise AssertionError(f"{name} {labels} is not in /metrics")
