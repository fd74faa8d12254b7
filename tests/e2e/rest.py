"""A client of the management API that signs what it sends, on one connection that it keeps."""

import http.client
import json
import ssl
import urllib.parse

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"{self.status} {self.body[:300]!r}"


class Rest:
    """Threads: one at a time."""

    def __init__(self, region, credentials=None):
        env = region.client_environment() if credentials is None else None
        self.region = region
        self.credentials = Credentials(*(credentials or (env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"])))
        url = urllib.parse.urlsplit(region.endpoint)
        self.connection = (http.client.HTTPSConnection(url.hostname, url.port, context=ssl._create_unverified_context())
                           if url.scheme == "https" else http.client.HTTPConnection(url.hostname, url.port))

    def open(self, method, path, body=None, **headers):
        """The answer with its body still to be read. `body` is sent as it is when it is text or bytes, else as JSON.
        Headers: If_Match="…"."""
        data = body if body is None or isinstance(body, (str, bytes)) else json.dumps(body)
        data = data.encode() if isinstance(data, str) else data
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        if data is not None:
            headers.setdefault("Content-Type", "application/json")
        request = AWSRequest(method, self.region.endpoint + path, data=data, headers=headers)
        SigV4Auth(self.credentials, "execute-api", self.region.region).add_auth(request)
        self.connection.request(method, path, data, dict(request.headers.items()))
        return self.connection.getresponse()

    def __call__(self, method, path, body=None, **headers):
        answer = self.open(method, path, body, **headers)
        return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read().decode())
