#!/usr/bin/python3
"""Signs random requests with botocore.

usage: botocore_peer.py SEED COUNT

A line a request, tab-separated: form (header or query), timestamp, then in hexadecimal: session token, method,
target, body, and the name and value of each header. Credentials: those of AWS's test suite; eu-west-1, lambda.
"""
import random
import sys

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from urllib.parse import quote, urlsplit

SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
TEXTS = ["", "a", "B", "z~_-.", "ü", "ሴ", "a b", "1+1", "a/b", "%41", "=", "&", "?", "*'()!", "\x00", "$LATEST", "é%"]


def text(rng):
    return "".join(rng.choice(TEXTS) for _ in range(rng.randrange(4)))


def path(rng):
    segments = [rng.choice(["", ".", "..", "x", quote(text(rng), safe="~")]) for _ in range(rng.randrange(6))]
    return "/" + "/".join(segments)


def query(rng):
    pairs = [(quote(text(rng) or "k", safe="-_.~"), quote(text(rng), safe="-_.~")) for _ in range(rng.randrange(5))]
    return "&".join(name + "=" + value for name, value in pairs)


def headers(rng):
    choices = [("Content-Type", "application/json"), ("X-Amz-Target", "DynamoDB_20120810.GetItem"),
               ("My-Header", "  a   b\tc  "), ("user-agent", "test/1"), ("Zz", '"  quoted   text "'), ("Accept", "*/*")]
    return dict(rng.sample(choices, rng.randrange(len(choices))))


def main():
    rng = random.Random(int(sys.argv[1]))
    for _ in range(int(sys.argv[2])):
        token = rng.choice([None, None, "AQoD/token+of/==" + str(rng.random())])
        credentials = Credentials("AKIDEXAMPLE", SECRET, token)
        form = rng.choice(["header", "query"])
        url = "http://" + rng.choice(["127.0.0.1:7402", "lambda.eu-west-1.amazonaws.com"]) + path(rng)
        parameters = query(rng)
        if parameters:
            url += "?" + parameters
        # In the query form botocore moves the body into the query.
        size = rng.choice([0, 1, 100]) if form == "header" else 0
        body = bytes(rng.randrange(256) for _ in range(size))
        request = AWSRequest(method=rng.choice(["GET", "POST", "PUT", "DELETE"]), url=url, data=body,
                             headers=headers(rng))
        auth = botocore.auth.SigV4Auth if form == "header" else botocore.auth.SigV4QueryAuth
        auth(credentials, "lambda", "eu-west-1").add_auth(request)

        parts = urlsplit(request.url)
        target = parts.path + ("?" + parts.query if parts.query else "")
        fields = [token or "", request.method, target]
        line = [form, request.context["timestamp"]] + [field.encode().hex() for field in fields] + [body.hex()]
        for name, value in [("Host", parts.netloc)] + list(request.headers.items()):
            line += [name.encode().hex(), value.encode().hex()]
        print("\t".join(line))


main()
