"""Where a region's answers differ from another implementation's, and why. docs/compatibility.md tells users the same."""


def reason_of(peer, operation, parameters, ours, theirs):
    """Why the answers differ; nothing when that isn't known."""
    for name, applies in DIFFERENCES.get(peer, ()):
        if applies(operation, parameters, ours, theirs):
            return name
    return None


DIFFERENCES = {}
