"""The clients that users have: aws-cli, boto3, the AWS SDK for JavaScript, curl."""

import json
import subprocess
import unittest

import botocore.exceptions

import meridian


class Clients(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = meridian.Folder()
        cls.region = meridian.Region(cls.folder.path, arguments=["--demo"])

    @classmethod
    def tearDownClass(cls):
        cls.region.stop()
        cls.folder.__exit__()

    def run_client(self, *command, **changes):
        env = self.region.client_environment() | changes
        return subprocess.run(command, env=env, cwd=self.folder.path, capture_output=True, text=True,
                              timeout=meridian.DEADLINE_SECONDS, stdin=subprocess.DEVNULL, check=False)

    def test_the_original_documents_command(self):
        # --endpoint-url: Debian's aws-cli 2.9 doesn't read AWS_ENDPOINT_URL yet (2.13 does).
        done = self.run_client(
            "aws", "lambda", "invoke", "--endpoint-url", self.region.endpoint, "--function-name", "RouteCall",
            "--payload",
            '{"Details":{"ContactData":{"CustomerEndpoint":{"Address":"+18005551234"},'
            '"InstanceARN":"arn:aws:connect:us-east-1:123456789012:instance/instance-id"}}}',
            "--cli-binary-format", "raw-in-base64-out", "response.json")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.stdout)["ExecutedVersion"], "$LATEST")
        answer = json.loads((self.folder.path / "response.json").read_text())
        self.assertEqual(answer["ruleId"], "+18005551234#us-east-1")
        self.assertEqual(answer["attributes"], {"department": "sales", "priority": "high", "language": "en-US"})

    def test_javascript_sdk(self):
        done = self.run_client("node", str(meridian.ROOT / "tests/e2e/invoke.mjs"), meridian.event())
        self.assertEqual(done.returncode, 0, done.stderr)
        seen = json.loads(done.stdout)
        self.assertEqual(seen["answer"]["ruleId"], "+18005551234#us-east-1")
        self.assertEqual(seen["event"], 202)
        self.assertEqual(seen["dryRun"], 204)
        self.assertEqual(seen["unknown"], "ResourceNotFoundException")

    def test_boto3(self):
        client = meridian.lambda_client(self.region)
        arn = "arn:aws:lambda:us-east-1:123456789012:function:RouteCall"
        for name in ("RouteCall", "123456789012:function:RouteCall", arn, arn + ":$LATEST"):
            with self.subTest(name):
                answer = json.loads(client.invoke(FunctionName=name, Payload=meridian.event())["Payload"].read())
                self.assertEqual(answer["ruleId"], "+18005551234#us-east-1")
        self.assertEqual(client.invoke(FunctionName="RouteCall", InvocationType="Event",
                                       Payload=meridian.event())["StatusCode"], 202)
        self.assertEqual(client.invoke(FunctionName="RouteCall", InvocationType="DryRun")["StatusCode"], 204)
        for name in ("NoSuchFunction", arn.replace("us-east-1", "eu-west-1"), "RouteCall:prod"):
            with self.subTest(name), self.assertRaises(client.exceptions.ResourceNotFoundException):
                client.invoke(FunctionName=name, Payload="{}")

    def test_string_map(self):
        client = meridian.lambda_client(self.region)
        payload = meridian.event(responseType="STRING_MAP")
        answer = json.loads(client.invoke(FunctionName="RouteCall", Payload=payload)["Payload"].read())
        self.assertTrue(all(isinstance(value, str) for value in answer.values()), answer)
        self.assertEqual(answer["attributes_department"], "sales")

    def test_malformed_events_are_answered(self):
        client = meridian.lambda_client(self.region)
        for payload in (b"", b"{", b"\xff\xfe\x00", b"[" * 100_000, b'"' + b"x" * 5_000_000 + b'"'):
            with self.subTest(payload[:20]):
                answer = json.loads(client.invoke(FunctionName="RouteCall", Payload=payload)["Payload"].read())
                self.assertEqual(answer["contactFlowId"], "default-flow-id")
                self.assertIn("errorMessage", answer["attributes"])

    def test_wrong_credentials(self):
        client = meridian.lambda_client(self.region)
        cases = {"AWS_SECRET_ACCESS_KEY": "InvalidSignatureException", "AWS_ACCESS_KEY_ID": "UnrecognizedClientException"}
        for variable, error in cases.items():
            with self.subTest(variable):
                done = self.run_client("aws", "lambda", "invoke", "--endpoint-url", self.region.endpoint,
                                       "--function-name", "RouteCall", "out", **{variable: "A" * 20})
                self.assertNotEqual(done.returncode, 0)
                self.assertIn(error, done.stderr)
        client.meta.events.register("before-send.lambda", lambda request, **_: request.headers.__delitem__("Authorization"))
        with self.assertRaises(botocore.exceptions.ClientError) as refused:
            client.invoke(FunctionName="RouteCall")
        self.assertEqual(refused.exception.response["Error"]["Code"], "MissingAuthenticationTokenException")

    def test_curl(self):
        env = self.region.client_environment()
        done = self.run_client(
            "curl", "-sS", "--aws-sigv4", "aws:amz:us-east-1:lambda", "--user",
            f"{env['AWS_ACCESS_KEY_ID']}:{env['AWS_SECRET_ACCESS_KEY']}", "-d", meridian.event(),
            f"{self.region.endpoint}/2015-03-31/functions/RouteCall/invocations")
        self.assertEqual(json.loads(done.stdout)["ruleId"], "+18005551234#us-east-1", done.stderr)

    def test_health_and_metrics_are_open_on_loopback(self):
        self.assertEqual(json.loads(self.run_client("curl", "-sS", self.region.endpoint + "/healthz").stdout),
                         {"status": "ok"})
        metrics = self.run_client("curl", "-sS", self.region.endpoint + "/metrics").stdout
        self.assertRegex(metrics, r'meridian_rules\{region="us-east-1"\} 1\n')
        self.assertIn("# TYPE meridian_request_seconds histogram", metrics)

    def test_health_check(self):
        client = meridian.lambda_client(self.region)
        answer = json.loads(client.invoke(FunctionName="HealthCheck", Payload="{}")["Payload"].read())
        self.assertEqual(answer["statusCode"], 200)
        body = json.loads(answer["body"])
        self.assertEqual(body["us-east-1"]["status"], "healthy")
        self.assertEqual(body["us-east-1"]["tableStatus"], "ACTIVE")
        self.assertGreater(body["us-east-1"]["latencyMs"], 0)


if __name__ == "__main__":
    unittest.main()
