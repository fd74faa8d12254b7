"""What must hold when regions have been through faults and have heard each other again: a pure function of what writers
were told and of what the regions hold."""

import dataclasses
from typing import Optional


@dataclasses.dataclass
class Write:
    """One attempt of a writer. Its id stands in what it wrote, and in the reason of its change."""
    id: str
    region: str
    path: str
    method: str
    outcome: str  # acknowledged; refused: certainly not made; unknown
    change_id: Optional[str] = None
    version: Optional[int] = None  # that it made; of a delete: the one deleted


@dataclasses.dataclass
class Evidence:
    """What the regions hold in the end."""
    writes: list
    hashes: dict  # region → {table: hash}
    items: dict  # region → {path: item}
    histories: dict  # region → {path: [change]}
    conflicts: dict  # region → [{"path", "kept", "lost"}], sides as GET /conflicts has them


def id_of(item):
    """Of the write that made the item what it is."""
    return (item or {}).get("attributes", {}).get("writeId") or (item or {}).get("note")


def check(evidence):
    """Everything that is wrong, as sentences; none when all is well."""
    return [*different_tables(evidence), *made_what_was_refused(evidence), *missing_history(evidence),
            *lost_writes(evidence)]


def different_tables(evidence):
    (first, hashes), *others = evidence.hashes.items()
    for region, theirs in others:
        for table in sorted(hashes.keys() | theirs.keys()):
            if hashes.get(table) != theirs.get(table):
                yield f"{table} differs between {first} and {region}"
        if evidence.items[first] != evidence.items[region]:
            yield f"the items of {first} and {region} differ, whatever their hashes say"


def made_what_was_refused(evidence):
    may_be = {write.id for write in evidence.writes if write.outcome != "refused"}
    for region, items in evidence.items.items():
        for path, item in items.items():
            if id_of(item) not in may_be:
                yield f"{path} in {region} holds {id_of(item)}, which was refused or never sent"
    for region, histories in evidence.histories.items():
        for path, changes in histories.items():
            for change in changes:
                if change["reason"] not in may_be:
                    yield f"{path} has a change by {change['reason']} in {region}, which was refused or never sent"


def missing_history(evidence):
    acknowledged = {write.change_id: write for write in evidence.writes if write.outcome == "acknowledged"}
    for region, histories in evidence.histories.items():
        found = {change["changeId"]: (path, change) for path, changes in histories.items() for change in changes}
        for change_id, write in acknowledged.items():
            path, change = found.get(change_id, (None, None))
            if path != write.path:
                yield f"{write.id} was acknowledged, and {region} has no history of it"
            elif change["version"] != write.version or change["reason"] != write.id or (
                    id_of(change["after"]) != (None if write.method == "DELETE" else write.id)):
                yield f"{write.id} was acknowledged, and the history of {region} tells it otherwise: {change}"
        known = {change["changeId"] for histories in evidence.histories.values() for changes in histories.values()
                 for change in changes}
        if missing := known - found.keys():
            yield f"{region} lacks {len(missing)} changes that another region has"


def lost_writes(evidence):
    """Every write that was made stands, was seen by a later one, or is in a conflict record. Also those whose writers
    were not told: what is durable in one region is as good as acknowledged."""
    regions = {write.id: write.region for write in evidence.writes}
    changes = {}
    for histories in evidence.histories.values():
        for path, listed in histories.items():
            changes.setdefault(path, {}).update({change["changeId"]: change for change in listed})
    conflicts = {}
    for listed in evidence.conflicts.values():
        for conflict in listed:
            conflicts.setdefault(conflict["path"], []).append(conflict)
    for path, listed in changes.items():
        seen = {id_of(change["before"]) for change in listed.values() if change["before"]}
        created = [change["version"] for change in listed.values() if not change["before"]]
        lost = conflicts.get(path, [])
        lost_ids = {id_of(conflict["lost"]["item"]) for conflict in lost if conflict["lost"]["item"]}
        lost_deletes = {conflict["lost"]["region"] for conflict in lost if not conflict["lost"]["item"]}
        deleters = set()  # the regions whose deletes stand, or were seen
        unsafe = []
        for change in listed.values():
            write = change["reason"]
            if change["after"]:
                stands = all(id_of(items.get(path)) == write for items in evidence.items.values())
                is_safe = stands or write in seen or write in lost_ids
            else:
                # Whoever creates an item again has seen its deletion, and goes on counting after it.
                stands = all(path not in items for items in evidence.items.values())
                is_safe = stands or any(version > change["version"] for version in created) or (
                    regions.get(write) in lost_deletes)
                if is_safe:
                    deleters.add(regions.get(write))
            if not is_safe:
                unsafe.append(change)
        for change in unsafe:
            # Two regions that delete the same agree: neither delete is lost, and only one is counted on from.
            agrees = not change["after"] and deleters - {regions.get(change["reason"])}
            if not agrees:
                yield (f"{change['reason']} was made at {path}, and is lost: it doesn't stand, no later write saw it, "
                       "no conflict has it")
