#!/usr/bin/python3
"""Regions under faults end alike, and lose nothing.

A run starts three regions, lets writers in each of them edit the same few items, and meanwhile kills, stops, cuts off,
slows down, mis-sets and fills them at random; then it takes all faults back, waits until the tables are the same, and
checks what every writer was told (convergence_checker.py). The schedule follows from the seed; what the machine makes of
it does not.

    convergence.py --runs 500 --seed 1 --jobs 2
    convergence.py --seed 42 --keep          once more, with its folder kept
"""

import argparse
import collections
import dataclasses
import http.client
import itertools
import json
import multiprocessing
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

import meridian
from convergence_checker import Evidence, Write, check
from signed_client import SignedClient

REGIONS = ("us-east-1", "eu-west-1", "ap-southeast-1")
RULES = [f"/routing/%2B1800555{n:04}/us-east-1" for n in range(4)]
AGENTS = [f"/agents/agent-{n}" for n in range(2)]
PATHS = RULES + AGENTS
WRITERS = 2  # a region
SECONDS = 1.2  # of writing and breaking
ANSWER_SECONDS = 1.0
CONVERGE_SECONDS = 60
SLOW_SECONDS = 5  # to become alike: right, and worth a look
STEP = 600  # of clocks, seconds
LOST = (OSError, http.client.HTTPException)


class Node:
    """A region: its process, and what is broken in it."""

    def __init__(self, folder, region, ports):
        self.folder, self.region, self.port = folder, region, ports[region]
        self.command = [meridian.BINARY, "serve", "--region", region, "--port", str(self.port), "--data", str(folder),
                        "--faults"]
        for peer in REGIONS:
            if peer != region:
                self.command += ["--peer", f"{peer}=127.0.0.1:{ports[peer]}"]
        self.process, self.faults, self.state = None, {}, "gone"

    def start(self):
        """Ready when it returns."""
        ready, ready_of_child = os.pipe()
        self.faults = {}
        with open(self.folder / f"{self.region}.log", "ab") as log:
            self.process = subprocess.Popen([*self.command, "--ready-fd", str(ready_of_child)], stderr=log,
                                            env=meridian.environment(**meridian.SETTINGS), stdin=subprocess.DEVNULL,
                                            pass_fds=[ready_of_child])
        os.close(ready_of_child)
        with os.fdopen(ready) as pipe:
            if not pipe.readline():
                self.process.wait()
                raise RuntimeError(f"{self.region} did not start:\n" + self.log_text())
        self.state = "runs"

    def log_text(self):
        return (self.folder / f"{self.region}.log").read_text()[-2000:]

    @property
    def offset(self):
        """Of its clock, in seconds."""
        return self.faults.get("clock", {}).get("offsetMs", 0) / 1000

    def client(self, timeout=ANSWER_SECONDS, offset=None):
        """Signs by the region's clock, as far as it is known."""
        text = (self.folder / "credentials").read_text()
        key = [re.search(rf"{name}\s*=\s*(\S+)", text).group(1) for name in ("aws_access_key_id", "aws_secret_access_key")]
        return SignedClient(self.region, self.port, key, timeout, offset or (lambda: self.offset))

    # ---- Faults. What a region that is stopped or dead can't be told is left out.

    def kill(self):
        if self.state != "gone":
            self.state = "gone"
            self.process.kill()
            self.process.wait()

    def stop(self):
        if self.state == "runs":
            self.state = "stopped"
            self.process.send_signal(signal.SIGSTOP)

    def go_on(self):
        if self.state == "stopped":
            self.process.send_signal(signal.SIGCONT)
            self.state = "runs"

    def switch(self, change):
        """`change` makes other faults of a copy of the present ones."""
        if self.state != "runs":
            return
        faults = json.loads(json.dumps(self.faults))
        change(faults)
        client = self.client()
        try:
            answer = client("PUT", "/faults", faults)
        except LOST:
            return  # nothing but its own process is in the way: found out at the end
        finally:
            client.close()
        if answer.status != 200:
            raise RuntimeError(f"{self.region} refuses faults: {answer}")
        self.faults = faults

    def link(self, peer, fault):
        def change(faults):
            links = faults.setdefault("links", {})
            links.pop(peer, None)
            if fault:
                links[peer] = fault
        self.switch(change)

    def clock(self, seconds):
        self.switch(lambda faults: faults.update(clock={"offsetMs": seconds * 1000}))

    def disk(self, full):
        self.switch(lambda faults: faults.update(disk={"full": full}))

    def heal(self):
        self.go_on()
        if self.state == "gone":
            self.start()
        for seconds in (self.offset, 0, STEP, -STEP):  # an answer may have been lost
            client = self.client(CONVERGE_SECONDS, lambda seconds=seconds: seconds)
            if client("PUT", "/faults", {}).status == 200:
                self.faults = {}
                return
        raise RuntimeError(f"{self.region} takes no signature")


# ---- The schedule

Event = collections.namedtuple("Event", "at name do")


def link_fault(rng):
    return rng.choice([
        {"cut": "questions"}, {"cut": "questions"}, {"cut": "answers"},
        {"delayMs": rng.randrange(20, 300), "jitterMs": rng.randrange(0, 200)}, {"reorder": True},
        {"reorder": True, "delayMs": rng.randrange(0, 50), "jitterMs": 50},
        {"bytesPerSecond": rng.choice([4, 64, 1024]) * 1024}])


def events_of(rng, kind, begin):
    """The events of one fault: `do` gets the nodes by region."""
    region, peer = rng.sample(REGIONS, 2)
    end = begin + rng.uniform(0.1, 0.7)
    if kind == "kill":
        end = begin + rng.uniform(0, 0.3)
        return [Event(begin, f"kill {region}", lambda nodes: nodes[region].kill()),
                Event(end, f"start {region}", lambda nodes: nodes[region].state != "gone" or nodes[region].start())]
    if kind == "stop":
        return [Event(begin, f"stop {region}", lambda nodes: nodes[region].stop()),
                Event(end, f"continue {region}", lambda nodes: nodes[region].go_on())]
    if kind == "disk":
        return [Event(begin, f"disk {region} full", lambda nodes: nodes[region].disk(True)),
                Event(end, f"disk {region} free", lambda nodes: nodes[region].disk(False))]
    if kind == "clock":
        seconds = rng.choice([STEP, -STEP, rng.randrange(-STEP, STEP)])
        return [Event(begin, f"clock {region} {seconds:+} s", lambda nodes: nodes[region].clock(seconds))]
    fault, one_way = link_fault(rng), rng.random() < 0.5
    ends = [(region, peer)] if one_way else [(region, peer), (peer, region)]

    def set_links(nodes, value):
        for hearer, heard in ends:
            nodes[hearer].link(heard, value)
    arrow = "hears" if one_way else "and"
    return [Event(begin, f"{region} {arrow} {peer}: {json.dumps(fault)}", lambda nodes: set_links(nodes, fault)),
            Event(end, f"{region} {arrow} {peer}: whole", lambda nodes: set_links(nodes, None))]


def schedule_of(rng):
    events = []
    for _ in range(rng.randrange(4, 9)):
        kind = rng.choice(["kill", "kill", "stop", "link", "link", "link", "clock", "clock", "disk"])
        events += events_of(rng, kind, rng.uniform(0, SECONDS - 0.1))
    return sorted(events)


# ---- Writers

class Writer(threading.Thread):
    """Edits at random, and keeps what it was told."""

    def __init__(self, node, name, seed, stop):
        super().__init__()
        self.node, self.name, self.random, self.stop = node, name, random.Random(seed), stop
        self.client = node.client()
        self.versions = {}  # path → what it believes to be stored
        self.writes, self.wrong = [], []

    def run(self):
        try:
            for count in itertools.count():
                if self.stop.is_set():
                    return
                self.step(f"{self.name}-{count}", self.random.choice(PATHS))
                self.stop.wait(self.random.uniform(0, 0.02))
        except Exception as error:  # pylint: disable=broad-except
            self.wrong.append(f"{self.name}: {error!r}")
        finally:
            self.client.close()

    def step(self, write_id, path):
        version = self.versions.get(path)
        headers = {"X_Change_Reason": write_id}
        if version:
            headers["If_Match"] = f'"{version}"'
        method, body = "PUT", self.body(write_id, path)
        if version and self.random.random() < 0.4:
            method, body = self.random.choice([("DELETE", None), ("PATCH", body), ("PATCH", body)])
        write = Write(write_id, self.node.region, path, method, "unknown")
        self.writes.append(write)
        try:
            answer = self.client(method, path, body, **headers)
        except LOST:
            return
        self.note(write, answer)

    @staticmethod
    def body(write_id, path):
        return ({"queueId": "queue", "attributes": {"writeId": write_id}} if path in RULES
                else {"name": "Ann", "note": write_id})

    def note(self, write, answer):
        if answer.status == 200:
            told = answer.json()
            if told["outcome"] == "unchanged":  # somebody else has deleted that version
                write.outcome, self.versions[write.path] = "refused", None
                return
            write.outcome, write.change_id, write.version = "acknowledged", told["changeId"], told["data"]["version"]
            self.versions[write.path] = None if write.method == "DELETE" else write.version
            return
        if answer.status < 500 or answer.status == 503:  # of the others docs/errors.md says "outcome unknown"
            write.outcome = "refused"
        if answer.status == 409:
            current = answer.json().get("current")
            self.versions[write.path] = current["version"] if current else None
        elif answer.status == 404:
            self.versions[write.path] = None
        elif answer.status not in (403, 500, 503, 504):
            self.wrong.append(f"{write}: {answer}")


# ---- What the regions hold

def pages(client, target):
    after = ""
    while True:
        answer = client("GET", f"{target}{after}")
        if answer.status != 200:
            raise RuntimeError(f"GET {target}: {answer}")
        yield answer.json()
        if not answer.json().get("next"):
            return
        after = f"&next={answer.json()['next']}"


def path_of(entity):
    """Of an item, or of a conflict's key."""
    if "agentId" in entity:
        return f"/agents/{entity['agentId']}"
    return f"/routing/{entity['phoneNumber'].replace('+', '%2B')}/{entity['region']}"


def items_of(client):
    return {path_of(item): item for kind in ("/routing", "/agents") for page in pages(client, f"{kind}?limit=1000")
            for item in page["items"]}


def conflicts_of(client):
    tables = {"GlobalCallRouting", "AgentSkills"}
    return [{"path": path_of(item["key"]), "kept": item["kept"], "lost": item["lost"]}
            for page in pages(client, "/conflicts?limit=1000") for item in page["items"] if item["table"] in tables]


def hashes_of(client):
    return {table["name"]: table["hash"] for page in pages(client, "/proof") for table in page["tables"]}


def history_of(client, path):
    return [change for page in pages(client, f"/history{path}?limit=1000&order=oldest") for change in page["changes"]]


def gather(nodes, writes):
    clients = {region: node.client(CONVERGE_SECONDS) for region, node in nodes.items()}
    return Evidence(
        writes=writes, hashes={region: hashes_of(client) for region, client in clients.items()},
        items={region: items_of(client) for region, client in clients.items()},
        histories={region: {path: history_of(client, path) for path in PATHS} for region, client in clients.items()},
        conflicts={region: conflicts_of(client) for region, client in clients.items()})


def wait_until_alike(nodes):
    """How long it took; None: they are not."""
    start = time.monotonic()
    clients = [node.client(CONVERGE_SECONDS) for node in nodes.values()]
    while time.monotonic() - start < CONVERGE_SECONDS:
        hashes = [hashes_of(client) for client in clients]
        if all(each == hashes[0] for each in hashes):
            return time.monotonic() - start
        time.sleep(0.05)  # another process has work to do
    return None


# ---- A run

def free_ports(count):
    """So many in a row, below those that the system gives to connections: a region that was killed finds its own."""
    rng = random.Random()
    while True:
        base = rng.randrange(20_000, 32_000)
        try:
            for port in range(base, base + count):
                with socket.socket() as probe:
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    probe.bind(("127.0.0.1", port))
            return base
        except OSError:
            continue


def start_all(nodes):
    threads = [threading.Thread(target=node.start) for node in nodes.values()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if any(node.state != "runs" for node in nodes.values()):
        raise RuntimeError("the regions did not start")


def break_things(nodes, events, trace):
    start = time.monotonic()
    for event in events:
        time.sleep(max(0.0, start + event.at - time.monotonic()))
        trace.append(f"{time.monotonic() - start:.3f} {event.name}")
        event.do(nodes)
    time.sleep(max(0.0, start + SECONDS - time.monotonic()))


class Outcome:
    """Of one run."""

    def __init__(self, seed):
        self.seed, self.problems, self.counts, self.trace, self.converged = seed, [], collections.Counter(), [], None

    def line(self):
        counts = ", ".join(f"{self.counts[name]} {name}" for name in
                           ("acknowledged", "refused", "unknown", "conflicts", "faults"))
        alike = "never alike" if self.converged is None else f"alike after {self.converged:.2f} s"
        return f"seed {self.seed}: {counts}; {alike}: {'WRONG' if self.problems else 'ok'}"


def run(seed, folder, base_port=None):
    """One run in an empty folder. The problems are in the outcome."""
    rng, outcome = random.Random(seed), Outcome(seed)
    base_port = base_port or free_ports(len(REGIONS))
    ports = {region: base_port + n for n, region in enumerate(REGIONS)}
    nodes = {region: Node(folder, region, ports) for region in REGIONS}
    stop = threading.Event()
    try:
        start_all(nodes)
        writers = [Writer(node, f"{region}-{n}", rng.random(), stop) for region, node in nodes.items()
                   for n in range(WRITERS)]
        events = schedule_of(rng)
        clocks_stay_wrong = rng.random() < 0.5
        for writer in writers:
            writer.start()
        break_things(nodes, events, outcome.trace)
        stop.set()
        for writer in writers:
            writer.join()
        settle(nodes, clocks_stay_wrong, writers, outcome, folder)
    except Exception as error:  # pylint: disable=broad-except
        outcome.problems.append(repr(error))
    finally:
        stop.set()
        for node in nodes.values():
            node.kill()
    (folder / "schedule").write_text("\n".join(outcome.trace) + "\n")
    (folder / "problems").write_text("\n".join(outcome.problems) + "\n")
    return outcome


def settle(nodes, clocks_stay_wrong, writers, outcome, folder):
    """Heals, waits and checks."""
    clocks = {region: node.offset for region, node in nodes.items() if node.state != "gone"}
    for node in nodes.values():
        node.heal()
    if clocks_stay_wrong:  # what regions do about each other doesn't depend on them
        for region, seconds in clocks.items():
            nodes[region].clock(int(seconds))
    writes = [write for writer in writers for write in writer.writes]
    outcome.counts.update(write.outcome for write in writes)
    outcome.counts["faults"] = len(outcome.trace)
    outcome.problems += [problem for writer in writers for problem in writer.wrong]
    outcome.converged = wait_until_alike(nodes)
    for node in nodes.values():
        node.clock(0)
    evidence = gather(nodes, writes)
    outcome.counts["conflicts"] = sum(map(len, evidence.conflicts.values()))
    (folder / "evidence.json").write_text(json.dumps(dataclasses.asdict(evidence), indent=1))
    outcome.problems += check(evidence)


# ---- Many runs

def run_and_tell(seed, base_port, keep):
    folder = pathlib.Path(tempfile.mkdtemp(prefix=f"meridian-convergence-{seed}-"))
    outcome = run(seed, folder, base_port)
    lines = [outcome.line()]
    if outcome.problems:
        lines += [f"  {problem}" for problem in outcome.problems[:10]]
        lines += [f"  kept in {folder}; once more: {sys.argv[0]} --seed {seed}"]
    elif keep or outcome.converged > SLOW_SECONDS:
        lines += [f"  kept in {folder}"]
    else:
        shutil.rmtree(folder, ignore_errors=True)
    print("\n".join(lines), flush=True)
    return not outcome.problems


def work(job, jobs, options, good):
    base_port = options.base_port and options.base_port + job * len(REGIONS)
    for seed in range(options.seed + job, options.seed + options.runs, jobs):
        done = run_and_tell(seed, base_port, options.keep)
        with good.get_lock():
            good.value += done


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="of the first run; others follow")
    parser.add_argument("--jobs", type=int, default=1, help="runs at the same time")
    parser.add_argument("--base-port", type=int, help="three ports a job [free ones]")
    parser.add_argument("--keep", action="store_true", help="keep the folders of good runs too")
    options = parser.parse_args()
    good, start = multiprocessing.Value("i", 0), time.monotonic()
    workers = [multiprocessing.Process(target=work, args=(job, options.jobs, options, good))
               for job in range(options.jobs)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print(f"{good.value} of {options.runs} runs were right, in {time.monotonic() - start:.0f} s")
    return 0 if good.value == options.runs else 1


if __name__ == "__main__":
    sys.exit(main())
