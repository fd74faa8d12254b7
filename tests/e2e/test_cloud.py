"""--store dynamodb: the same commands, and a served region, over tables that another endpoint keeps."""

import json
import signal
import time
import unittest

import meridian
from cluster import eventually
from dynamodb_peer import Peer
from test_up import Up

NUMBER = "+18005551234"
TABLES = ("AgentSkills", "BusinessHours", "ChangeHistory", "GlobalCallRouting", "RegionHealth")


def on_tables(region, **changes):
    """The environment of whoever finds a region's tables as AWS's tools would."""
    return region.client_environment() | meridian.SETTINGS | changes


class Commands(unittest.TestCase):
    """A region's own endpoint stands in for DynamoDB."""

    @classmethod
    def setUpClass(cls):
        cls.folder = meridian.Folder()
        cls.region = meridian.Region(cls.folder.path, arguments=["--demo"])
        cls.env = on_tables(cls.region)

    @classmethod
    def tearDownClass(cls):
        cls.region.stop()
        cls.folder.__exit__()

    def run_on_tables(self, *arguments, status=0, env=None):
        done = meridian.run(*arguments, "--store", "dynamodb", env=env or self.env)
        self.assertEqual(done.returncode, status, done.stderr)
        return done

    def test_a_rule_lives_as_in_a_region(self):
        rule = {"phoneNumber": "+44207", "region": "us-east-1", "contactFlowId": "london", "queueId": "q"}
        file = self.folder.path / "rule.json"
        file.write_text(json.dumps(rule))
        self.run_on_tables("rules", "put", str(file))
        stored = json.loads(self.run_on_tables("rules", "get", "+44207", "--region", "us-east-1", "--output", "json").stdout)
        self.assertEqual((stored["contactFlowId"], stored["version"]), ("london", 1))
        routed = json.loads(self.run_on_tables("route", "+442071234", "--output", "json").stdout)
        client = meridian.lambda_client(self.region)
        by_region = json.load(client.invoke(FunctionName="RouteCall", Payload=meridian.event("+442071234"))["Payload"])
        for name in ("contactFlowId", "queueId", "hours", "ruleId", "targetRegion", "stale"):
            self.assertEqual(routed[name], by_region[name], name)
        self.assertEqual(routed["contactFlowId"], "london")
        self.assertIn("+44207", self.run_on_tables("route", "+442071234", "--explain").stdout)
        self.assertIn("+44207", self.run_on_tables("rules", "list", "--prefix", "+442").stdout)
        self.run_on_tables("rules", "delete", "+44207", "--region", "us-east-1", "--yes")
        self.assertEqual(self.run_on_tables("rules", "get", "+44207", "--region", "us-east-1", status=1).stdout, "")
        self.assertIn("delete", self.run_on_tables("history", "show", "+44207", "--region", "us-east-1").stdout.lower())

    def test_hours_and_agents_are_listed(self):
        self.assertIn("US_BUSINESS", self.run_on_tables("hours", "list").stdout)
        self.assertIn("agent", self.run_on_tables("agents", "list").stdout)
        self.run_on_tables("lint", status=0)

    def test_what_is_wrong_names_the_mend(self):
        missing = {name: None for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")}
        env = {k: v for k, v in self.env.items() if k not in missing} | {
            "AWS_EC2_METADATA_DISABLED": "true", "HOME": str(self.folder.path)}
        done = self.run_on_tables("rules", "list", status=1, env=env)
        self.assertIn("credentials", done.stderr)
        done = self.run_on_tables("rules", "list", status=1, env=self.env | {"AWS_SECRET_ACCESS_KEY": "wrong"})
        self.assertNotIn("wrong", done.stderr.replace("is wrong", ""))
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        done = self.run_on_tables("rules", "list", "--endpoint-url", "http://127.0.0.1:1", status=1)
        self.assertIn("127.0.0.1 port 1", done.stderr)
        env = {k: v for k, v in self.env.items() if not k.endswith("REGION")} | {"HOME": str(self.folder.path)}
        self.assertIn("AWS_REGION", self.run_on_tables("rules", "list", status=1, env=env).stderr)
        self.assertIn("--tables", meridian.run("serve", "--region", "us-east-1", "--port", "0", "--store", "dynamodb",
                                               "--tables", "x", env=self.env).stderr)


class Tables(unittest.TestCase):
    """`meridian tables`."""

    def test_are_made_in_every_region_and_made_again_without_a_change(self):
        with meridian.Folder() as folder, Up(folder, "--regions", "us-east-1,eu-west-1") as up:
            text = meridian.run("env", "--data", str(folder / "data")).stdout
            env = meridian.environment(**dict(line.removeprefix("export ").split("=", 1) for line in
                                              text.replace("'", "").splitlines() if line.startswith("export ")))
            for _ in range(2):
                done = meridian.run("tables", "create", "--regions", "us-east-1,eu-west-1", env=env)
                for table in TABLES:
                    self.assertIn(table, done.stdout, done.stderr)
                self.assertNotIn("has the key", done.stdout)
            self.assertIsNone(up.process.poll())

    def test_of_an_empty_endpoint_are_created_and_what_it_lacks_is_told(self):
        with Peer() as peer:
            env = meridian.environment(AWS_ACCESS_KEY_ID="a", AWS_SECRET_ACCESS_KEY="b", AWS_REGION="us-east-1",
                                       AWS_ENDPOINT_URL_DYNAMODB=peer.endpoint.url)
            before = meridian.run("tables", "check", env=env)
            self.assertEqual(before.returncode, 1)
            self.assertEqual(before.stdout.count("is not there"), len(TABLES))
            self.assertEqual(peer.endpoint.boto().list_tables()["TableNames"], [])
            made = meridian.run("tables", "create", env=env)
            self.assertEqual(sorted(peer.endpoint.boto().list_tables()["TableNames"]), list(TABLES), made.stderr)
            key = peer.endpoint.boto().describe_table(TableName="GlobalCallRouting")["Table"]["KeySchema"]
            self.assertEqual([part["AttributeName"] for part in key], ["phoneNumber", "region"])
            after = meridian.run("tables", "check", env=env)  # dynalite has none of what is missing now
            self.assertNotIn("is not there", after.stdout)
            self.assertIn("has no stream", after.stdout)

    def test_one_with_another_key_is_left_alone(self):
        with Peer() as peer:
            client = peer.endpoint.boto()
            client.create_table(TableName="GlobalCallRouting", AttributeDefinitions=[{"AttributeName": "x", "AttributeType": "S"}],
                                KeySchema=[{"AttributeName": "x", "KeyType": "HASH"}],
                                ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1})
            env = meridian.environment(AWS_ACCESS_KEY_ID="a", AWS_SECRET_ACCESS_KEY="b", AWS_REGION="us-east-1",
                                       AWS_ENDPOINT_URL_DYNAMODB=peer.endpoint.url)
            done = meridian.run("tables", "create", env=env)
            self.assertEqual(done.returncode, 1)
            self.assertIn("x (S, HASH)", done.stderr)
            self.assertEqual(client.list_tables()["TableNames"], ["GlobalCallRouting"])


class Served(unittest.TestCase):
    """`meridian serve --store dynamodb`."""

    def test_answers_by_the_tables_and_goes_on_without_them(self):
        with meridian.Folder() as folder:
            (folder / "tables").mkdir()
            (folder / "served").mkdir()
            tables = meridian.Region(folder / "tables", arguments=["--demo"])
            env = on_tables(tables, MERIDIAN_CACHE_SECONDS="0", MERIDIAN_REGIONS="us-east-1")
            with meridian.Region(folder / "served", arguments=["--store", "dynamodb"], env=env) as served:
                client = meridian.lambda_client(served)
                call = lambda: json.load(client.invoke(FunctionName="RouteCall", Payload=meridian.event(NUMBER))["Payload"])
                first = call()
                self.assertEqual(first["stale"], "false")
                self.assertNotEqual(first["contactFlowId"], "default-flow-id")
                health = json.load(client.invoke(FunctionName="HealthCheck", Payload=b"{}")["Payload"])
                self.assertEqual(json.loads(health["body"])["us-east-1"]["status"], "healthy", health)
                for how in (signal.SIGSTOP, signal.SIGKILL):  # silent, then refusing
                    tables.process.send_signal(how)
                    start = time.monotonic()
                    answer = call()
                    self.assertEqual((answer["stale"], answer["contactFlowId"]), ("true", first["contactFlowId"]), how)
                    self.assertLess(time.monotonic() - start, 5, "bounded; the figure itself is ./bench's")
                tables.process.wait()
                tables = meridian.Region(folder / "tables", arguments=["--demo"], port=tables.port)
                eventually("the tables are read again", lambda: call()["stale"] == "false", 60)
                self.assertEqual(call()["contactFlowId"], first["contactFlowId"])
            tables.stop()


if __name__ == "__main__":
    unittest.main()
