"""Clients of DynamoDB's protocol, for a region or for any other endpoint that speaks it."""

import http.client
import itertools
import json
import time
import urllib.parse
import uuid

import boto3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

TARGETS = {"dynamodb": "DynamoDB_20120810", "dynamodbstreams": "DynamoDBStreams_20120810"}
_numbers = itertools.count()


def unique_name(base="table"):
    """A table's name that no other test uses."""
    return f"{base}-{uuid.uuid4().hex[:8]}-{next(_numbers)}"


class Endpoint:
    """Where the protocol is spoken, and as whom. A value."""

    def __init__(self, url, region="us-east-1", access_key="test", secret="test"):
        self.url, self.region, self.access_key, self.secret = url, region, access_key, secret

    @staticmethod
    def of(region):
        """A region of ours that runs (meridian.Region)."""
        env = region.client_environment()
        return Endpoint(region.endpoint, region.region, env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"])

    def boto(self, service="dynamodb", **options):
        """boto3's client; it doesn't try again, and leaves wrong parameters to the other side."""
        config = Config(retries={"total_max_attempts": 1}, parameter_validation=False, **options)
        return boto3.client(service, region_name=self.region, endpoint_url=self.url, config=config,
                            aws_access_key_id=self.access_key, aws_secret_access_key=self.secret)

    def resource(self):
        return boto3.resource("dynamodb", region_name=self.region, endpoint_url=self.url,
                              aws_access_key_id=self.access_key, aws_secret_access_key=self.secret)


class Raw:
    """Sends any JSON, or any bytes, on one connection. Threads: one at a time."""

    def __init__(self, endpoint, service="dynamodb", timeout=60):
        self.endpoint, self.target = endpoint, TARGETS[service]
        url = urllib.parse.urlsplit(endpoint.url)
        self.connection = http.client.HTTPConnection(url.hostname, url.port, timeout=timeout)
        self.signer = SigV4Auth(Credentials(endpoint.access_key, endpoint.secret), "dynamodb", endpoint.region)

    def __call__(self, operation, parameters):
        """The status, and the body as JSON."""
        data = parameters if isinstance(parameters, bytes) else json.dumps(parameters).encode()
        request = AWSRequest("POST", self.endpoint.url + "/", data=data, headers={
            "Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": f"{self.target}.{operation}"})
        self.signer.add_auth(request)
        try:
            self.connection.request("POST", "/", data, dict(request.headers.items()))
            answer = self.connection.getresponse()
            return answer.status, json.loads(answer.read())
        except (OSError, http.client.HTTPException):
            self.connection.close()
            raise

    def close(self):
        self.connection.close()


def wait_for_table(client, name, seconds=60):
    """The description, once the table and its indexes are active."""
    deadline = time.monotonic() + seconds
    while True:
        table = client.describe_table(TableName=name)["Table"]
        indexes = table.get("GlobalSecondaryIndexes", [])
        if table["TableStatus"] == "ACTIVE" and all(index["IndexStatus"] == "ACTIVE" for index in indexes):
            return table
        if time.monotonic() > deadline:
            raise AssertionError(f"not active within {seconds} s: {table}")
        time.sleep(0.02)


def create_table(client, key, name=None, **options):
    """`key`: "id:S" or "id:S at:N"; the attributes of indexes are given as `attributes`, in the same way.
    The table's name, once it is active."""
    name = name or unique_name()
    parts = [part.split(":") for part in key.split()]
    attributes = parts + [part.split(":") for part in options.pop("attributes", "").split()]
    client.create_table(
        TableName=name, BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": attribute, "AttributeType": kind} for attribute, kind in attributes],
        KeySchema=[{"AttributeName": part[0], "KeyType": kind} for part, kind in zip(parts, ("HASH", "RANGE"))],
        **options)
    wait_for_table(client, name)
    return name


def index(name, key, projection="ALL", attributes=None):
    """An index, as CreateTable takes it. `key`: "a" or "a b"."""
    shown = {"ProjectionType": projection} | ({"NonKeyAttributes": attributes} if attributes else {})
    return {"IndexName": name, "Projection": shown,
            "KeySchema": [{"AttributeName": part, "KeyType": kind} for part, kind in zip(key.split(), ("HASH", "RANGE"))]}
