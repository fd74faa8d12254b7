"""Every routing vector, through the command line and through a region's Invoke, with a real SDK."""

import json
import unittest

import meridian

VECTORS = json.loads((meridian.ROOT / "tests/data/vectors/route_call.json").read_text())["route_call"]


def matches(expected, actual):
    """`actual` is None where it is absent; "<any>" matches any text or absence."""
    if expected == "<any>":
        return actual is None or isinstance(actual, str)
    if isinstance(expected, dict) and isinstance(actual, dict):
        return all(matches(expected.get(k), actual.get(k)) for k in expected.keys() | actual.keys())
    return expected == actual


def environment_of(vector):
    return meridian.environment(**(meridian.SETTINGS | vector.get("env", {})))


class Vectors(unittest.TestCase):
    def expect_correct(self, vector, answer):
        for field in ("contactFlowId", "queueId", "attributes"):
            self.assertTrue(matches(vector["correct"][field], answer.get(field)), f"{field} of {answer}")

    def test_command_line(self):
        with meridian.Folder() as folder:
            for vector in VECTORS:
                with self.subTest(vector["id"]):
                    (folder / "event.json").write_text(json.dumps(vector["event"]))
                    (folder / "tables.json").write_text(json.dumps(vector["tables"]))
                    done = meridian.run("route", "--event", str(folder / "event.json"), "--tables",
                                        str(folder / "tables.json"), "--at", vector["now"], "--output", "json",
                                        env=environment_of(vector))
                    if "error" in vector["correct"]:
                        self.assertEqual(done.returncode, 1)
                        self.assertIn("DEFAULT_CONTACT_FLOW_ID", done.stderr)
                        continue
                    self.assertEqual(done.returncode, 0, done.stderr)
                    self.expect_correct(vector, json.loads(done.stdout))

    def test_invoke(self):
        for vector in VECTORS:
            if "error" in vector["correct"] or vector["tables"].get("GlobalCallRouting") is None:
                continue  # no server: refused at start (tested above), or has all tables by construction
            with self.subTest(vector["id"]), meridian.Folder() as folder:
                (folder / "tables.json").write_text(json.dumps(vector["tables"]))
                arguments = ["--tables", str(folder / "tables.json"), "--at", vector["now"]]
                with meridian.Region(folder, arguments=arguments, env=environment_of(vector)) as region:
                    answer = meridian.lambda_client(region).invoke(FunctionName="RouteCall",
                                                                   Payload=json.dumps(vector["event"]))
                    self.assertEqual(answer["StatusCode"], 200)
                    self.assertNotIn("FunctionError", answer)
                    payload = answer["Payload"].read().decode()
                    self.expect_correct(vector, json.loads(payload))
                    # Same rules, same instant: the same bytes, whoever decides.
                    (folder / "event.json").write_text(json.dumps(vector["event"]))
                    offline = meridian.run("route", "--event", str(folder / "event.json"), *arguments, "--output", "json",
                                           env=environment_of(vector))
                    if vector["tables"].get("BusinessHours") is not None:
                        self.assertEqual(offline.stdout, payload + "\n")


if __name__ == "__main__":
    unittest.main()
