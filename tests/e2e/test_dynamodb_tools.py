"""What people already use with DynamoDB: aws-cli, boto3's resources, both SDKs for JavaScript, and a web tool."""

import decimal
import json
import subprocess
import unittest
import urllib.request

import boto3.dynamodb.conditions

import meridian
from cluster import eventually, free_ports
from dynamodb_client import Endpoint, create_table, unique_name

NODE = meridian.ROOT / "tests/e2e/node_modules"


class Tools(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = meridian.Folder()
        cls.region = meridian.Region(cls.folder.path)
        cls.env = cls.region.client_environment() | {"AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE": "1"}

    @classmethod
    def tearDownClass(cls):
        cls.region.stop()
        cls.folder.__exit__()

    def run_tool(self, *command):
        done = subprocess.run(command, env=self.env, cwd=self.folder.path, capture_output=True, text=True,
                              timeout=meridian.DEADLINE_SECONDS, stdin=subprocess.DEVNULL, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout) if done.stdout.strip() else None

    def aws(self, *arguments, service="dynamodb"):
        return self.run_tool("aws", service, "--endpoint-url", self.region.endpoint, "--output", "json", *arguments)

    def test_aws_cli(self):
        name = unique_name("cli")
        self.aws("create-table", "--table-name", name, "--attribute-definitions", "AttributeName=id,AttributeType=S",
                 "--key-schema", "AttributeName=id,KeyType=HASH", "--billing-mode", "PAY_PER_REQUEST",
                 "--stream-specification", "StreamEnabled=true,StreamViewType=NEW_IMAGE", "--tags", "Key=team,Value=calls")
        self.aws("wait", "table-exists", "--table-name", name)
        self.assertIn(name, self.aws("list-tables")["TableNames"])
        self.aws("put-item", "--table-name", name, "--item", '{"id": {"S": "a"}, "n": {"N": "1"}}')
        self.aws("update-item", "--table-name", name, "--key", '{"id": {"S": "a"}}', "--update-expression", "SET n = n + :n",
                 "--expression-attribute-values", '{":n": {"N": "2"}}')
        self.assertEqual(self.aws("get-item", "--table-name", name, "--key", '{"id": {"S": "a"}}')["Item"]["n"], {"N": "3"})
        self.assertEqual(self.aws("scan", "--table-name", name, "--max-items", "10")["Count"], 1)
        table = self.aws("describe-table", "--table-name", name)["Table"]
        self.assertEqual(self.aws("list-tags-of-resource", "--resource-arn", table["TableArn"])["Tags"],
                         [{"Key": "team", "Value": "calls"}])
        self.assertEqual(self.aws("list-streams", service="dynamodbstreams")["Streams"][0]["TableName"], name)
        backup = self.aws("create-backup", "--table-name", name, "--backup-name", "before")["BackupDetails"]
        self.assertIn(backup["BackupArn"], [each["BackupArn"] for each in self.aws("list-backups")["BackupSummaries"]])
        self.aws("delete-table", "--table-name", name)
        self.aws("wait", "table-not-exists", "--table-name", name)

    def test_boto3s_resources(self):
        table = Endpoint.of(self.region).resource().create_table(
            TableName=unique_name("boto"), BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}, {"AttributeName": "n", "AttributeType": "N"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "n", "KeyType": "RANGE"}])
        table.wait_until_exists()
        with table.batch_writer() as batch:
            for number in range(60):
                batch.put_item(Item={"id": "a", "n": number, "half": decimal.Decimal(number) / 2, "tags": {"x", "y"}})
        key = boto3.dynamodb.conditions.Key
        found = table.query(KeyConditionExpression=key("id").eq("a") & key("n").between(10, 19),
                            FilterExpression=boto3.dynamodb.conditions.Attr("half").gte(7))
        self.assertEqual([item["n"] for item in found["Items"]], [14, 15, 16, 17, 18, 19])
        self.assertEqual(found["Items"][0]["tags"], {"x", "y"})
        self.assertEqual(table.scan(Select="COUNT")["Count"], 60)
        self.assertEqual(table.get_item(Key={"id": "a", "n": 7})["Item"]["half"], decimal.Decimal("3.5"))
        table.delete()
        table.wait_until_not_exists()

    def javascript(self, version):
        return self.run_tool("node", str(meridian.ROOT / "tests/e2e/dynamodb_javascript.cjs"), version, unique_name(version))

    def test_both_sdks_for_javascript(self):
        for version in ("v2", "v3"):
            with self.subTest(version):
                seen = self.javascript(version)
                self.assertEqual(seen["item"], {"id": "a", "place": 3, "tags": ["new", {"y": None}], "ok": True})
                self.assertEqual(seen["updated"], {"tags": ["new"]})
                self.assertEqual(seen["places"], [2, 3, 4])
                self.assertEqual(seen["refused"], "TransactionCanceledException")
                self.assertTrue(seen["missing"])
                self.assertEqual(seen["error"], "ResourceNotFoundException")
                if version == "v3":
                    self.assertEqual(seen["streams"], 1)

    def test_dynamodb_admin(self):
        client = Endpoint.of(self.region).boto()
        name = create_table(client, "id:S", unique_name("admin"))
        client.put_item(TableName=name, Item={"id": {"S": "shown"}, "note": {"S": "from the table"}})
        port = free_ports(1)[0]
        env = self.env | {"DYNAMO_ENDPOINT": self.region.endpoint, "HOME": str(self.folder.path)}
        with subprocess.Popen(["node", str(NODE / "dynamodb-admin/bin/dynamodb-admin.js"), "--host", "127.0.0.1", "--port", str(port)],
                              env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as tool:
            try:
                self.assertTrue(any("listening" in line for line in tool.stdout))
                page = lambda path: urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30).read().decode()
                self.assertIn(name, page("/"))
                self.assertIn("from the table", eventually("items", lambda: page(f"/tables/{name}/items/shown")))
                self.assertIn(name, page(f"/tables/{name}"))
                self.assertEqual(json.loads(page(f"/tables/{name}/items"))["Items"][0]["note"], "from the table")
            finally:
                tool.terminate()


if __name__ == "__main__":
    unittest.main()
