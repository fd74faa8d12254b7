"""Tables that several regions have: replicas come and go by UpdateTable, as in the service's global tables."""

import unittest

import botocore.exceptions

import meridian
from cluster import Cluster, eventually
from dynamodb_client import Endpoint, create_table, wait_for_table

EAST, WEST = "us-east-1", "eu-west-1"


class GlobalTables(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = meridian.Folder()
        cls.cluster = Cluster(cls.folder.path, (EAST, WEST))
        cls.endpoints = {name: Endpoint.of(region) for name, region in cls.cluster.regions.items()}
        cls.clients = {name: endpoint.boto() for name, endpoint in cls.endpoints.items()}

    @classmethod
    def tearDownClass(cls):
        cls.cluster.stop()
        cls.folder.__exit__()

    def has(self, region, name):
        try:
            return self.clients[region].describe_table(TableName=name)["Table"]
        except botocore.exceptions.ClientError as error:
            self.assertEqual(error.response["Error"]["Code"], "ResourceNotFoundException")
            return None

    def read(self, region, name, key):
        return self.clients[region].get_item(TableName=name, Key={"id": {"S": key}}, ConsistentRead=True).get("Item")

    def replicate(self, name, region, change="Create"):
        self.clients[EAST].update_table(TableName=name, ReplicaUpdates=[{change: {"RegionName": region}}])
        wait_for_table(self.clients[EAST], name)

    def replicated(self):
        """A table in both regions."""
        name = create_table(self.clients[EAST], "id:S", StreamSpecification={
            "StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"})
        self.replicate(name, WEST)
        eventually("the other region has it", lambda: (self.has(WEST, name) or {}).get("TableStatus") == "ACTIVE")
        return name

    def test_a_table_is_where_it_was_created_until_it_gets_a_replica(self):
        name = create_table(self.clients[EAST], "id:S")
        elsewhere = create_table(self.clients[WEST], "id:S")  # the other region has heard of all before it
        self.clients[EAST].put_item(TableName=name, Item={"id": {"S": "before"}, "n": {"N": "1"}})
        self.assertIsNone(self.has(WEST, name))
        self.assertNotIn(name, self.clients[WEST].list_tables()["TableNames"])
        with self.assertRaises(botocore.exceptions.ClientError) as refused:
            self.clients[WEST].put_item(TableName=name, Item={"id": {"S": "x"}})
        self.assertEqual(refused.exception.response["Error"]["Message"], "Requested resource not found")
        self.assertIsNone(self.has(EAST, elsewhere))

        self.replicate(name, WEST)
        table = eventually("the other region has it", lambda: self.has(WEST, name))
        self.assertEqual(table["KeySchema"], [{"AttributeName": "id", "KeyType": "HASH"}])
        self.assertEqual({replica["RegionName"] for replica in self.has(EAST, name)["Replicas"]} - {EAST}, {WEST})
        eventually("what was written before arrives", lambda: self.read(WEST, name, "before"))

    def test_a_name_may_be_another_table_in_another_region(self):
        name = create_table(self.clients[EAST], "id:S")
        create_table(self.clients[WEST], "k:N", name)
        self.assertEqual(self.has(EAST, name)["KeySchema"][0]["AttributeName"], "id")
        self.assertEqual(self.has(WEST, name)["KeySchema"][0]["AttributeName"], "k")
        with self.assertRaises(botocore.exceptions.ClientError):
            self.replicate(name, WEST)

    def test_both_regions_write(self):
        name = self.replicated()
        for region, other in ((EAST, WEST), (WEST, EAST)):
            self.clients[region].put_item(TableName=name, Item={"id": {"S": region}, "from": {"S": region}})
            eventually("it arrives", lambda o=other, r=region: self.read(o, name, r))
            self.clients[region].update_item(TableName=name, Key={"id": {"S": region}}, UpdateExpression="ADD n :n",
                                             ExpressionAttributeValues={":n": {"N": "5"}})
            eventually("the change arrives", lambda o=other, r=region: self.read(o, name, r).get("n") == {"N": "5"})
        self.clients[EAST].delete_item(TableName=name, Key={"id": {"S": WEST}})
        eventually("the delete arrives", lambda: self.read(WEST, name, WEST) is None)

    def test_every_regions_stream_has_the_writes_of_all(self):
        name = self.replicated()
        for number in range(20):
            region = (EAST, WEST)[number % 2]
            self.clients[region].put_item(TableName=name, Item={"id": {"S": f"{region}-{number}"}, "n": {"N": str(number)}})
        for region in (EAST, WEST):
            eventually("all records", lambda r=region: len(self.records(r, name)) == 20)
            self.assertEqual({record["dynamodb"]["Keys"]["id"]["S"] for record in self.records(region, name)},
                             {f"{(EAST, WEST)[number % 2]}-{number}" for number in range(20)})

    def records(self, region, name):
        """All of the table's stream so far, whichever shards it has."""
        streams = self.endpoints[region].boto("dynamodbstreams")
        arn = self.has(region, name)["LatestStreamArn"]
        self.assertIn(f":{region}:", arn)
        found = []
        for shard in streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]:
            iterator = streams.get_shard_iterator(StreamArn=arn, ShardId=shard["ShardId"],
                                                  ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
            while iterator is not None:
                page = streams.get_records(ShardIterator=iterator)
                found += page["Records"]
                iterator = page.get("NextShardIterator") if page["Records"] else None
        return found

    def test_a_replica_that_is_deleted_leaves_the_others_alone(self):
        name = self.replicated()
        self.clients[WEST].put_item(TableName=name, Item={"id": {"S": "kept"}})
        eventually("it arrives", lambda: self.read(EAST, name, "kept"))
        self.replicate(name, WEST, "Delete")
        eventually("the replica is gone", lambda: self.has(WEST, name) is None)
        self.assertIsNotNone(self.read(EAST, name, "kept"))
        self.assertNotIn(WEST, {replica["RegionName"] for replica in self.has(EAST, name).get("Replicas", [])})
        # And a new one starts with what there is.
        self.clients[EAST].put_item(TableName=name, Item={"id": {"S": "meanwhile"}})
        self.replicate(name, WEST)
        eventually("the replica is back", lambda: self.has(WEST, name))
        for key in ("kept", "meanwhile"):
            eventually("it has all", lambda k=key: self.read(WEST, name, k))

    def test_indexes_and_time_to_live_are_the_same_everywhere(self):
        name = self.replicated()
        self.clients[EAST].update_table(
            TableName=name, AttributeDefinitions=[{"AttributeName": "colour", "AttributeType": "S"}],
            GlobalSecondaryIndexUpdates=[{"Create": {
                "IndexName": "byColour", "Projection": {"ProjectionType": "ALL"},
                "KeySchema": [{"AttributeName": "colour", "KeyType": "HASH"}]}}])
        wait_for_table(self.clients[EAST], name)
        self.clients[EAST].update_time_to_live(TableName=name, TimeToLiveSpecification={"Enabled": True, "AttributeName": "until"})
        self.clients[EAST].put_item(TableName=name, Item={"id": {"S": "red"}, "colour": {"S": "red"}})
        eventually("the index", lambda: "GlobalSecondaryIndexes" in self.has(WEST, name))
        wait_for_table(self.clients[WEST], name)
        eventually("it finds the item", lambda: self.clients[WEST].query(
            TableName=name, IndexName="byColour", KeyConditionExpression="colour = :c",
            ExpressionAttributeValues={":c": {"S": "red"}})["Count"] == 1)
        eventually("time to live", lambda: self.clients[WEST].describe_time_to_live(TableName=name)[
            "TimeToLiveDescription"].get("AttributeName") == "until")


if __name__ == "__main__":
    unittest.main()
