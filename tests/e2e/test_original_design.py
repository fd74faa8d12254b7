"""The document that Meridian began with asks for DynamoDB Global Tables: its commands, its script and its three functions run
on regions of ours as they stand there (tests/data/original-design)."""

import json
import re
import subprocess
import unittest

import meridian
from cluster import eventually
from dynamodb_client import Endpoint
from test_up import Up

DESIGN = meridian.ROOT / "tests/data/original-design"
MODULES = meridian.ROOT / "tests/e2e/node_modules"
REGIONS = ("us-east-1", "eu-west-1", "ap-southeast-1")
TABLES = ("GlobalCallRouting", "AgentSkills", "BusinessHours")
# Calls a Lambda function's handler as the runtime would; its answer is the last line.
INVOKE = """require(process.argv[1]).handler(JSON.parse(process.argv[2]), {})
  .then(answer => console.log('\\n' + JSON.stringify(answer)))"""


class OriginalDesign(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = meridian.Folder()
        cls.up = Up(cls.folder.path, "--no-demo", env=meridian.environment(**meridian.SETTINGS))
        cls.env = {name: cls.settings(name) for name in REGIONS}
        cls.endpoints = {name: env["AWS_ENDPOINT_URL"] for name, env in cls.env.items()}
        cls.clients = {name: Endpoint(env["AWS_ENDPOINT_URL"], name, env["AWS_ACCESS_KEY_ID"],
                                      env["AWS_SECRET_ACCESS_KEY"]).boto() for name, env in cls.env.items()}
        cls.path = cls.tools()
        cls.set_up_tables()

    @classmethod
    def tearDownClass(cls):
        cls.up.stop()
        cls.folder.__exit__()

    @classmethod
    def settings(cls, region):
        """What `eval "$(meridian env)"` sets."""
        text = meridian.run("env", "--data", str(cls.folder.path / "data"), "--region", region).stdout
        return meridian.environment(**dict(re.findall(r"export (\w+)='(.*)'", text)))

    @classmethod
    def tools(cls):
        """A PATH where `aws` goes to $AWS_ENDPOINT_URL: from 2.13 on it does by itself, Debian has 2.9."""
        folder = cls.folder.path / "bin"
        folder.mkdir()
        (folder / "aws").write_text('#!/bin/sh\nexec /usr/bin/aws "$@" --endpoint-url "$AWS_ENDPOINT_URL" --no-cli-pager\n')
        (folder / "aws").chmod(0o755)
        return f"{folder}:{cls.env[REGIONS[0]]['PATH']}"

    @classmethod
    def shell(cls, script):
        done = subprocess.run(["bash", "-e", "-c", script], env=cls.env[REGIONS[0]] | {"PATH": cls.path}, capture_output=True,
                              text=True, timeout=meridian.DEADLINE_SECONDS, check=False)
        return done

    @classmethod
    def set_up_tables(cls):
        """The document's steps 1 and 2; every test needs what they leave."""
        cls.created = cls.shell((DESIGN / "create-tables.sh").read_text())
        for name in TABLES:
            cls.clients["us-east-1"].get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1})
        replicate = (DESIGN / "replicate-tables.sh").read_text()
        cls.as_written = cls.shell(replicate)
        # aws-cli takes the list's members apart by spaces; with a comma, as written, it refuses before it asks anybody.
        cls.replicated = cls.shell(replicate.replace("},Create={", "}' 'Create={"))
        cls.populated = cls.node("populate-tables.js")

    @classmethod
    def node(cls, *arguments):
        env = cls.env[REGIONS[0]] | {
            "NODE_PATH": str(MODULES), "NODE_OPTIONS": f"--require {MODULES.parent}/region_endpoints.cjs",
            "MERIDIAN_ENDPOINTS": " ".join(f"{name}={url}" for name, url in cls.endpoints.items()),
            "DEFAULT_CONTACT_FLOW_ID": "default-flow-id", "DEFAULT_QUEUE_ID": "default-queue-id",
            "AFTER_HOURS_FLOW_ID": "after-hours-flow-id", "AFTER_HOURS_QUEUE_ID": "after-hours-queue-id",
            "AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE": "1"}
        env.pop("AWS_ENDPOINT_URL")  # the program chooses by the region's name
        return subprocess.run(["node", *arguments], env=env, cwd=DESIGN, capture_output=True, text=True,
                              timeout=meridian.DEADLINE_SECONDS, check=False)

    def invoke(self, function, event):
        done = self.node("-e", INVOKE, str(DESIGN / function), json.dumps(event))
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout.splitlines()[-1])

    def route(self, number, region):
        return self.invoke("route-call.js", {"Details": {"ContactData": {
            "CustomerEndpoint": {"Address": number}, "InstanceARN": f"arn:aws:connect:{region}:123456789012:instance/instance-id"}}})

    def test_the_commands_make_tables_that_every_region_has(self):
        self.assertEqual(self.created.returncode, 0, self.created.stderr)
        self.assertIn('Second instance of key "Create"', self.as_written.stderr)
        self.assertEqual(self.replicated.returncode, 0, self.replicated.stderr)
        for region in REGIONS:
            for name in TABLES:
                table = eventually("the table is there", lambda r=region, n=name: self.active(r, n))
                replicas = {replica["RegionName"] for replica in table["Replicas"]}
                self.assertEqual(replicas | {region}, set(REGIONS))
                self.assertEqual(table["StreamSpecification"], {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"})

    def active(self, region, name):
        """The description; nothing while the region doesn't have the table."""
        client = self.clients[region]
        try:
            table = client.describe_table(TableName=name)["Table"]
        except client.exceptions.ResourceNotFoundException:
            return None
        return table if table["TableStatus"] == "ACTIVE" else None

    def test_the_script_populates_them(self):
        self.assertEqual(self.populated.stdout.splitlines()[-1], "All sample data added successfully", self.populated.stderr)
        for region in REGIONS:
            item = eventually("the rule arrives", lambda r=region: self.clients[r].get_item(
                TableName="GlobalCallRouting", Key={"phoneNumber": {"S": "+18005551234"}, "region": {"S": "us-east-1"}}).get("Item"))
            self.assertEqual(item["fallbackRegions"], {"L": [{"S": "eu-west-1"}, {"S": "ap-southeast-1"}]})
            self.assertEqual(item["version"], {"N": "1"})

    def test_route_call(self):
        self.assertEqual(self.route("+18005551234", "us-east-1")["attributes"],
                         {"department": "sales", "priority": "high", "language": "en-US"})
        # Without a rule of the region itself the function filters by `region`, a word that DynamoDB reserves: it gets the
        # service's refusal, on AWS too, and gives its defaults.
        refusal = "Invalid FilterExpression: Attribute name is a reserved keyword; reserved keyword: region"
        for region in REGIONS[1:]:
            self.assertEqual(self.route("+18005551234", region), {
                "contactFlowId": "default-flow-id", "queueId": "default-queue-id", "attributes": {"errorMessage": refusal}})

    def test_update_routing(self):
        rule = {"phoneNumber": "+18005551235", "region": "eu-west-1", "contactFlowId": "new-flow", "queueId": "new-queue",
                "businessHoursId": "none", "attributes": {"made": "here"}}
        answer = self.invoke("update-routing.js", {"body": json.dumps(rule)})
        self.assertEqual(answer["statusCode"], 200, answer)
        self.assertEqual(json.loads(answer["body"])["data"]["version"], 1)
        again = self.invoke("update-routing.js", {"body": json.dumps(rule)})  # version 1 once more
        self.assertEqual(again["statusCode"], 500)
        self.assertEqual(json.loads(again["body"])["error"], "The conditional request failed")
        self.assertEqual(self.invoke("update-routing.js", {"body": json.dumps(rule | {"version": 1})})["statusCode"], 200)
        self.assertEqual(self.route("+18005551235", "eu-west-1"),
                         {"contactFlowId": "new-flow", "queueId": "new-queue", "attributes": {"made": "here"}})
        self.assertEqual(self.invoke("update-routing.js", {"body": "{}"})["statusCode"], 400)

    def test_health_check(self):
        answer = self.invoke("health-check.js", {})
        self.assertEqual(json.loads(answer["body"]),
                         {region: {"status": "healthy", "tableStatus": "ACTIVE"} for region in REGIONS})


if __name__ == "__main__":
    unittest.main()
