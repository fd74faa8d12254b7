"""Measures Meridian beside a peer, and prints a table. Called by ./bench."""

import argparse
import datetime
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
BIN = ROOT / "build/release/bin"
sys.path.insert(0, str(ROOT / "tests/e2e"))
import bench_dynamo  # pylint: disable=wrong-import-position,wrong-import-order
import bench_lambda  # pylint: disable=wrong-import-position,wrong-import-order
import meridian  # pylint: disable=wrong-import-position,wrong-import-order

# The two ends of an HTTP measurement get a core each, so that one core's work is what is measured.
SERVER_CORE, CLIENT_CORE = "0", "1"


def figures(*command):
    """Runs a benchmark that prints key=value lines (or words)."""
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"bench: {' '.join(map(str, command))} failed: {done.stderr.strip()}")
    return {k: float(v) for k, v in re.findall(r"(\w+)=([-\d.e+]+)", done.stdout)}


def wrk(url, seconds, script=None, connections=32):
    """Requests per second, p50 and p99 in milliseconds."""
    command = ["taskset", "-c", CLIENT_CORE, "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", url]
    if script:
        command[5:5] = ["-s", str(script)]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in text or "Socket errors" in text:
        sys.exit(f"bench: {url} answered with errors:\n{text}")
    units = {"us": 0.001, "ms": 1.0, "s": 1000.0}
    percentile = {p: float(v) * units[u] for p, v, u in re.findall(r"(50|99)%\s+([\d.]+)(us|ms|s)", text)}
    return float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1]), percentile["50"], percentile["99"]


def decisions(options):
    rows = []
    baseline = None
    for rules in (10**3, 10**4, 10**5, 10**6, 10**7)[: 4 if options.quick else 5]:
        f = figures("taskset", "-c", SERVER_CORE, BIN / "routing_decide_bench", "--rules", rules)
        if rules == 10**6:
            baseline = f
        note = ""
        if rules == 10**7 and baseline:
            note = (f"{f['decide_p50_ns'] / baseline['decide_p50_ns']:.2f} × the p50 at 10⁶, "
                    f"{f['decide_p99_ns'] / baseline['decide_p99_ns']:.2f} × the p99")
        rows.append((f"a decision, {rules:,} rules",
                     f"p50 {f['decide_p50_ns']:.0f} ns, p99 {f['decide_p99_ns']:.0f} ns; "
                     f"in a loop {f['decide_batch16_p50_ns']:.0f} ns",
                     f"one memory access {f['memory_access_huge_pages_ns']:.0f} ns", note))
        rows.append(("the same: memory, load, one change",
                     f"{f['beyond_text_bytes_per_rule']:.0f} B a rule beyond text, {f['load_ms'] / 1e3:.2f} s, "
                     f"{f['put_rule_p50_ns'] / 1e3:.1f} µs", "", ""))
    return rows


def sign_for_wrk(region, event):
    """A wrk script that sends one signed request over and over; a signature is good for five minutes."""
    from botocore.auth import SigV4Auth  # pylint: disable=import-outside-toplevel
    from botocore.awsrequest import AWSRequest  # pylint: disable=import-outside-toplevel
    from botocore.credentials import Credentials  # pylint: disable=import-outside-toplevel

    env = region.client_environment()
    path = "/2015-03-31/functions/RouteCall/invocations"
    request = AWSRequest("POST", region.endpoint + path, data=event, headers={"Host": f"127.0.0.1:{region.port}"})
    SigV4Auth(Credentials(env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"]), "lambda",
              region.region).add_auth(request)
    lines = [f'wrk.method = "POST"', f"wrk.path = {json.dumps(path)}", f"wrk.body = {json.dumps(event)}"]
    lines += [f"wrk.headers[{json.dumps(k)}] = {json.dumps(v)}" for k, v in request.headers.items()]
    return "\n".join(lines) + "\n"


def nginx(folder, body, port):
    """nginx with one worker on one core, answering `body`."""
    config = folder / "nginx.conf"
    config.write_text(f"""
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
events {{ worker_connections 4096; }}
http {{
  access_log off; keepalive_requests 1000000000; keepalive_timeout 3600s; client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{ listen 127.0.0.1:{port}; location / {{ default_type application/json; return 200 '{body}'; }} }}
}}
""")
    return subprocess.Popen(["taskset", "-c", SERVER_CORE, "nginx", "-c", str(config), "-p", str(folder)],
                            stderr=subprocess.DEVNULL)


def http(options):
    seconds = 3 if options.quick else 10
    with meridian.Folder() as folder:
        (folder / "one-thread.toml").write_text("[server]\nthreads = 1\n[health]\ninterval_seconds = 0\n[log]\nlevel = \"error\"\n")
        with meridian.Region(folder, arguments=["--demo", "--config", str(folder / "one-thread.toml")]) as region:
            subprocess.run(["taskset", "-acp", SERVER_CORE, str(region.process.pid)], check=True, capture_output=True)
            event = (ROOT / "src/connect/corpus/event_fuzz/voice.json").read_text()
            body = meridian.lambda_client(region).invoke(FunctionName="RouteCall", Payload=event)["Payload"].read().decode()
            script = folder / "route.lua"
            script.write_text(sign_for_wrk(region, event))
            port = free_port()
            peer = nginx(folder, body.replace("'", "\\'"), port)
            try:
                time.sleep(0.5)
                peer_url, our_url = f"http://127.0.0.1:{port}/", region.endpoint + "/"
                wrk(peer_url, 1)
                wrk(our_url, 1, script)
                theirs, _, their_p99 = wrk(peer_url, seconds)
                ours, p50, p99 = wrk(our_url, seconds, script)
            finally:
                peer.terminate()
                peer.wait()
    return [(f"RouteCall over HTTP, signed, keep-alive, one core, {len(body)} B answer",
             f"{ours:,.0f}/s, p50 {p50:.2f} ms, p99 {p99:.2f} ms",
             f"nginx, static: {theirs:,.0f}/s, p99 {their_p99:.2f} ms",
             f"{ours / theirs:.2f} × the requests, {p99 / their_p99:.2f} × the p99")]


def free_port():
    import socket  # pylint: disable=import-outside-toplevel
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def writes(options):
    rows = []
    with meridian.Folder() as folder:
        for writers in (1, 64):
            f = figures(BIN / "store_rocksdb_write_bench", "--writers", writers, "--seconds", 2 if options.quick else 8,
                        "--folder", folder / str(writers))
            rows.append((f"durable writes, {writers} writer{'s' if writers > 1 else ''}",
                         f"{f['writes_per_second']:,.0f}/s, p50 {f['p50_us'] / 1000:.2f} ms, p99 {f['p99_us'] / 1000:.2f} ms",
                         f"the disk, one fsync at a time: {f['fsyncs_per_second']:,.0f}/s",
                         f"{f['writes_per_second'] / f['fsyncs_per_second']:.1f} × the fsync rate"))
    return rows


def replication(options):
    bench = BIN / "replication_replication_bench"
    rows = []
    with meridian.Folder() as folder:
        text = subprocess.run([bench, "--lag", "5000", "--seconds", "3" if options.quick else "15", "--folder", folder / "lag"],
                              capture_output=True, text=True, check=True).stdout
        lags = [(int(p50), int(p99)) for p50, p99 in re.findall(r"p50_ms=(\d+) p99_ms=(\d+)", text)]
        rate = float(re.search(r"writes_per_second=(\d+)", text)[1])
        rows.append((f"replication lag, three regions, {rate:,.0f} writes/s in all",
                     f"p50 {max(lag[0] for lag in lags)} ms, p99 {max(lag[1] for lag in lags)} ms on the slowest of {len(lags)} ways",
                     "", "limit: 5,000 writes/s in each, p99 50 ms"))
        f = figures(bench, "--catch-up", 20_000 if options.quick else 200_000, "--folder", folder / "catch-up")
        for how in ("log", "pages"):
            rows.append((f"one way catches up by {how}", f"{f[how + '_items_per_second']:,.0f} items/s of 600 bytes", "",
                         "limit: 50,000/s"))
    return rows


def start(options):
    items = 10**5 if options.quick else 10**6
    rows = []
    with meridian.Folder() as folder:
        figures(BIN / "store_rocksdb_write_bench", "--items", items, "--folder", folder / "filled")
        (folder / "filled/us-east-1").rename(folder / "us-east-1")
        for what in ("first start", "start"):
            begin = time.monotonic()
            with meridian.Region(folder) as region:
                took = time.monotonic() - begin
                memory = int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{region.process.pid}/status").read_text())[1])
        rows.append((f"{what} with {items:,} rules, to the first answer", f"{took:.2f} s, {memory / 1024:.0f} MB resident", "", ""))
    with meridian.Folder() as folder:
        for _ in range(2):
            begin = time.monotonic()
            with meridian.Region(folder, arguments=["--demo"]) as region:
                took = time.monotonic() - begin
                memory = int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{region.process.pid}/status").read_text())[1])
        rows.append(("start with sample data", f"{took:.2f} s, {memory / 1024:.0f} MB resident", "", "limit: 0.3 s, 60 MB"))
    return rows


def peak_memory_mb(pid, what="VmHWM"):
    try:
        return int(re.search(what + r":\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text())[1]) / 1024
    except (FileNotFoundError, TypeError):
        return 0.0  # it has ended


def write_rules(file, rules):
    """A CSV of rules as a carrier's number plan would be."""
    instance = "arn:aws:connect:us-east-1:123456789012:instance/11111111-2222-3333-4444-555555555555"
    with open(file, "w", encoding="utf-8") as out:
        out.write("phoneNumber,region,contactFlowId,queueId,businessHoursId,priority,fallbackRegions,attributes.department\n")
        for n in range(rules):
            out.write(f"+1{2000000000 + n * 7},us-east-1,{instance}/contact-flow/main,{instance}/queue/q{n % 500},US_BUSINESS,"
                      f"{n % 10},eu-west-1;ap-southeast-1,sales\n")


def imports(options):
    """An import is killed half-way and run again; then once more, when nothing is left to change."""
    rules = 10**5 if options.quick else 10**6
    with meridian.Folder() as folder, meridian.Region(folder, arguments=["--demo"]) as region:
        write_rules(folder / "rules.csv", rules)
        command = [meridian.BINARY, "rules", "import", folder / "rules.csv", "--endpoint", region.endpoint, "--via", region.region,
                   "--data", folder, "--output", "json"]
        begin = time.monotonic()
        client = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        stored, memory = 0, 0.0
        while stored < rules // 2 and client.poll() is None:
            time.sleep(0.05)
            memory = max(memory, peak_memory_mb(client.pid))
            text = subprocess.run(["curl", "-s", region.endpoint + "/metrics"], capture_output=True, text=True, check=True).stdout
            stored = float(re.search(r"^meridian_rules\S* (\S+)", text, re.M)[1])
        client.kill()
        client.wait()
        client = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        while client.poll() is None:
            time.sleep(0.05)
            memory = max(memory, peak_memory_mb(client.pid))
        took = time.monotonic() - begin
        second = json.loads(client.stdout.read())
        begin = time.monotonic()
        third = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        again = time.monotonic() - begin
        if third["unchanged"] != rules or second["failed"] or second["created"] + second["unchanged"] != rules:
            sys.exit(f"bench: the import went wrong: {second}, {third}")
        server = peak_memory_mb(region.process.pid)
    return [(f"import of {rules:,} rules from CSV with their history, killed half-way ({stored:,.0f} stored) and run again",
             f"{took:.1f} s in all; once more, nothing to change: {again:.1f} s",
             "", f"limit: 60 s; peak memory {memory:.0f} MB (client), {server:.0f} MB (server)")]


def main():
    parser = argparse.ArgumentParser(prog="./bench", add_help=False)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", default="decisions,http,writes,dynamo,lambda,replication,start,imports")
    parser.add_argument("--write", type=pathlib.Path)
    options = parser.parse_args()
    measures = {"decisions": decisions, "http": http, "writes": writes, "dynamo": bench_dynamo.rows, "lambda": bench_lambda.rows,
                "replication": replication, "start": start, "imports": imports}
    unknown = set(options.only.split(",")) - measures.keys()
    if unknown:
        parser.error(f"there is no row {', '.join(unknown)}; there are {', '.join(measures)}")
    lines = ["| what | Meridian | peer in the same run | ratio |", "|---|---|---|---|"]
    print("\n".join(lines), flush=True)
    for name in options.only.split(","):
        for row in measures[name](options):
            lines.append("| " + " | ".join(row) + " |")
            print(lines[-1], flush=True)
    if options.write:
        cpu = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
        options.write.write_text(
            "# Performance\n\n"
            f"Measured by `./bench --write docs/performance.md` on {datetime.date.today()}: {os.cpu_count()} cores of "
            f"{cpu[1] if cpu else 'unknown'}, shared and noisy. What counts is the ratio to the peer of the same run.\n\n"
            + "\n".join(lines) + "\n\n"
            "Each row alone: `./bench --only decisions|http|writes|dynamo|lambda|replication|start|imports`. A decision is timed by itself, cold caches included: random\n"
            "numbers among random rules, 80 % exact, 10 % by prefix, 10 % without a rule. HTTP: `wrk` with 32 connections on one core, the\n"
            "server on the other. DynamoDB's protocol: `wrk` with 16 connections beside the server, each request with a signature of its own; the peer keeps\n"
            "its table in memory; `MERIDIAN_PEER=URL` takes another one.\n")


if __name__ == "__main__":
    main()
