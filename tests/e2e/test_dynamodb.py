"""DynamoDB's protocol as boto3 speaks it: the same checks for a region and for another implementation, so that it is the
service's behaviour that is checked and not ours."""

import concurrent.futures
import decimal
import functools
import unittest

import botocore.exceptions

import meridian
from cluster import eventually
from dynamodb_client import Endpoint, Raw, create_table, index, unique_name, wait_for_table
from dynamodb_peer import Peer


def needs(feature):
    """Leaves a check out where the other implementation has nothing to check."""
    def decorate(test):
        @functools.wraps(test)
        def guarded(self):
            if feature in self.lacks:
                self.skipTest(f"the peer has no {feature}")
            test(self)
        return guarded
    return decorate


class Checks:
    """endpoint and lacks come from the classes below."""

    lacks = frozenset()

    @classmethod
    def setUpClass(cls):
        cls.start()
        cls.client = cls.endpoint.boto()
        cls.plain = create_table(cls.client, "id:S")
        cls.sorted = create_table(cls.client, "id:S place:N")

    def refused(self, call, **parameters):
        """What the service says of it: "Code: message". Its newer regions put "1 validation error detected" before some texts that
        its older ones say bare."""
        with self.assertRaises(botocore.exceptions.ClientError) as caught:
            call(**parameters)
        error = caught.exception.response["Error"]
        self.assertEqual(caught.exception.response["ResponseMetadata"]["HTTPStatusCode"], 400)
        return f"{error['Code']}: {error['Message'].removeprefix('1 validation error detected: ')}"

    def put(self, name, **item):
        self.client.put_item(TableName=name, Item=item)

    def get(self, name, **key):
        return self.client.get_item(TableName=name, Key=key, ConsistentRead=True).get("Item")

    # Items.

    def test_values_of_every_type_come_back_as_they_were(self):
        item = {"id": {"S": "types"}, "text": {"S": "ünï\u0000\U0001f600"}, "empty": {"S": ""}, "bytes": {"B": b"\x00\xff"},
                "number": {"N": "-123.456"}, "zero": {"N": "0"}, "yes": {"BOOL": True}, "nothing": {"NULL": True},
                "list": {"L": [{"N": "1"}, {"L": []}, {"M": {}}]}, "map": {"M": {"a.b": {"M": {"c": {"S": "deep"}}}}}}
        self.put(self.plain, **item)
        self.assertEqual(self.get(self.plain, id={"S": "types"}), item)
        sets = {"id": {"S": "sets"}, "SS": {"SS": ["b", "a"]}, "NS": {"NS": ["2", "1"]}, "BS": {"BS": [b"b", b"a"]}}
        self.put(self.plain, **sets)
        read = self.get(self.plain, id={"S": "sets"})
        for kind in ("SS", "NS", "BS"):
            self.assertCountEqual(read[kind][kind], sets[kind][kind])

    def test_numbers_are_kept_in_their_shortest_form(self):
        cases = {"1.0": "1", "-0": "0", "1e3": "1000", "0.10": "0.1", "1E-3": "0.001", "007": "7",
                 "12345678901234567890123456789012345678": "12345678901234567890123456789012345678"}
        for given, kept in cases.items():
            self.put(self.plain, id={"S": "number"}, n={"N": given})
            self.assertEqual(decimal.Decimal(self.get(self.plain, id={"S": "number"})["n"]["N"]), decimal.Decimal(kept))

    def test_return_values(self):
        key = {"id": {"S": "returned"}}
        self.put(self.plain, **key, a={"N": "1"}, b={"N": "1"})
        for wanted, shown in (("ALL_OLD", {**key, "a": {"N": "1"}, "b": {"N": "1"}}), ("UPDATED_OLD", {"a": {"N": "2"}}),
                              ("ALL_NEW", {**key, "a": {"N": "4"}, "b": {"N": "1"}}), ("UPDATED_NEW", {"a": {"N": "5"}}),
                              ("NONE", None)):
            answer = self.client.update_item(TableName=self.plain, Key=key, UpdateExpression="SET a = a + :one",
                                             ExpressionAttributeValues={":one": {"N": "1"}}, ReturnValues=wanted)
            self.assertEqual(answer.get("Attributes"), shown, wanted)
        old = self.client.put_item(TableName=self.plain, Item=key, ReturnValues="ALL_OLD")["Attributes"]
        self.assertEqual(old["a"], {"N": "6"})
        self.assertEqual(self.client.delete_item(TableName=self.plain, Key=key, ReturnValues="ALL_OLD")["Attributes"], key)
        self.assertNotIn("Attributes", self.client.delete_item(TableName=self.plain, Key=key, ReturnValues="ALL_OLD"))
        self.assertIsNone(self.get(self.plain, **key))

    def test_update_expressions(self):
        key = {"id": {"S": "updated"}}
        steps = (
            ("SET m = :m, l = :l", {":m": {"M": {"x": {"N": "1"}}}, ":l": {"L": [{"S": "a"}, {"S": "b"}]}}),
            ("SET m.x = m.x + :n, m.y = if_not_exists(m.y, :n)", {":n": {"N": "5"}}),
            ("SET l = list_append(l, :l) REMOVE l[0]", {":l": {"L": [{"S": "c"}]}}),
            ("ADD c :n, s :s", {":n": {"N": "2"}, ":s": {"SS": ["p", "q"]}}),
            ("ADD c :n DELETE s :s", {":n": {"N": "-0.5"}, ":s": {"SS": ["p"]}}),
        )
        for expression, values in steps:
            if "REMOVE l[0]" in expression:  # two changes of one path
                self.assertIn("Two document paths overlap with each other", self.refused(
                    self.client.update_item, TableName=self.plain, Key=key, UpdateExpression=expression,
                    ExpressionAttributeValues=values))
                continue
            self.client.update_item(TableName=self.plain, Key=key, UpdateExpression=expression,
                                    ExpressionAttributeValues=values)
        self.assertEqual(self.get(self.plain, **key), {
            **key, "m": {"M": {"x": {"N": "6"}, "y": {"N": "5"}}}, "l": {"L": [{"S": "a"}, {"S": "b"}]},
            "c": {"N": "1.5"}, "s": {"SS": ["q"]}})

    def test_conditions(self):
        key = {"id": {"S": "conditional"}}
        put = functools.partial(self.client.put_item, TableName=self.plain, Item={**key, "v": {"N": "7"}})
        put(ConditionExpression="attribute_not_exists(id)")
        failed = "ConditionalCheckFailedException: The conditional request failed"
        self.assertEqual(self.refused(put, ConditionExpression="attribute_not_exists(id)"), failed)
        holds = ("v = :n", "v <> :m", "v BETWEEN :m AND :n", "v IN (:m, :n)", "NOT v < :n", "attribute_type(v, :t)",
                 "begins_with(id, :p) AND contains(id, :c)", "size(id) > :m OR v = :m")
        values = {":n": {"N": "7"}, ":m": {"N": "3"}, ":t": {"S": "N"}, ":p": {"S": "cond"}, ":c": {"S": "ition"}}
        for condition in holds:
            used = {name: value for name, value in values.items() if name in condition}
            put(ConditionExpression=condition, ExpressionAttributeValues=used)
            if "OR" not in condition:
                self.assertEqual(self.refused(put, ConditionExpression=f"NOT ({condition})",
                                              ExpressionAttributeValues=used), failed, condition)

    def test_projections(self):
        self.put(self.plain, id={"S": "projected"}, a={"N": "1"}, m={"M": {"x": {"N": "1"}, "y": {"N": "2"}}},
                 l={"L": [{"N": "0"}, {"N": "1"}, {"N": "2"}]})
        seen = self.client.get_item(TableName=self.plain, Key={"id": {"S": "projected"}}, ExpressionAttributeNames={"#m": "m"},
                                    ProjectionExpression="a, #m.y, l[2], l[0], lacking")["Item"]
        self.assertEqual(seen, {"a": {"N": "1"}, "m": {"M": {"y": {"N": "2"}}}, "l": {"L": [{"N": "0"}, {"N": "2"}]}})

    def test_older_parameters(self):
        key = {"id": {"S": "older"}}
        self.client.update_item(TableName=self.plain, Key=key, AttributeUpdates={
            "n": {"Action": "ADD", "Value": {"N": "2"}}, "s": {"Value": {"S": "x"}}})
        self.client.update_item(TableName=self.plain, Key=key, AttributeUpdates={"s": {"Action": "DELETE"}},
                                Expected={"n": {"ComparisonOperator": "GE", "AttributeValueList": [{"N": "2"}]}})
        self.assertEqual(self.client.get_item(TableName=self.plain, Key=key, AttributesToGet=["n", "s"])["Item"],
                         {"n": {"N": "2"}})
        self.assertIn("ConditionalCheckFailedException", self.refused(
            self.client.delete_item, TableName=self.plain, Key=key, Expected={"n": {"Exists": False}}))

    # Many items.

    def fill(self, partition, count, **more):
        """Items at 0, 1, … in the sorted table."""
        for at in range(0, count, 25):
            requests = [{"PutRequest": {"Item": {"id": {"S": partition}, "place": {"N": str(n)}, "even": {"N": str(1 - n % 2)},
                                                 **more}}} for n in range(at, min(at + 25, count))]
            self.assertEqual(self.client.batch_write_item(RequestItems={self.sorted: requests})["UnprocessedItems"], {})

    def query(self, **parameters):
        return self.client.query(TableName=self.sorted, **parameters)

    def test_queries(self):
        self.fill("queried", 30)
        values = {":id": {"S": "queried"}, ":a": {"N": "9"}, ":b": {"N": "20"}}
        for condition, expected in (("id = :id", range(30)), ("id = :id AND place < :a", range(9)),
                                    ("id = :id AND place >= :b", range(20, 30)), ("place BETWEEN :a AND :b AND id = :id", range(9, 21))):
            used = {name: value for name, value in values.items() if name in condition}
            for forward in (True, False):
                answer = self.query(KeyConditionExpression=condition, ExpressionAttributeValues=used, ScanIndexForward=forward)
                self.assertEqual([int(item["place"]["N"]) for item in answer["Items"]],
                                 list(expected) if forward else list(expected)[::-1], condition)
        filtered = self.query(KeyConditionExpression="id = :id", FilterExpression="even = :yes",
                              ExpressionAttributeValues={":id": values[":id"], ":yes": {"N": "1"}})
        self.assertEqual((filtered["Count"], filtered["ScannedCount"]), (15, 30))
        counted = self.query(KeyConditionExpression="id = :id", Select="COUNT", ExpressionAttributeValues={":id": values[":id"]})
        self.assertEqual((counted["Count"], "Items" in counted), (30, False))
        older = self.query(KeyConditions={"id": {"ComparisonOperator": "EQ", "AttributeValueList": [values[":id"]]}},
                           QueryFilter={"even": {"ComparisonOperator": "EQ", "AttributeValueList": [{"N": "0"}]}})
        self.assertEqual((older["Count"], older["ScannedCount"]), (15, 30))

    def test_pages(self):
        self.fill("paged", 23)
        seen, sizes, start = [], [], {}
        while True:
            page = self.query(KeyConditionExpression="id = :id", ExpressionAttributeValues={":id": {"S": "paged"}}, Limit=10, **start)
            seen += [int(item["place"]["N"]) for item in page["Items"]]
            sizes.append(page["Count"])
            if "LastEvaluatedKey" not in page:
                break
            self.assertEqual(page["LastEvaluatedKey"], {"id": {"S": "paged"}, "place": {"N": str(seen[-1])}})
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
        self.assertEqual((seen, sizes), (list(range(23)), [10, 10, 3]))

    def test_a_page_ends_at_a_megabyte(self):
        self.fill("large", 30, ballast={"S": "x" * 50_000})
        page = self.query(KeyConditionExpression="id = :id", ExpressionAttributeValues={":id": {"S": "large"}})
        self.assertEqual(page["Count"], 21)
        self.assertEqual(page["LastEvaluatedKey"]["place"], {"N": "20"})

    def test_scans_in_segments_see_each_item_once(self):
        name = create_table(self.client, "id:S")
        for first in range(0, 100, 25):
            self.client.batch_write_item(RequestItems={name: [
                {"PutRequest": {"Item": {"id": {"S": f"item-{n}"}, "n": {"N": str(n)}}}} for n in range(first, first + 25)]})

        def segment(number, total):
            pages = self.endpoint.boto().get_paginator("scan").paginate(
                TableName=name, Segment=number, TotalSegments=total, PaginationConfig={"PageSize": 7})
            return [item["id"]["S"] for page in pages for item in page["Items"]]

        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            seen = [item for items in pool.map(segment, range(4), [4] * 4) for item in items]
        self.assertCountEqual(seen, [f"item-{n}" for n in range(100)])
        answer = self.client.scan(TableName=name, FilterExpression="n >= :n", ExpressionAttributeValues={":n": {"N": "90"}})
        self.assertEqual((answer["Count"], answer["ScannedCount"]), (10, 100))

    def test_batches(self):
        names = [self.plain, create_table(self.client, "k:N")]
        items = {names[0]: [{"id": {"S": f"batch-{n}"}} for n in range(12)], names[1]: [{"k": {"N": str(n)}} for n in range(13)]}
        self.client.batch_write_item(RequestItems={
            name: [{"PutRequest": {"Item": item}} for item in of] for name, of in items.items()})
        keys = {name: {"Keys": of + [dict.fromkeys(of[0], {"N": "99"} if name == names[1] else {"S": "absent"})]}
                for name, of in items.items()}
        answer = self.client.batch_get_item(RequestItems=keys)
        self.assertEqual(answer["UnprocessedKeys"], {})
        for name in names:
            self.assertCountEqual(answer["Responses"][name], items[name])
        self.client.batch_write_item(RequestItems={names[1]: [{"DeleteRequest": {"Key": key}} for key in items[names[1]]]})
        self.assertEqual(self.client.scan(TableName=names[1])["Count"], 0)

    # Indexes.

    def test_indexes(self):
        name = create_table(
            self.client, "id:S place:N", attributes="owner:S score:N",
            GlobalSecondaryIndexes=[index("byOwner", "owner score"), index("keys", "owner", "KEYS_ONLY")],
            LocalSecondaryIndexes=[index("byScore", "id score", "INCLUDE", ["note"])])
        for n in range(10):
            item = {"id": {"S": f"p{n % 2}"}, "place": {"N": str(n)}, "score": {"N": str(100 - n)}, "note": {"S": "n"}, "more": {"S": "m"}}
            self.put(name, **item, **({"owner": {"S": f"o{n % 3}"}} if n < 9 else {}))

        def found(index_name, condition, values, **options):
            answer = self.client.query(TableName=name, IndexName=index_name, KeyConditionExpression=condition,
                                       ExpressionAttributeValues=values, **options)
            return answer["Items"]

        # Other regions of the service show a write in a global index a moment later.
        eventually("the index has all", lambda: len(found("byOwner", "#o = :o", {":o": {"S": "o1"}},
                                                          ExpressionAttributeNames={"#o": "owner"})) == 3)
        by_owner = found("byOwner", "#o = :o AND score > :s", {":o": {"S": "o0"}, ":s": {"N": "95"}},
                         ExpressionAttributeNames={"#o": "owner"})
        self.assertEqual([item["place"]["N"] for item in by_owner], ["3", "0"])
        self.assertEqual(by_owner[0]["more"], {"S": "m"})
        keys = found("keys", "#o = :o", {":o": {"S": "o2"}}, ExpressionAttributeNames={"#o": "owner"})
        self.assertEqual({frozenset(item) for item in keys}, {frozenset({"id", "place", "owner"})})
        local = found("byScore", "id = :id", {":id": {"S": "p1"}}, ConsistentRead=True)
        self.assertEqual([item["place"]["N"] for item in local], ["9", "7", "5", "3", "1"])
        self.assertEqual(set(local[0]), {"id", "place", "score", "note"})
        self.assertEqual(self.client.scan(TableName=name, IndexName="byOwner")["Count"], 9)
        self.client.delete_item(TableName=name, Key={"id": {"S": "p0"}, "place": {"N": "0"}})
        self.assertEqual(self.client.scan(TableName=name, IndexName="byOwner")["Count"], 8)

    @needs("on-demand tables")
    def test_an_index_that_is_added_later_has_what_was_there(self):
        for n in range(40):
            self.put(self.plain, id={"S": f"indexed-{n}"}, colour={"S": "red" if n % 4 else "blue"})
        self.client.update_table(
            TableName=self.plain, AttributeDefinitions=[{"AttributeName": "colour", "AttributeType": "S"}],
            GlobalSecondaryIndexUpdates=[{"Create": index("byColour", "colour")}])
        wait_for_table(self.client, self.plain)
        self.assertEqual(self.client.query(
            TableName=self.plain, IndexName="byColour", KeyConditionExpression="colour = :c",
            ExpressionAttributeValues={":c": {"S": "blue"}})["Count"], 10)
        self.client.update_table(TableName=self.plain, GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "byColour"}}])
        eventually("the index is gone", lambda: "GlobalSecondaryIndexes" not in wait_for_table(self.client, self.plain))

    # Transactions.

    @needs("transactions")
    def test_transactions(self):
        def update(name, amount, condition="attribute_exists(id)"):
            return {"Update": {"TableName": self.plain, "Key": {"id": {"S": name}}, "UpdateExpression": "ADD n :n",
                               "ConditionExpression": condition, "ExpressionAttributeValues": {":n": {"N": amount}}}}

        for name in ("one", "two"):
            self.put(self.plain, id={"S": name}, n={"N": "10"})
        token = unique_name("token")
        for _ in range(2):  # the second one is known, and does nothing
            self.client.transact_write_items(TransactItems=[update("one", "-3"), update("two", "3")], ClientRequestToken=token)
        read = self.client.transact_get_items(TransactItems=[
            {"Get": {"TableName": self.plain, "Key": {"id": {"S": name}}}} for name in ("one", "two", "absent")])["Responses"]
        self.assertEqual([answer.get("Item", {}).get("n") for answer in read], [{"N": "7"}, {"N": "13"}, None])
        self.assertEqual(
            self.refused(self.client.transact_write_items, TransactItems=[update("one", "1"), update("absent", "1")]),
            "TransactionCanceledException: Transaction cancelled, please refer cancellation reasons for specific reasons "
            "[None, ConditionalCheckFailed]")
        self.assertEqual(self.get(self.plain, id={"S": "one"})["n"], {"N": "7"})
        self.assertIn("IdempotentParameterMismatchException", self.refused(
            self.client.transact_write_items, TransactItems=[update("one", "9")], ClientRequestToken=token))

    # Tables.

    def test_tables(self):
        names = sorted(create_table(self.client, "id:S", unique_name("listed")) for _ in range(3))
        first = self.client.list_tables(Limit=1, ExclusiveStartTableName=names[0])
        self.assertEqual((first["TableNames"], first["LastEvaluatedTableName"]), ([names[1]], names[1]))
        table = self.client.describe_table(TableName=names[0])["Table"]
        self.assertTrue(table["TableArn"].endswith(f":table/{names[0]}"))
        self.assertEqual(table["KeySchema"], [{"AttributeName": "id", "KeyType": "HASH"}])
        self.assertEqual((table["ItemCount"], table["TableSizeBytes"]), (0, 0))
        self.assertIn("ResourceInUseException", self.refused(
            self.client.create_table, TableName=names[0], BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}]))
        self.client.delete_table(TableName=names[0])
        gone = f"ResourceNotFoundException: Requested resource not found: Table: {names[0]} not found"
        eventually("it is gone", lambda: names[0] not in self.client.list_tables()["TableNames"])
        self.assertEqual(self.refused(self.client.describe_table, TableName=names[0]), gone)
        self.assertEqual(self.refused(self.client.scan, TableName=names[0]),
                         "ResourceNotFoundException: Requested resource not found")

    def test_tags(self):
        arn = self.client.describe_table(TableName=self.sorted)["Table"]["TableArn"]
        self.client.tag_resource(ResourceArn=arn, Tags=[{"Key": "team", "Value": "calls"}, {"Key": "stage", "Value": "test"}])
        tags = lambda: {tag["Key"]: tag["Value"] for tag in self.client.list_tags_of_resource(ResourceArn=arn)["Tags"]}
        eventually("the tags", lambda: tags() == {"team": "calls", "stage": "test"})
        self.client.untag_resource(ResourceArn=arn, TagKeys=["stage"])
        eventually("one tag", lambda: tags() == {"team": "calls"})

    @needs("ttl")
    def test_time_to_live_is_switched_on_and_told(self):
        name = create_table(self.client, "id:S")
        self.assertEqual(self.client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]["TimeToLiveStatus"], "DISABLED")
        given = {"Enabled": True, "AttributeName": "until"}
        self.assertEqual(self.client.update_time_to_live(TableName=name, TimeToLiveSpecification=given)["TimeToLiveSpecification"], given)
        told = self.client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
        self.assertIn(told["TimeToLiveStatus"], ("ENABLED", "ENABLING"))
        self.assertEqual(told["AttributeName"], "until")

    @needs("streams")
    def test_streams(self):
        name = create_table(self.client, "id:S", StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"})
        arn = self.client.describe_table(TableName=name)["Table"]["LatestStreamArn"]
        self.put(name, id={"S": "a"}, n={"N": "1"})
        self.put(name, id={"S": "a"}, n={"N": "1"})  # changes nothing: no record
        self.put(name, id={"S": "a"}, n={"N": "2"})
        self.client.delete_item(TableName=name, Key={"id": {"S": "a"}})
        streams = self.endpoint.boto("dynamodbstreams")
        self.assertEqual([stream["StreamArn"] for stream in streams.list_streams(TableName=name)["Streams"]], [arn])
        records = []

        def read():
            records.clear()
            for shard in streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]:
                iterator = streams.get_shard_iterator(StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON")
                records.extend(streams.get_records(ShardIterator=iterator["ShardIterator"])["Records"])
            return len(records) >= 3

        eventually("all records", read)
        self.assertEqual([record["eventName"] for record in records], ["INSERT", "MODIFY", "REMOVE"])
        images = [(record["dynamodb"].get("OldImage", {}).get("n"), record["dynamodb"].get("NewImage", {}).get("n")) for record in records]
        self.assertEqual(images, [(None, {"N": "1"}), ({"N": "1"}, {"N": "2"}), ({"N": "2"}, None)])
        numbers = [int(record["dynamodb"]["SequenceNumber"]) for record in records]
        self.assertEqual(numbers, sorted(set(numbers)))

    def test_consumed_capacity(self):
        def units(call, **parameters):
            return call(TableName=self.plain, ReturnConsumedCapacity="TOTAL", **parameters)["ConsumedCapacity"]["CapacityUnits"]

        item = {"id": {"S": "weighed"}, "ballast": {"S": "x" * 5000}}
        self.assertEqual(units(self.client.put_item, Item=item), 5)
        self.assertEqual(units(self.client.get_item, Key={"id": item["id"]}), 1)
        self.assertEqual(units(self.client.get_item, Key={"id": item["id"]}, ConsistentRead=True), 2)
        self.assertEqual(units(self.client.delete_item, Key={"id": item["id"]}), 5)

    # What is refused.

    def test_refusals(self):
        key, none = {"id": {"S": "x"}}, {"S": ""}
        client, name = self.client, self.plain
        update = functools.partial(client.update_item, TableName=name, Key=key)
        cases = (
            (lambda: client.get_item(TableName="no-such-table", Key=key), "ResourceNotFoundException: Requested resource not found"),
            (lambda: client.get_item(TableName=name, Key={"other": none}),
             "ValidationException: The provided key element does not match the schema"),
            (lambda: client.get_item(TableName=name, Key={"id": {"N": "1"}}),
             "ValidationException: The provided key element does not match the schema"),
            (lambda: client.put_item(TableName=name, Item={"a": {"S": "x"}}),
             "ValidationException: One or more parameter values were invalid: Missing the key id in the item"),
            (lambda: client.put_item(TableName=name, Item={**key, "n": {"N": "many"}}),
             "ValidationException: The parameter cannot be converted to a numeric value: many"),
            (lambda: client.put_item(TableName=name, Item={**key, "s": {"SS": []}}),
             "ValidationException: One or more parameter values were invalid: An string set  may not be empty"),
            (lambda: update(UpdateExpression="SET name = :v", ExpressionAttributeValues={":v": none}),
             "ValidationException: Invalid UpdateExpression: Attribute name is a reserved keyword; reserved keyword: name"),
            (lambda: update(UpdateExpression="SET a = :v"),
             "ValidationException: Invalid UpdateExpression: An expression attribute value used in expression is not defined; "
             "attribute value: :v"),
            (lambda: update(UpdateExpression="SET a = :v", ExpressionAttributeValues={":v": none, ":w": none}),
             "ValidationException: Value provided in ExpressionAttributeValues unused in expressions: keys: {:w}"),
            (lambda: update(UpdateExpression="SET id = :v", ExpressionAttributeValues={":v": none}),
             "ValidationException: One or more parameter values were invalid: Cannot update attribute id. "
             "This attribute is part of the key"),
            (lambda: client.batch_write_item(RequestItems={name: [{"DeleteRequest": {"Key": key}}] * 2}),
             "ValidationException: Provided list of item keys contains duplicates"),
            (lambda: client.query(TableName=name, KeyConditionExpression="a = :v", ExpressionAttributeValues={":v": none}),
             "ValidationException: Query condition missed key schema element: id"),
            (lambda: client.query(TableName=name, IndexName="none", KeyConditionExpression="a = :v",
                                  ExpressionAttributeValues={":v": none}),
             "ValidationException: The table does not have the specified index: none"),
        )
        for call, expected in cases:
            with self.subTest(expected):
                self.assertEqual(self.refused(call), expected)

    def test_an_item_of_more_than_400_kilobytes_is_refused(self):
        largest = 400 * 1024 - len("id" "xx" "b")
        self.put(self.plain, id={"S": "xx"}, b={"S": "b" * largest})
        self.assertEqual(self.refused(self.client.put_item, TableName=self.plain,
                                      Item={"id": {"S": "xx"}, "b": {"S": "b" * (largest + 1)}}),
                         "ValidationException: Item size has exceeded the maximum allowed size")

    def test_what_is_no_request_at_all(self):
        raw = Raw(self.endpoint)
        for body in (b"", b"{", b"\xff"):
            status, answer = raw("GetItem", body)
            self.assertEqual(status, 400, body)
            self.assertIn("SerializationException", answer["__type"])
        status, answer = raw("NoSuchOperation", {})
        self.assertEqual(status, 400)
        self.assertIn("UnknownOperationException", answer["__type"])
        status, answer = raw("PutItem", {"TableName": 7})
        self.assertIn("SerializationException", answer["__type"])
        raw.close()


class Region(Checks, unittest.TestCase):
    @classmethod
    def start(cls):
        cls.folder = meridian.Folder()
        cls.region = meridian.Region(cls.folder.path)
        cls.endpoint = Endpoint.of(cls.region)

    @classmethod
    def tearDownClass(cls):
        cls.region.stop()
        cls.folder.__exit__()


class Other(Checks, unittest.TestCase):
    @classmethod
    def start(cls):
        cls.peer = Peer()
        cls.endpoint, cls.lacks = cls.peer.endpoint, cls.peer.lacks

    @classmethod
    def tearDownClass(cls):
        cls.peer.stop()


if __name__ == "__main__":
    unittest.main()
