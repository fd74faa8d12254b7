"""A client of the management API that signs with a clock of its own: a region whose clock was set wrong takes only what
is signed by it."""

import datetime
import hashlib
import hmac
import http.client
import json
import time


class Answer:
    def __init__(self, status, body):
        self.status, self.body = status, body

    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"{self.status} {self.body[:300]!r}"


class SignedClient:
    """One connection, made again when it broke. Threads: one at a time."""

    def __init__(self, region, port, credentials, timeout, offset=lambda: 0):
        """`offset`: how far the region's clock is ahead, in seconds."""
        self.region, self.port, self.credentials, self.timeout = region, port, credentials, timeout
        self.offset = offset
        self.connection = None

    def __call__(self, method, path, body=None, **headers):
        """OSError, http.client.HTTPException: whether the request was served is not known."""
        data = b"" if body is None else json.dumps(body).encode()
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None:
            headers["Content-Type"] = "application/json"
        headers.update(self.signature(method, path, data, time.time() + self.offset()))
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.timeout)
        try:
            self.connection.request(method, path, data or None, headers)
            answer = self.connection.getresponse()
            return Answer(answer.status, answer.read().decode())
        except (OSError, http.client.HTTPException):
            self.close()
            raise

    def close(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def signature(self, method, target, data, now):
        """Signature Version 4, as the header form has it. The target's query is in canonical order already."""
        access_key, secret = self.credentials
        at = datetime.datetime.fromtimestamp(now, datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        scope = f"{at[:8]}/{self.region}/execute-api/aws4_request"
        path, _, query = target.partition("?")
        canonical = "\n".join([method, path.replace("%", "%25"), query, f"host:127.0.0.1:{self.port}", f"x-amz-date:{at}",
                               "", "host;x-amz-date", hashlib.sha256(data).hexdigest()])
        text = "\n".join(["AWS4-HMAC-SHA256", at, scope, hashlib.sha256(canonical.encode()).hexdigest()])
        key = f"AWS4{secret}".encode()
        for part in (at[:8], self.region, "execute-api", "aws4_request", text):
            key = hmac.digest(key, part.encode(), "sha256")
        return {"X-Amz-Date": at,
                "Authorization": f"AWS4-HMAC-SHA256 Credential={access_key}/{scope}, "
                                 f"SignedHeaders=host;x-amz-date, Signature={key.hex()}"}
