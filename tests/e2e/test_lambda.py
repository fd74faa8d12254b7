"""The Lambda binary against a runtime API, its tables a region's over DynamoDB's protocol."""

import http.server
import json
import re
import threading
import unittest
import urllib.parse

import jsonschema

import meridian
from lambda_api import Function, access_to, gateway_event
from rest import Rest

NUMBER = "+18005551234"
SECRETS = re.compile(r"\+?1?8005551234|hush-hush")
DEFAULTS = {"contactFlowId": "default-flow-id", "queueId": "default-queue-id"}


class Tables(unittest.TestCase):
    """One region whose tables all tests of a class share."""

    @classmethod
    def setUpClass(cls):
        cls.folder = meridian.Folder()
        cls.region = meridian.Region(cls.folder.path)
        cls.access = access_to(cls.region)
        answer = Rest(cls.region)("POST", "/routing", {"phoneNumber": NUMBER, "region": "us-east-1", "queueId": "sales",
                                                       "attributes": {"department": "sales"}})
        assert answer.status == 200, answer

    @classmethod
    def tearDownClass(cls):
        cls.region.stop()
        cls.folder.__exit__()


class RouteCall(Tables):
    def test_decides_as_the_region_does(self):
        with Function("RouteCall", self.access) as function:
            for number in (NUMBER, "+4912345"):
                event = meridian.event(number)
                expected = json.loads(meridian.lambda_client(self.region).invoke(
                    FunctionName="RouteCall", Payload=event)["Payload"].read())
                answer = function.invoke(event)
                self.assertTrue(answer.pop("decisionId") and expected.pop("decisionId"))
                self.assertEqual(answer, expected)
            self.assertEqual(function.invoke(meridian.event(NUMBER))["queueId"], "sales")
            metrics = function.metrics()
            self.assertEqual(metrics["Calls"], [1, 1, 1])
            self.assertEqual(metrics["DefaultAnswers"], [1])
            self.assertEqual(metrics["ColdStarts"], [1])
            self.assertEqual(len(metrics["CallDuration"]), 3)
            self.assertGreaterEqual(len(metrics["TableLatency"]), 2)
            self.assertNotIn("TableErrors", metrics)

    def test_answers_by_the_cache_or_without_it(self):
        for seconds, requests in (("60", 1), ("0", 10)):
            env = self.access | {"MERIDIAN_CACHE_SECONDS": seconds}
            with self.subTest(seconds), Function("RouteCall", env) as function:
                for _ in range(10):
                    self.assertEqual(function.invoke(meridian.event(NUMBER))["queueId"], "sales")
                self.assertEqual(len(function.metrics()["TableLatency"]), requests)

    def test_asks_the_tables_of_other_regions_where_its_own_say_nothing(self):
        """Here its own region's are refused, and us-east-1 is one of MERIDIAN_REGIONS."""
        with Function("RouteCall", self.access | {"AWS_REGION": "mars-west-1"}) as function:
            self.assertEqual(function.invoke(meridian.event(NUMBER))["queueId"], "sales")

    def test_answers_without_tables(self):
        """A caller gets the defaults, whatever is in the way; nothing secret gets into the log."""
        broken = {
            "nobody listens": {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"},
            "no credentials": {"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None},
            "credentials that are wrong": {"AWS_SECRET_ACCESS_KEY": "hush-hush"},
            "an endpoint that is none": {"AWS_ENDPOINT_URL": "nowhere"},
            "another region's signature": {"AWS_REGION": "mars-west-1", "MERIDIAN_REGIONS": "mars-west-1"},
        }
        for what, env in broken.items():
            with self.subTest(what), Function("RouteCall", self.access | env) as function:
                answer = function.invoke(meridian.event(NUMBER), seconds=3)
                self.assertLessEqual(DEFAULTS.items(), answer.items())
                self.assertIn("errorMessage", answer["attributes"])
                lines = function.lines()
                self.assertTrue(any(line.get("level") == "ERROR" for line in lines))
                self.assertNotRegex(json.dumps(lines), SECRETS)
                self.assertNotIn(self.access["AWS_SECRET_ACCESS_KEY"], json.dumps(lines))

    def test_is_stale_when_tables_are_gone(self):
        with meridian.Folder() as folder:
            region = meridian.Region(folder, arguments=["--demo"])
            env = access_to(region) | {"MERIDIAN_CACHE_SECONDS": "0"}
            with Function("RouteCall", env) as function:
                fresh = function.invoke(meridian.event(NUMBER))
                self.assertEqual(fresh["stale"], "false")
                region.stop()
                stale = function.invoke(meridian.event(NUMBER), seconds=2)
                self.assertEqual(stale["stale"], "true")
                self.assertEqual(stale["queueId"], fresh["queueId"])
                metrics = function.metrics()
                self.assertEqual(metrics["StaleAnswers"], [1])
                self.assertEqual(metrics["TableErrors"], [1])

    def test_malformed_event(self):
        with Function("RouteCall", self.access) as function:
            for event in ("x", "[]", "{}", b"\xff\xfe", "x" * 6_000_000, json.dumps({"Details": "x" * 6_000_000})):
                answer = function.invoke(event)
                self.assertLessEqual(DEFAULTS.items(), answer.items())
            self.assertEqual(len(function.metrics()["MalformedEvents"]), 6)

    def test_output_is_what_cloudwatch_reads(self):
        schema = json.loads((meridian.ROOT / "tests/data/embedded_metric_format.schema.json").read_text())
        with Function("RouteCall", self.access | {"AWS_SECRET_ACCESS_KEY": "hush-hush"}) as function:
            event = function.api.send(meridian.event(NUMBER), 3)
            event.result()
            lines = function.lines()
        metrics = [line for line in lines if "_aws" in line]
        self.assertEqual(len(metrics), 1)
        jsonschema.validate(metrics[0], schema)
        for directive in metrics[0]["_aws"]["CloudWatchMetrics"]:
            self.assertEqual(directive["Namespace"], "Meridian")
            for name in [metric["Name"] for metric in directive["Metrics"]] + sum(directive["Dimensions"], []):
                self.assertIn(name, metrics[0])
        self.assertEqual((metrics[0]["Function"], metrics[0]["Region"], metrics[0]["requestId"]),
                         ("RouteCall", "us-east-1", event.id))
        logs = [line for line in lines if "_aws" not in line]
        self.assertTrue(logs)
        for line in logs:
            self.assertLessEqual({"timestamp", "level", "area", "message", "function", "region"}, line.keys())
        self.assertEqual(logs[0]["requestId"], event.id)


class OtherFunctions(Tables):
    def request(self, function, method, target, body=None):
        answer = function.invoke(gateway_event(method, target, body))
        return answer["statusCode"], json.loads(answer["body"]) if answer["body"] else None

    def test_update_routing(self):
        with Function("UpdateRouting", self.access) as function:
            rule = {"phoneNumber": "+15550100", "region": "us-east-1", "queueId": "q"}
            status, answer = self.request(function, "POST", "/prod/routing", rule)
            self.assertEqual(status, 200, answer)
            self.assertEqual(answer["data"]["version"], 1)
            self.assertEqual(self.request(function, "POST", "/routing", rule | {"queueId": "r"})[0], 409)
            self.assertEqual(self.request(function, "POST", "/routing", {"phoneNumber": "x"})[0], 400)
            self.assertEqual(Rest(self.region)("GET", "/routing/%2B15550100/us-east-1").json()["queueId"], "q")
            _, history = self.request(function, "GET", "/history/routing/%2B15550100/us-east-1")
            self.assertEqual(history["changes"][0]["who"]["name"], "arn:aws:iam::123456789012:user/ada")
            metrics = function.metrics()
            self.assertEqual((metrics["Edits"], metrics["EditConflicts"]), ([1], [1]))

    def test_reads_of_the_management_api(self):
        with Function("UpdateRouting", self.access) as function:
            for prefix, found in (("", [NUMBER]), ("?prefix=%2B1800", [NUMBER]), ("?region=eu-west-1", [])):
                status, page = self.request(function, "GET", "/routing" + prefix)
                numbers = [rule["phoneNumber"] for rule in page["items"] if rule["phoneNumber"] != "+15550100"]
                self.assertEqual((status, numbers), (200, found), page)
            status, lint = self.request(function, "GET", "/lint")
            self.assertEqual(status, 200, lint)
            self.assertGreaterEqual(lint["rules"], 1)
            status, regions = self.request(function, "GET", "/regions")
            self.assertEqual((status, [r["region"] for r in regions["regions"]]),
                             (200, ["us-east-1", "eu-west-1", "ap-southeast-1"]))
            status, explained = self.request(function, "POST", "/explain", {"phoneNumber": NUMBER})
            self.assertEqual((status, explained["answer"]["queueId"]), (200, "sales"))
            status, health = self.request(function, "GET", "/health")
            self.assertEqual((status, health["us-east-1"]["status"]), (200, "healthy"), health)

    def test_what_only_a_region_process_has(self):
        with Function("UpdateRouting", self.access) as function:
            for path in ("/backups", "/proof", "/conflicts", "/replication", "/faults", "/events"):
                status, answer = self.request(function, "GET", path)
                self.assertEqual(status, 501, path)
                self.assertIn("DynamoDB", answer["message"])

    def test_health_check(self):
        schedule = {"version": "0", "id": "1", "detail-type": "Scheduled Event", "source": "aws.events", "detail": {},
                    "account": "123456789012", "time": "2026-11-20T14:00:00Z", "region": "us-east-1",
                    "resources": ["arn:aws:events:us-east-1:123456789012:rule/health"]}
        with Function("HealthCheck", self.access | {"MERIDIAN_REGIONS": "us-east-1"}) as function:
            answer = function.invoke(schedule)
            body = json.loads(answer["body"])
            self.assertEqual((answer["statusCode"], body["us-east-1"]["status"]), (200, "healthy"), body)
            metrics = function.metrics()
            self.assertEqual(metrics["UnhealthyRegions"], [0])
            self.assertEqual(len(metrics["HealthCheckDuration"]), 1)

    def test_health_check_of_a_region_that_refuses(self):
        """The endpoint is one for all regions here, and takes the signatures of its own only."""
        with Function("HealthCheck", self.access | {"MERIDIAN_REGIONS": "us-east-1,eu-west-1"}) as function:
            answer = function.invoke("{}")
            body = json.loads(answer["body"])
            self.assertEqual((answer["statusCode"], body["us-east-1"]["status"], body["eu-west-1"]["status"]),
                             (503, "healthy", "unhealthy"), body)
            function.invoke("{}")
            lines = function.lines()
            alerts = [line for line in lines if line.get("area") == "alert"]
            self.assertEqual(len(alerts), 1, "it alerts once")

    def test_alerts_a_topic(self):
        published = []

        class Sns(http.server.BaseHTTPRequestHandler):
            def do_POST(self):  # pylint: disable=invalid-name
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                published.append(dict(urllib.parse.parse_qsl(body)))
                answer = (b"<PublishResponse><PublishResult><MessageId>m-1</MessageId></PublishResult></PublishResponse>")
                self.send_response(200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Sns) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            topic = "arn:aws:sns:us-east-1:123456789012:alerts"
            env = self.access | {"MERIDIAN_REGIONS": "us-east-1,mars-west-1", "ALERT_TOPIC_ARN": topic,
                                 "AWS_ENDPOINT_URL_SNS": "http://127.0.0.1:%d" % server.server_address[1]}
            with Function("HealthCheck", env) as function:
                self.assertEqual(function.invoke("{}")["statusCode"], 503)
                function.invoke("{}")
            server.shutdown()
        self.assertEqual([(one["Action"], one["TopicArn"]) for one in published], [("Publish", topic)])
        self.assertIn("mars-west-1", published[0]["Subject"])
        self.assertIn("unhealthy", published[0]["Message"])


class Start(unittest.TestCase):
    def test_refuses_what_it_cannot_be(self):
        for name, env, word in (("RouteCall", {"DEFAULT_CONTACT_FLOW_ID": None}, "DEFAULT_CONTACT_FLOW_ID"),
                                ("RouteCall", {"DEFAULT_QUEUE_ID": ""}, "DEFAULT_QUEUE_ID"),
                                ("HealthCheck", {"AWS_REGION": None}, "AWS_REGION"),
                                ("RouteCall", {"MERIDIAN_CACHE_SECONDS": "soon"}, "MERIDIAN_CACHE_SECONDS"),
                                ("HealthCheck", {"ALERT_TOPIC_ARN": "alerts"}, "ALERT_TOPIC_ARN"),
                                ("SyncAgentEvents", {}, "SyncAgentEvents"),
                                ("Failover", {"DEFAULT_QUEUE_ID": None}, "Failover"), ("", {}, "_HANDLER")):
            with self.subTest(name=name, env=env), Function(name, env) as function:
                self.assertEqual(function.status(), 1)
                self.assertIn(word, function.api.init_error["errorMessage"])
                self.assertEqual(function.api.init_error["errorType"], "Runtime.Configuration")
                self.assertEqual(function.lines()[-1]["level"], "ERROR")

    def test_needs_a_runtime_api(self):
        with Function("RouteCall", {"AWS_LAMBDA_RUNTIME_API": ""}) as function:
            self.assertEqual(function.status(), 2)
            function.stop()
            self.assertEqual(len(function.output), 1)
            self.assertIn("AWS_LAMBDA_RUNTIME_API", function.output[0])


class Loop(unittest.TestCase):
    """The runtime API's rules. There are no tables: each answer is the defaults."""

    def function(self):
        return Function("RouteCall", {"AWS_ENDPOINT_URL": "nowhere"})

    def test_waits_and_goes_on_after_a_freeze(self):
        with self.function() as function:
            function.invoke(meridian.event())
            function.wait_until_idle()
            function.freeze()
            event = function.api.send(meridian.event())
            with self.assertRaises(AssertionError):
                event.outcome(timeout=1.0)
            function.thaw()
            self.assertEqual(event.result()["queueId"], "default-queue-id")

    def test_a_connection_that_was_cut_while_waiting(self):
        with self.function() as function:
            for _ in range(3):
                function.wait_until_idle()
                with function.api.changed:
                    function.api.answered = function.api.asked  # so that the next wait is for another one
                function.api.cut()
            function.wait_until_idle()
            self.assertEqual(function.invoke(meridian.event())["queueId"], "default-queue-id")
            self.assertIsNone(function.process.poll())

    def test_a_connection_that_was_cut_while_answering(self):
        with self.function() as function:
            function.api.statuses["response"] = [-1, -1]
            event = function.api.send(meridian.event())
            event.result()
            self.assertEqual(event.tries, 3)

    def test_ends_when_the_container_is_broken(self):
        for path in ("next", "response"):
            with self.subTest(path), self.function() as function:
                function.api.statuses[path] = [500]
                function.api.send(meridian.event())
                self.assertEqual(function.status(), 1)
                self.assertIn("500", function.lines()[-1]["message"])

    def test_ends_when_the_api_is_gone(self):
        with self.function() as function:
            function.wait_until_idle()
            function.api.close()
            self.assertEqual(function.status(), 1)

    def test_goes_on_when_an_answer_is_refused(self):
        with self.function() as function:
            function.api.statuses["response"] = [403]
            refused = function.api.send(meridian.event())
            self.assertEqual(function.invoke(meridian.event())["queueId"], "default-queue-id")
            self.assertFalse(refused.done.is_set())

    def test_an_answer_that_is_too_large_for_the_api(self):
        with self.function() as function:
            function.api.statuses["response"] = [413]
            event = function.api.send(meridian.event())
            kind, text = event.outcome()
            self.assertEqual((kind, event.error_type), ("error", "Function.ResponseSizeTooLarge"))
            self.assertIn("bytes", json.loads(text)["errorMessage"])


if __name__ == "__main__":
    unittest.main()
