"""A stream's reader across the death of its region: every acknowledged write once, an item's in their order."""

import collections
import http.client
import threading
import unittest

import meridian
from cluster import eventually, free_ports
from dynamodb_client import Endpoint, Raw, create_table

WRITERS, ITEMS = 4, 5
# How often the region dies, and how many writes it acknowledges before each time.
DEATHS, WRITES_BETWEEN = 3, 200


class Writer(threading.Thread):
    """Sets items of its own to 1, 2, 3, … and remembers what was acknowledged. When an answer doesn't come, whether the write was
    made isn't known: the number is used up, and the next one follows once the region is back."""

    def __init__(self, endpoint, table, number, stop, counted):
        super().__init__()
        self.endpoint, self.table, self.stop, self.counted = endpoint, table, stop, counted
        self.items = [f"{number}-{item}" for item in range(ITEMS)]
        self.acknowledged = collections.defaultdict(list)
        self.unknown = collections.defaultdict(set)
        self.failure = None

    def run(self):
        try:
            self.write()
        except Exception as error:  # pylint: disable=broad-exception-caught
            self.failure = error

    def write(self):
        raw, version = Raw(self.endpoint, timeout=10), 0
        while not self.stop.is_set():
            version += 1
            for item in self.items:
                try:
                    status, answer = raw("PutItem", {"TableName": self.table, "Item": {
                        "id": {"S": item}, "version": {"N": str(version)}}})
                except (OSError, http.client.HTTPException, ValueError):
                    self.unknown[item].add(version)
                    self.stop.wait(0.01)  # the region is away; not to spin
                    continue
                if status != 200:
                    raise AssertionError(answer)
                self.acknowledged[item].append(version)
                self.counted.release()


class Reader:
    """Reads a stream, shard by shard, from its start; keeps the last sequence number of each, as a consumer does that
    remembers where it is."""

    def __init__(self, endpoint, table):
        self.endpoint = endpoint
        self.arn = endpoint.boto().describe_table(TableName=table)["Table"]["LatestStreamArn"]
        self.last = {}  # by shard
        self.versions = collections.defaultdict(list)

    def read(self):
        """All that there is by now."""
        streams = self.endpoint.boto("dynamodbstreams")
        for shard in streams.describe_stream(StreamArn=self.arn)["StreamDescription"]["Shards"]:
            self.read_shard(streams, shard["ShardId"])

    def read_shard(self, streams, shard):
        where = ({"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": self.last[shard]} if shard in self.last
                 else {"ShardIteratorType": "TRIM_HORIZON"})
        iterator = streams.get_shard_iterator(StreamArn=self.arn, ShardId=shard, **where)["ShardIterator"]
        while iterator is not None:
            page = streams.get_records(ShardIterator=iterator)
            for record in page["Records"]:
                change = record["dynamodb"]
                self.versions[change["Keys"]["id"]["S"]].append(int(change["NewImage"]["version"]["N"]))
                self.last[shard] = change["SequenceNumber"]
            iterator = page.get("NextShardIterator") if page["Records"] else None


class Streams(unittest.TestCase):
    def test_a_reader_sees_every_acknowledged_write_once_though_the_region_dies(self):
        port = free_ports(1)[0]
        with meridian.Folder() as folder:
            region = meridian.Region(folder, port=port)
            endpoint = Endpoint.of(region)
            table = create_table(endpoint.boto(), "id:S", StreamSpecification={
                "StreamEnabled": True, "StreamViewType": "NEW_IMAGE"})
            stop, counted = threading.Event(), threading.Semaphore(0)
            writers = [Writer(endpoint, table, number, stop, counted) for number in range(WRITERS)]
            reader = Reader(endpoint, table)
            for writer in writers:
                writer.start()
            try:
                for _ in range(DEATHS):
                    for _ in range(WRITES_BETWEEN):
                        self.assertTrue(counted.acquire(timeout=meridian.DEADLINE_SECONDS))  # pylint: disable=consider-using-with
                    reader.read()
                    region.process.kill()
                    region.process.wait(meridian.DEADLINE_SECONDS)
                    region.log.close()
                    region = meridian.Region(folder, port=port)
                for _ in range(WRITES_BETWEEN):
                    self.assertTrue(counted.acquire(timeout=meridian.DEADLINE_SECONDS))  # pylint: disable=consider-using-with
            finally:
                stop.set()
                for writer in writers:
                    writer.join()
            for writer in writers:
                self.assertIsNone(writer.failure)
            eventually("the reader has what was acknowledged", lambda: self.has_all(reader, writers))
            self.check(reader, writers)
            region.stop()

    def has_all(self, reader, writers):
        reader.read()
        return all(set(versions) <= set(reader.versions[item])
                   for writer in writers for item, versions in writer.acknowledged.items())

    def check(self, reader, writers):
        for writer in writers:
            for item in writer.items:
                seen = reader.versions[item]
                self.assertEqual(seen, sorted(set(seen)), f"{item}: twice, or out of order")
                made_up = set(seen) - set(writer.acknowledged[item]) - writer.unknown[item]
                self.assertEqual(made_up, set(), f"{item}: never written")


if __name__ == "__main__":
    unittest.main()
