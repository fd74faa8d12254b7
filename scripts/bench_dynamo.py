"""Puts, gets and batches of gets over DynamoDB's protocol, beside another implementation in the same run.

The peer is tests/e2e/dynamodb_peer.py's: dynalite in memory, or whatever MERIDIAN_PEER=URL names (a DynamoDB Local that its
user has accepted the licence of and started, say; MERIDIAN_PEER_NAME is its name in the table).
"""

import json
import pathlib
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests/e2e"))
import dynamodb_peer  # pylint: disable=wrong-import-position
import meridian  # pylint: disable=wrong-import-position

TABLE, ITEMS, CONNECTIONS = "Bench", 10_000, 16
# One request after the other, whole, out of a file: each has a signature of its own.
SCRIPT = """
local requests, next = {{}}, 0
function init()
  local file = assert(io.open("{file}", "rb"))
  local text = file:read("*a")
  file:close()
  local at = 1
  while at < #text do
    local length = tonumber(text:sub(at, at + 7))
    requests[#requests + 1] = text:sub(at + 8, at + 7 + length)
    at = at + 8 + length
  end
end
function request()
  next = next % #requests + 1
  return requests[next]
end
"""


def item(number):
    """Some 600 bytes, as DynamoDB counts them."""
    return {"id": {"S": f"item-{number:08}"}, "n": {"N": str(number)}, "state": {"S": "available"}, "text": {"S": "x" * 560}}


def key(number):
    return {"id": {"S": f"item-{number * 7919 % ITEMS:08}"}}


OPERATIONS = {
    "PutItem": lambda n: {"TableName": TABLE, "Item": item(n % ITEMS)},
    "GetItem": lambda n: {"TableName": TABLE, "Key": key(n)},
    "BatchGetItem": lambda n: {"RequestItems": {TABLE: {"Keys": [key(25 * n + i) for i in range(25)]}}},
}


def write_requests(file, host, credentials, operation, count):
    from botocore.auth import SigV4Auth  # pylint: disable=import-outside-toplevel
    from botocore.awsrequest import AWSRequest  # pylint: disable=import-outside-toplevel
    from botocore.credentials import Credentials  # pylint: disable=import-outside-toplevel

    signer = SigV4Auth(Credentials(*credentials), "dynamodb", "us-east-1")
    with open(file, "wb") as out:
        for number in range(count):
            body = json.dumps(OPERATIONS[operation](number))
            request = AWSRequest("POST", f"http://{host}/", data=body,
                                 headers={"Host": host, "Content-Type": "application/x-amz-json-1.0",
                                          "X-Amz-Target": f"DynamoDB_20120810.{operation}"})
            signer.add_auth(request)
            head = "".join(f"{name}: {value}\r\n" for name, value in request.headers.items())
            text = f"POST / HTTP/1.1\r\n{head}Content-Length: {len(body)}\r\n\r\n{body}".encode()
            out.write(b"%8d" % len(text) + text)


def load(folder, host, credentials, operation, seconds):
    """Requests per second, p99 in milliseconds."""
    file, script = folder / operation, folder / f"{operation}.lua"
    write_requests(file, host, credentials, operation, 2_000 if operation == "BatchGetItem" else ITEMS)
    script.write_text(SCRIPT.format(file=file))
    text = subprocess.run(["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency", "-s", script, f"http://{host}/"],
                          capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in text or "Socket errors" in text:
        sys.exit(f"bench: {operation} at {host} was answered with errors:\n{text}")
    units = {"us": 0.001, "ms": 1.0, "s": 1000.0}
    p99 = re.search(r"99%\s+([\d.]+)(us|ms|s)", text)
    return float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1]), float(p99[1]) * units[p99[2]]


def create_table(host, credentials):
    import boto3  # pylint: disable=import-outside-toplevel

    client = boto3.client("dynamodb", region_name="us-east-1", endpoint_url=f"http://{host}",
                          aws_access_key_id=credentials[0], aws_secret_access_key=credentials[1])
    client.create_table(TableName=TABLE, ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}, KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
                        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}])
    client.get_waiter("table_exists").wait(TableName=TABLE)


def measure(folder, endpoint, credentials, seconds):
    host = endpoint.removeprefix("http://")
    create_table(host, credentials)
    load(folder, host, credentials, "PutItem", 3)  # fills the table, and warms the peer up
    return {operation: load(folder, host, credentials, operation, seconds) for operation in OPERATIONS}


def memory_mb(pid):
    return int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text())[1]) / 1024


def rows(options):
    """The table's rows."""
    seconds = 3 if options.quick else 10
    with meridian.Folder() as folder, dynamodb_peer.Peer() as peer:
        name = peer.name
        theirs = measure(folder, peer.endpoint.url, ("example", "example"), seconds)
    with meridian.Folder() as folder:
        begin = time.monotonic()
        with meridian.Region(folder) as region:
            started, memory = time.monotonic() - begin, memory_mb(region.process.pid)
            env = region.client_environment()
            ours = measure(folder, region.endpoint, (env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"]), seconds)
    result = []
    for operation, (rate, p99) in ours.items():
        peers, peers_p99 = theirs[operation]
        result.append((f"{operation}{' of 25' if operation == 'BatchGetItem' else ''}, 600-byte items, signed, {CONNECTIONS} connections",
                       f"{rate:,.0f}/s, p99 {p99:.2f} ms", f"{name}: {peers:,.0f}/s, p99 {peers_p99:.2f} ms",
                       f"{rate / peers:.1f} × the requests, {p99 / peers_p99:.2f} × the p99"))
    result.append(("a region that is new and idle", f"first answer after {started:.2f} s, {memory:.0f} MB", "", "limit: 0.3 s, 60 MB"))
    return result
