"""The management API's document: what a linter says of it, whether a region answers as it says, and a client that is
generated from it."""

import json
import os
import re
import shutil
import subprocess
import unittest
import urllib.parse

import jsonschema

import meridian
from rest import Rest
from test_up import wait_until

E2E = meridian.ROOT / "tests/e2e"
DOCUMENT = json.loads((meridian.ROOT / "src/rest/openapi.json").read_text())

# What no request brings about here, and why.
NOT_SEEN = {
    ("getHealth", "503"): "a region would have to be dead",
    ("getTrafficPolicy", "200"): "not served yet",
    ("putTrafficPolicy", "200"): "not served yet",
    ("streamEvents", "200"): "its answer has no end: seen by test_events",
}

RULE = {"phoneNumber": "+18005550001", "region": "us-east-1"}
ITEMS = {  # what stands for an operation's {names}, and a body that is fine
    "Rule": (RULE, {"contactFlowId": "flow-a", "queueId": "queue-a"}),
    "BusinessHours": ({"regionId": "US"}, {"timezone": "America/New_York", "schedule": {},
                                           "emergencyClose": {"isActive": False}}),
    "Agent": ({"agentId": "agent 1/é"}, {"name": "Ann"}),
}


def node(script, *arguments, **options):
    return subprocess.run(["node", str(script), *map(str, arguments)], capture_output=True, text=True, check=False,
                          timeout=meridian.DEADLINE_SECONDS, stdin=subprocess.DEVNULL, **options)


def resolved(value):
    """A part of the document, or what it refers to."""
    while "$ref" in value:
        part = DOCUMENT
        for step in value["$ref"].removeprefix("#/").split("/"):
            part = part[step]
        value = part
    return value


def operations():
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            if method != "parameters":
                yield operation["operationId"], method.upper(), path, operation


def check_schema(schema, value):
    resolver = jsonschema.RefResolver("", DOCUMENT)
    jsonschema.Draft202012Validator(schema, resolver=resolver).validate(value)


def check_answer(operation, answer):
    """The answer is one that the document has for the operation; which one."""
    status = str(answer.status)
    entry = resolved(operation["responses"].get(status) or operation["responses"]["default"])
    for name in entry.get("headers", {}):
        if name != "ETag" or status in ("200", "304"):  # a conflict with nothing has no version
            assert name.lower() in answer.headers, f"no {name}: {answer}"
    content = entry.get("content")
    if content is None:
        assert answer.body == "", answer
        return status
    media_type = answer.headers["content-type"].split(";")[0]
    assert media_type in content, f"{media_type}: {answer}"
    check_schema(content[media_type]["schema"], answer.json())
    return status


class Asking:
    """Asks by operationId, checks what comes, and keeps what was seen."""

    def __init__(self, region):
        self.rest = Rest(region)
        self.operations = {name: (method, path, operation) for name, method, path, operation in operations()}
        self.seen = set()

    def __call__(self, name, query="", body=None, names=None, status=200, rest=None, **headers):
        method, path, operation = self.operations[name]
        for key, value in (names or {}).items():
            path = path.replace("{" + key + "}", urllib.parse.quote(value, safe=""))
        assert "{" not in path, path
        answer = (rest or self.rest)(method, path + query, body, **headers)
        assert answer.status == status, f"{name}: {answer}"
        self.seen.add((name, check_answer(operation, answer)))
        return answer


class Document(unittest.TestCase):
    def test_the_linter_finds_nothing(self):
        done = node(E2E / "lint_openapi.mjs", meridian.ROOT / "src/rest/openapi.json")
        self.assertEqual((done.returncode, json.loads(done.stdout or "null")), (0, []), done.stderr)

    def test_the_linter_would_find_something(self):
        with meridian.Folder() as folder:
            broken = json.loads(json.dumps(DOCUMENT))
            del broken["paths"]["/routing"]["get"]["responses"]["200"]["description"]
            (folder / "openapi.json").write_text(json.dumps(broken))
            found = json.loads(node(E2E / "lint_openapi.mjs", folder / "openapi.json").stdout)
            self.assertEqual([problem["ruleId"] for problem in found], ["struct"])

    def test_every_schema_is_one_and_every_example_fits(self):
        for name, schema in DOCUMENT["components"]["schemas"].items():
            with self.subTest(name):
                jsonschema.Draft202012Validator.check_schema(schema)
                for example in schema.get("examples", []):
                    check_schema(schema, example)


class Answers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = meridian.Folder()
        added = meridian.run("credentials", "add", "vera", "--role", "viewer", "--data", str(cls.folder.path))
        assert added.returncode == 0, added.stderr
        cls.region = meridian.Region(cls.folder.path, arguments=["--faults"])
        credentials = (cls.folder.path / "credentials").read_text().split("[vera]")[1]
        value = lambda name: re.search(rf"{name}\s*=\s*(\S+)", credentials).group(1)
        cls.viewer = (value("aws_access_key_id"), value("aws_secret_access_key"))

    @classmethod
    def tearDownClass(cls):
        cls.region.stop()
        cls.folder.__exit__()

    def test_every_documented_answer(self):
        ask = Asking(self.region)
        for name, (names, body) in ITEMS.items():
            self.life(ask, name, names, body)
        self.reads(ask)
        for name, _, path, operation in operations():
            self.refusals(ask, name, path, operation)
        documented = {(name, status) for name, _, _, operation in operations() for status in operation["responses"]
                      if status != "default"}
        self.assertEqual(documented - ask.seen, set(NOT_SEEN))

    def life(self, ask, name, names, body):
        """Everything that is done with an item, and the conflicts of it."""
        plural = name + "s" if name != "BusinessHours" else name
        self.assertEqual(ask("put" + name, body=body, names=names).json()["outcome"], "created")
        ask("put" + name, body=body, names=names, If_Match='"7"', status=409)
        self.assertEqual(ask("get" + name, names=names).json()["version"], 1)
        ask("get" + name, names=names, If_None_Match='"1"', status=304)
        ask("patch" + name, body={"note": 1}, names=names, X_Change_Reason="a note")
        self.assertIn({"pointer": "/note", "before": 1, "after": [2]},
                      ask("patch" + name, "?dryRun", {"note": [2]}, names).json()["diff"])
        ask("patch" + name, body={"note": 2}, names=names, If_Match='"1"', status=409)
        ask("delete" + name, names=names, If_Match='"1"', status=409)
        whole = {**names, **body, "note": 2}
        self.assertEqual(ask("import" + plural, "?dryRun=true", [whole, {}]).json()["failed"], 1)
        imported = ask("import" + plural, body=[whole, {**whole, "version": 9}]).json()
        self.assertEqual((imported["updated"], imported["failed"]), (1, 1))
        prefix = urllib.parse.quote(next(iter(names.values())), safe="")
        self.assertEqual(ask("list" + plural, f"?limit=1&prefix={prefix}").json()["items"][0]["note"], 2)

    def reads(self, ask):
        ask("updateRouting", body={**RULE, "queueId": "queue-b", "version": 3})
        ask("updateRouting", body={**RULE, "queueId": "queue-c", "version": 3}, status=409)
        ask("getBusinessHoursStatus", "?at=2025-02-26T15%3A00%3A00Z", names={"regionId": "US"})
        ask("getBusinessHoursCalendar", "?limit=1", names={"regionId": "US"})
        entity = {"entity": "routing/+18005550001/us-east-1"}
        changes = ask("getHistory", "?limit=2&order=oldest", names=entity).json()["changes"]
        ask("getChange", names={**entity, "changeId": changes[1]["changeId"]})
        restore = {"changeId": changes[0]["changeId"]}
        ask("restoreChange", body={**restore, "version": 1}, names=entity, status=409)
        self.assertEqual(ask("restoreChange", body=restore, names=entity).json()["data"]["queueId"], "queue-a")
        ask("restoreChange", body={"changeId": "01ARZ3NDEKTSV4RRFFQ69G5FAV"}, names=entity, status=404)
        ask("explain", body={"phoneNumber": RULE["phoneNumber"]})
        ask("lint")
        self.backups(ask)
        ask("listRegions")
        ask("getProof")
        ask("getProof", "?brief")
        ask("getRangeHashes", names={"table": "GlobalCallRouting"})
        ask("getItemHashes", "?limit=1", names={"table": "ChangeHistory"})
        ask("repair")
        ask("listConflicts", "?table=AgentSkills")
        ask("deleteConflicts", "?upTo=2025-02-26T15%3A00%3A00Z")
        ask("getReplication")
        ask("getHealth")
        faults = ask("putFaults", body={"clock": {"offsetMs": 1000, "lastsMs": 60000}, "disk": {"full": True}}).json()
        self.assertEqual((faults["clock"]["offsetMs"], faults["disk"]), (1000, {"full": True}))
        self.assertEqual(ask("getFaults").json()["disk"], {"full": True})
        self.assertEqual(ask("deleteFaults").json()["disk"], {})
        self.assertEqual(ask("getOpenApi").json(), DOCUMENT)
        for name, (names, _) in ITEMS.items():
            ask("delete" + name, names=names)
            ask("get" + name, names=names, status=404)
            ask("delete" + name, names=names, status=404)
            ask("patch" + name, body={}, names=names, status=404)

    def backups(self, ask):
        names = {"backupId": ask("createBackup", status=202).json()["id"]}
        wait_until(lambda: ask("getBackup", names=names).json()["state"] == "completed")
        ask("verifyBackup", names=names, status=202)
        wait_until(lambda: "verified" in ask("getBackup", names=names).json())
        self.assertIn(names["backupId"], [b["id"] for b in ask("listBackups").json()["backups"]])
        ask("getBackup", names={"backupId": "continuous"})
        items = ask("listBackupItems", "?table=GlobalCallRouting", names=names).json()["items"]
        self.assertIn({"S": RULE["phoneNumber"]}, [line["Item"]["phoneNumber"] for line in items])
        counts = ask("importTable", "?dryRun", [*items, {}], {"table": "GlobalCallRouting"}).json()
        self.assertEqual((counts["same"], counts["failed"]), (len(items), 1))
        restore = {"restoreId": ask("createRestore", body={"backup": names["backupId"], "dryRun": True},
                                    status=202).json()["id"]}
        wait_until(lambda: ask("getRestore", names=restore).json()["state"] == "completed")
        ask("deleteBackup", names=names)

    def refusals(self, ask, name, path, operation):
        """What any operation refuses in the same way."""
        names = {key: "agents/nobody" if key == "entity" else "nobody" for key in re.findall(r"{(\w+)}", path)}
        body = "{}" if "requestBody" in operation else None
        with self.subTest(name):
            ask(name, body=body, names=names, rest=Rest(self.region, ("AKIDNOBODY", "secret")), status=403)
            if name.startswith(("put", "patch", "delete", "import", "update", "restore")):
                refused = ask(name, body=body, names=names, rest=Rest(self.region, self.viewer), status=403)
                self.assertEqual(refused.headers["x-amzn-errortype"], "AccessDeniedException")
            ask(name, "?kind=nonsense" if name == "streamEvents" else "?nonsense=1", body, names, status=400)
            large = {"body": b" " * (13 << 19)}  # 6.5 MB
            other = {"body": "a,b", "Content_Type": "text/csv"}
            for status, changes in ((404, {}), (413, large), (415, other), (501, {})):
                if str(status) in operation["responses"] and (name, status) != ("restoreChange", 404):
                    ask(name, **{"body": body, "names": names, "status": status, **changes})

    def test_events(self):
        """The stream of changes has what the document says of it."""
        listening = Rest(self.region)
        stream = listening.open("GET", "/prod/events?kind=agents")
        self.assertEqual((stream.status, stream.getheader("content-type").split(";")[0]), (200, "text/event-stream"))
        rest = Rest(self.region)
        self.assertEqual(rest("PUT", "/routing/+18005550009/us-east-1", {"queueId": "q"}).status, 200)
        self.assertEqual(rest("PUT", "/agents/heard", {"name": "Ann"}).status, 200)
        lines = iter(stream.readline, b"")
        event = dict(line.decode().strip().split(": ", 1) for line in next_event(lines))
        data = json.loads(event["data"])
        self.assertEqual(set(data), {"sequence", "at", "kind", "entity", "operation", "version"})
        self.assertEqual((event["event"], event["id"]), ("change", str(data["sequence"])))
        self.assertEqual((data["kind"], data["entity"], data["operation"], data["version"]),
                         ("agents", "agents/heard", "put", 1))
        listening.connection.close()

    def test_the_function_is_the_same_api(self):
        """UpdateRouting by Invoke: a proxy event's change is in the next decision, in the history, and in REST."""
        client = meridian.lambda_client(self.region)
        body = json.dumps({"phoneNumber": "+18005550777", "region": "us-east-1", "queueId": "by-function"})
        event = {"httpMethod": "POST", "path": "/prod/routing", "headers": {"X-Change-Reason": "by a gateway"},
                 "requestContext": {"requestId": "gateway-1", "identity": {
                     "userArn": "arn:aws:iam::123456789012:user/bob", "sourceIp": "203.0.113.7"}},
                 "body": body, "isBase64Encoded": False}
        done = client.invoke(FunctionName="UpdateRouting", Payload=json.dumps(event))
        self.assertNotIn("FunctionError", done)
        answer = json.loads(done["Payload"].read())
        self.assertEqual(answer["statusCode"], 200, answer)
        call = client.invoke(FunctionName="RouteCall", Payload=meridian.event("+18005550777"))
        self.assertEqual(json.loads(call["Payload"].read())["queueId"], "by-function")
        change = Rest(self.region)("GET", "/history/routing/+18005550777/us-east-1").json()["changes"][0]
        self.assertEqual((change["via"], change["who"]["name"], change["from"], change["requestId"], change["reason"]),
                         ("lambda", "arn:aws:iam::123456789012:user/bob", "203.0.113.7", "gateway-1", "by a gateway"))


def next_event(lines):
    """The lines of an event; what has no data is none."""
    event = []
    for line in lines:
        if line != b"\n":
            event.append(line)
        elif any(line.startswith(b"data:") for line in event):
            return [line for line in event if not line.startswith(b":")]
        else:
            event = []
    raise AssertionError("the stream ended")


class GeneratedClient(unittest.TestCase):
    def test_takes_a_rule_through_its_life(self):
        with meridian.Folder() as folder, meridian.Region(folder) as region:
            source = folder / "source"
            source.mkdir()
            os.symlink(E2E / "node_modules", folder / "node_modules")
            shutil.copy(E2E / "generated_client.ts", source)
            packages = E2E / "node_modules"
            made = node(packages / "@hey-api/openapi-ts/bin/index.cjs", "--input",
                        meridian.ROOT / "src/rest/openapi.json", "--output", source / "generated", "--client",
                        "@hey-api/client-fetch", cwd=folder)
            self.assertEqual(made.returncode, 0, made.stdout + made.stderr)
            compiled = node(packages / "typescript/bin/tsc", "--strict", "--skipLibCheck", "--target", "es2022",
                            "--lib", "es2022,dom,dom.iterable", "--module", "commonjs", "--moduleResolution", "node10",
                            "--types", "node", "--esModuleInterop", "--outDir", folder / "built", source / "generated_client.ts", cwd=folder)
            self.assertEqual(compiled.returncode, 0, compiled.stdout + compiled.stderr)
            done = node(folder / "built/generated_client.js", cwd=folder, env=region.client_environment())
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
