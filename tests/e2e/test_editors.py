"""Many people edit the same few rules at once, some retrying, some with stale versions, some deleting: no edit is lost,
every refusal says what is stored, and the history of each rule replays to what the table holds.

MERIDIAN_EDITORS_SECONDS: for how long (5)."""

import os
import random
import threading
import time
import unittest

import meridian
from rest import Rest

EDITORS = 32
SECONDS = float(os.environ.get("MERIDIAN_EDITORS_SECONDS", "5"))
PATHS = [f"/routing/%2B1800555{n:04}/{region}" for n in range(4) for region in ("us-east-1", "eu-west-1")]


def content(item):
    return {k: v for k, v in (item or {}).items() if k not in ("version", "lastUpdated")}


class Editor(threading.Thread):
    """Edits at random, and keeps what it was told."""

    def __init__(self, region, number, end):
        super().__init__()
        self.rest, self.random, self.number, self.end = Rest(region), random.Random(number), number, end
        self.seen = {}  # path → the version that it believes is stored; None: nothing is
        self.accepted = []  # (path, change id, content afterwards)
        self.conflicts, self.wrong, self.steps = 0, [], 0

    def run(self):
        try:
            while time.monotonic() < self.end:
                self.step(self.random.choice(PATHS))
        except Exception as error:  # pylint: disable=broad-except
            self.wrong.append(repr(error))

    def step(self, path):
        self.steps += 1
        what = self.random.random()
        if what < 0.15:
            self.read(path)
            return
        version = self.seen.get(path)
        if what < 0.25 and version:
            version -= 1  # stale for certain
        body = {"queueId": f"queue-{self.number}-{self.steps}", "contactFlowId": "flow"}
        headers = {"X_Change_Reason": f"editor {self.number}, step {self.steps}"}
        if version:
            if self.random.random() < 0.5:
                headers["If_Match"] = f'"{version}"'
            else:
                body["version"] = version
        if what < 0.35:
            method, body = "DELETE", None
            headers["If_Match"] = f'"{version or 1}"'
        else:
            method = "PUT"
        for _ in range(2 if self.random.random() < 0.2 else 1):  # an impatient client sends it twice
            self.note(path, method, self.rest(method, path, body, **headers))

    def read(self, path):
        answer = self.rest("GET", path)
        if answer.status not in (200, 404):
            self.wrong.append(f"GET {path}: {answer}")
        self.seen[path] = answer.json()["version"] if answer.status == 200 else None

    def note(self, path, method, answer):
        if answer.status == 200:
            told = answer.json()
            if told["outcome"] != "unchanged" and told.get("changeId"):
                self.accepted.append((path, told["changeId"], None if method == "DELETE" else content(told["data"])))
            self.seen[path] = None if method == "DELETE" else told["data"]["version"]
        elif answer.status == 409:
            self.conflicts += 1
            told = answer.json()
            if "current" not in told or (told["current"] and f'"{told["current"]["version"]}"' != answer.headers["etag"]):
                self.wrong.append(f"a conflict without what is stored: {answer}")
            self.seen[path] = told["current"]["version"] if told.get("current") else None
        elif answer.status == 404 and method == "DELETE":
            self.seen[path] = None
        else:
            self.wrong.append(f"{method} {path}: {answer}")


def history(rest, path):
    changes, after = [], ""
    while True:
        page = rest("GET", f"/history{path}?order=oldest&limit=1000{after}").json()
        changes += page["changes"]
        if not page.get("next"):
            return changes
        after = f"&next={page['next']}"


class Editors(unittest.TestCase):
    def test_no_edit_is_lost(self):
        with meridian.Folder() as folder, meridian.Region(folder) as region:
            end = time.monotonic() + SECONDS
            editors = [Editor(region, n, end) for n in range(EDITORS)]
            for editor in editors:
                editor.start()
            for editor in editors:
                editor.join()
            self.assertEqual([w for e in editors for w in e.wrong][:5], [])
            rest = Rest(region)
            recorded = {}
            for path in PATHS:
                changes = history(rest, path)
                now, version = None, 0
                for change in changes:
                    self.assertEqual(change.get("before"), now, f"{path}: a change does not start where the last ended")
                    now = change.get("after")
                    if now is not None:
                        self.assertEqual(now["version"], version + 1, path)
                        version = now["version"]
                    recorded[(path, change["changeId"])] = content(now) if now else None
                stored = rest("GET", path)
                self.assertEqual(stored.json() if stored.status == 200 else None, now, f"{path}: history and table differ")
            accepted = {(path, change): after for e in editors for path, change, after in e.accepted}
            self.assertEqual(accepted, recorded)
            self.assertGreater(len(accepted), 100)
            self.assertGreater(sum(e.conflicts for e in editors), 100)
            print(f"{sum(e.steps for e in editors)} steps, {len(accepted)} changes, "
                  f"{sum(e.conflicts for e in editors)} conflicts")


if __name__ == "__main__":
    unittest.main()
