"""What one region knows, every region knows."""

import concurrent.futures
import json
import subprocess
import time
import unittest
import urllib.request

import meridian
from cluster import NAMES, Cluster, eventually, metric
from rest import Rest

NUMBER = "+442079460000"
PATH = f"/routing/{NUMBER}/us-east-1"


def rule(flow, **more):
    return {"phoneNumber": NUMBER, "region": "us-east-1", "contactFlowId": flow, "queueId": "q", **more}


def flow_in(cluster, name, number=NUMBER):
    """Which flow a call to the number gets that arrives in us-east-1 and is decided in that region."""
    answer = meridian.lambda_client(cluster.regions[name]).invoke(
        FunctionName="RouteCall", Payload=meridian.event(number, "us-east-1"))
    return json.load(answer["Payload"])["contactFlowId"]


def rules_of(rest, prefix=""):
    """All rules, by key."""
    rules, token = {}, ""
    while token is not None:
        page = rest("GET", f"/routing?limit=1000&prefix={prefix}{token}").json()
        rules.update({(item["phoneNumber"], item["region"]): item for item in page["items"]})
        token = "&next=" + page["next"] if "next" in page else None
    return rules


class Rules(unittest.TestCase):
    def test_that_is_put_in_one_region_routes_in_the_others_and_so_do_changes_and_deletes(self):
        with meridian.Folder() as folder, Cluster(folder) as cluster:
            first = cluster.rest("us-east-1")
            self.assertEqual(first("PUT", PATH, rule("flow-1")).status, 200)
            for name in NAMES[1:3]:
                eventually("the rule", lambda name=name: flow_in(cluster, name) == "flow-1")
            other = cluster.rest("eu-west-1")
            stored = other("GET", PATH)
            self.assertEqual(other("PUT", PATH, rule("flow-2"), If_Match=stored.headers["etag"]).status, 200)
            for name in ("us-east-1", "ap-southeast-1"):
                eventually("the change", lambda name=name: flow_in(cluster, name) == "flow-2")
            third = cluster.rest("ap-southeast-1")
            self.assertEqual(third("DELETE", PATH).status, 200)
            for name in NAMES[:2]:
                eventually("the delete", lambda name=name: flow_in(cluster, name) == "default-flow-id")
            # Each region has the whole story.
            for name in NAMES[:3]:
                changes = cluster.rest(name)("GET", f"/history/routing/{NUMBER}/us-east-1").json()["changes"]
                self.assertEqual([change["operation"] for change in changes], ["delete", "update", "create"], name)

    def test_that_two_regions_change_at_once_end_alike_and_both_edits_are_kept(self):
        with meridian.Folder() as folder, Cluster(folder, NAMES[:2]) as cluster:
            east, west = cluster.rest("us-east-1"), cluster.rest("eu-west-1")
            self.assertEqual(east("PUT", PATH, rule("before")).status, 200)
            eventually("the rule", lambda: west("GET", PATH).status == 200)
            cluster.kill("us-east-1")
            cluster.kill("eu-west-1")
            for name, flow in (("us-east-1", "from-east"), ("eu-west-1", "from-west")):
                cluster.start(name)
                rest = cluster.rest(name)
                self.assertEqual(rest("PUT", PATH, rule(flow), If_Match='"1"').status, 200)
                cluster.kill(name)
            for name in NAMES[:2]:
                cluster.start(name)
            east, west = cluster.rest("us-east-1"), cluster.rest("eu-west-1")
            eventually("the same rule", lambda: east("GET", PATH).body == west("GET", PATH).body)
            # The write of the later clock stands.
            self.assertEqual(east("GET", PATH).json()["contactFlowId"], "from-west")
            for rest in (east, west):
                changes = rest("GET", f"/history/routing/{NUMBER}/us-east-1").json()["changes"]
                self.assertEqual({change["after"]["contactFlowId"] for change in changes},
                                 {"before", "from-east", "from-west"})
            self.assertGreater(sum(link["conflicts"] for name in NAMES[:2] for link in cluster.links(name).values()), 0)


class Regions(unittest.TestCase):
    def test_that_are_killed_while_all_write_lose_nothing(self):
        with meridian.Folder() as folder, Cluster(folder) as cluster:
            acknowledged = set()

            def write(name, count, kill_at=None):
                rest = cluster.rest(name)
                for number in range(count):
                    key = f"+1{NAMES.index(name)}55{number:06}"
                    body = {"phoneNumber": key, "region": name, "contactFlowId": f"{name}-{number}", "queueId": "q"}
                    if rest("PUT", f"/routing/{key}/{name}", body).status == 200:
                        acknowledged.add((key, name))
                    if number == kill_at:
                        cluster.kill(name)
                        cluster.start(name)
                        rest = cluster.rest(name)

            with concurrent.futures.ThreadPoolExecutor() as pool:
                list(pool.map(write, NAMES[:3], [300] * 3, [None, 100, 200]))
            self.assertEqual(len(acknowledged), 900)
            for name in NAMES[:3]:
                eventually(f"all rules in {name}", lambda name=name: set(rules_of(cluster.rest(name))) == acknowledged)
            everywhere = [rules_of(cluster.rest(name)) for name in NAMES[:3]]
            self.assertEqual(everywhere[0], everywhere[1])
            self.assertEqual(everywhere[0], everywhere[2])

    def test_that_joins_has_everything_and_takes_part(self):
        with meridian.Folder() as folder, Cluster(folder) as cluster:
            rest = cluster.rest("us-east-1")
            lines = "\n".join(json.dumps({"phoneNumber": f"+1555{number:07}", "region": "us-east-1",
                                          "contactFlowId": "f", "queueId": "q"}) for number in range(5_000))
            self.assertEqual(rest("POST", "/routing/import", lines, Content_Type="application/x-ndjson").status, 200)
            cluster.join("sa-east-1")
            newcomer = cluster.rest("sa-east-1")
            eventually("all rules", lambda: len(rules_of(newcomer)) == 5_000)
            self.assertEqual(newcomer("PUT", PATH, rule("from-the-newcomer")).status, 200)
            for name in NAMES[:3]:
                eventually("the newcomer's rule", lambda name=name: flow_in(cluster, name) == "from-the-newcomer")

    def test_whose_folder_is_lost_gets_it_all_back(self):
        with meridian.Folder() as folder, Cluster(folder) as cluster:
            self.assertEqual(cluster.rest("us-east-1")("PUT", PATH, rule("flow-1")).status, 200)
            eventually("the rule", lambda: flow_in(cluster, "eu-west-1") == "flow-1")
            cluster.kill("us-east-1")
            subprocess.run(["rm", "-r", str(folder / "us-east-1")], check=True)
            cluster.start("us-east-1")
            self.assertEqual(flow_in(cluster, "us-east-1"), "flow-1")  # it was not ready before it had everything
            self.assertEqual(cluster.rest("us-east-1")("PUT", "/agents/a", {"name": "A"}).status, 200)
            for name in NAMES[1:3]:
                eventually("what it writes then", lambda name=name: cluster.rest(name)("GET", "/agents/a").status == 200)

    def test_with_another_secret_are_refused(self):
        with meridian.Folder() as folder, meridian.Folder() as elsewhere, Cluster(folder, NAMES[:2]) as cluster:
            self.assertEqual(cluster.rest("us-east-1")("PUT", PATH, rule("flow-1")).status, 200)
            eventually("the rule", lambda: cluster.rest("eu-west-1")("GET", PATH).status == 200)
            peer = f"us-east-1=127.0.0.1:{cluster.ports['us-east-1']}"
            with meridian.Region(elsewhere, "eu-west-1", ["--peer", peer], cluster.env) as stranger:
                rest = Rest(stranger)
                link = eventually("refused", lambda: next(
                    (link for link in rest("GET", "/replication").json()["links"] if link["state"] == "refused"), None))
                self.assertIn("profile [meridian]", link["error"])
                self.assertEqual(rest("GET", PATH).status, 404)
                self.assertIn("has another secret", cluster.log_of("us-east-1"))


class Lag(unittest.TestCase):
    def test_is_told_by_metrics_health_and_the_api(self):
        with meridian.Folder() as folder, Cluster(folder, NAMES[:2]) as cluster:
            rest = cluster.rest("us-east-1")
            self.assertEqual(rest("PUT", PATH, rule("flow-1")).status, 200)
            link = eventually("the rule", lambda: (
                found := cluster.links("eu-west-1")["us-east-1"])["itemsApplied"] > 0 and found)
            self.assertEqual(link["state"], "following")
            text = urllib.request.urlopen(cluster.regions["eu-west-1"].endpoint + "/metrics").read().decode()
            labels = {"peer": "us-east-1", "region": "eu-west-1"}
            self.assertGreater(metric(text, "meridian_replication_items_total", **labels), 0)
            self.assertEqual(metric(text, "meridian_replication_following", **labels), 1)
            metric(text, "meridian_replication_lag_seconds", quantile="0.99", **labels)
            health = eventually("health", lambda: cluster.rest("eu-west-1")("GET", "/health").json())
            entry = health["eu-west-1"]
            self.assertIsInstance(entry["replicationLagMs"], int)
            self.assertEqual(entry["replication"]["us-east-1"]["state"], "following")

            cluster.kill("us-east-1")
            gone = eventually("unreachable", lambda: (
                found := cluster.links("eu-west-1")["us-east-1"])["state"] == "unreachable" and found)
            self.assertIn("127.0.0.1", gone["error"])
            since = gone["oldestWaitingMs"]
            eventually("waiting", lambda: cluster.links("eu-west-1")["us-east-1"]["oldestWaitingMs"] > since)


if __name__ == "__main__":
    unittest.main(verbosity=2)
