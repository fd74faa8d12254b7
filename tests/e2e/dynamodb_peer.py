"""Another implementation of DynamoDB's protocol, which tests ask the same as a region, so that a difference shows.

By default dynalite, in memory (Apache-2.0, from npm). MERIDIAN_PEER=URL takes any other endpoint instead, such as a
DynamoDB Local that its user has accepted the licence of and started; then nothing that it may lack is left out."""

import os
import subprocess

import meridian
from cluster import eventually, free_ports
from dynamodb_client import Endpoint, Raw

# What dynalite doesn't have.
LACKS = frozenset({"transactions", "streams", "ttl", "on-demand tables", "new values", "capacity of indexes"})


class Peer:
    """Answers when constructed."""

    def __init__(self):
        url = os.environ.get("MERIDIAN_PEER")
        self.name = os.environ.get("MERIDIAN_PEER_NAME", "other") if url else "dynalite"
        self.lacks = frozenset() if url else LACKS
        self.process = None
        self.port = None if url else free_ports(1)[0]
        self.endpoint = Endpoint((url or f"http://127.0.0.1:{self.port}").rstrip("/"))
        self.start()

    def start(self):
        """Also again, after it broke down; what it kept in memory is gone then."""
        if self.port is not None:
            self.stop()
            self.run()
        eventually("the peer answers", self.answers, 30)

    def run(self):
        program = meridian.ROOT / "tests/e2e/node_modules/dynalite/cli.js"
        delays = [f"--{what}TableMs=0" for what in ("create", "delete", "update")]
        self.process = subprocess.Popen(["node", str(program), f"--port={self.port}", *delays], env=meridian.environment(),
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def answers(self):
        if self.process is not None and self.process.poll() is not None:
            raise RuntimeError(f"the peer ended with {self.process.returncode}")
        try:
            return Raw(self.endpoint)("ListTables", {})[0] == 200
        except OSError:
            return False

    def stop(self):
        if self.process is not None:
            self.process.terminate()
            self.process.wait(meridian.DEADLINE_SECONDS)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
