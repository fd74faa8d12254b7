"""Where a region's answers differ from another implementation's, and why. docs/compatibility.md tells users the same."""

import re

# What the service's newer regions say around a text that its older ones say bare, or the other way round.
WORDING = (
    (r"^\d+ validation errors? detected: ", ""),
    (r"^ExpressionAttributeValues contains invalid value: (.*?)( for key :[\w:]*)?$", r"\1"),
    (r"^One or more parameter values were invalid: Input collection", "Input collection"),
    (r"Input collection \[[^\]]*\] ?(of type BS )?contains", "Input collection contains"),
    (r"contains duplicates\.", "contains duplicates"),
    (r"Value (null |'.*?' )?at '", "Value at '"),
    (r"numeric value:? ?$", "numeric value"),
)


def reworded(message):
    for pattern, replacement in WORDING:
        message = re.sub(pattern, replacement, message, flags=re.S)
    return message.lower()


def same_but_for_words(_operation, _parameters, ours, theirs):
    return (ours.error, reworded(ours.message)) == (theirs.error, reworded(theirs.message)) and ours.body == theirs.body


OLDER = frozenset({"Expected", "AttributeUpdates", "KeyConditions", "QueryFilter", "ScanFilter", "AttributesToGet", "ConditionalOperator"})
INVALID = frozenset({"ValidationException", "SerializationException"})


def both_refuse(_operation, _parameters, ours, theirs):
    """Which of a request's faults is told, or in which words."""
    return ours.error in INVALID and theirs.error in INVALID


def values_of_older_parameters(_operation, parameters, ours, theirs):
    return ours.error in INVALID and theirs.error not in INVALID and not OLDER.isdisjoint(parameters)


def ours_says(*texts):
    return lambda _operation, _parameters, ours, _theirs: any(text in ours.message for text in texts)


def older_types(_operation, _parameters, _ours, theirs):
    return re.search(r"ComparisonOperator \w+ is not valid for (NULL|BOOL|L|M) ", theirs.message) is not None


def into_keys(_operation, parameters, ours, _theirs):
    return "ConditionExpression" in str(parameters) and "Key attributes must be scalars" in ours.message


def compares_paths(_operation, parameters, ours, theirs):
    text = f"{parameters.get('ConditionExpression')} {parameters.get('FilterExpression')}"
    decided = "ConditionalCheckFailedException" in (ours.error, theirs.error) or theirs.error == ""
    return decided and re.search(r"([=<>]|BETWEEN|AND|IN \() *[#a-z]", text) is not None


def alike_in_an_index(operation, parameters, ours, theirs):
    """The same items, or with a Limit as many, whose keys in the index are alike."""
    if operation != "Query" or "IndexName" not in parameters or ours.error or theirs.error:
        return False
    mine, others = ours.body.get("Items", []), theirs.body.get("Items", [])
    keys = [[item.get("a") for item in items] for items in (mine, others)]
    return keys[0] == keys[1] and ("Limit" in parameters or sorted(map(str, map(canonical, mine))) == sorted(map(str, map(canonical, others))))


def canonical(item):
    return sorted((name, str(value)) for name, value in item.items())


def empty_texts(_operation, parameters, ours, _theirs):
    return re.search(r"'[SB]': ''", f"{parameters} {ours.body}") is not None


def no_attributes(_operation, _parameters, ours, theirs):
    return ours.status == 200 and ours.body == {} and theirs.body == {"Attributes": {}}


def reason_of(peer, operation, parameters, ours, theirs):
    """Why the answers differ; nothing when that isn't known."""
    for name, applies in DIFFERENCES["any"] + DIFFERENCES.get(peer, ()):
        if applies(operation, parameters, ours, theirs):
            return name
    return None


DIFFERENCES = {
    "any": (("the same, in the words of the service's newer regions", same_but_for_words),),
    "dynalite": (
        ("both refuse it: dynalite knows older texts, and tells another fault first", both_refuse),
        ("dynalite doesn't check the values of the older parameters", values_of_older_parameters),
        ("dynalite checks ReturnValues after the condition", ours_says("ReturnValues can only be")),
        ("dynalite takes any type in BETWEEN", ours_says("operator or function: BETWEEN", "The BETWEEN operator")),
        ("dynalite doesn't check what Select goes with",
         ours_says("Must specify the AttributesToGet", "ALL_PROJECTED_ATTRIBUTES can be used only")),
        ("dynalite compares values of any type", ours_says(*(f"operator or function: {sign}," for sign in ("<", "<=", ">", ">=")))),
        ("dynalite takes an operand twice", ours_says("The first operand must be distinct")),
        ("dynalite takes sets with an empty text twice", ours_says("contains duplicates")),
        ("dynalite's older comparisons don't take NULL, BOOL, lists and maps", older_types),
        ("dynalite doesn't look for paths into keys in conditions, only in filters, projections and updates", into_keys),
        ("dynalite takes empty texts for keys of indexes", ours_says("cannot contain an empty")),
        ("dynalite takes attributes that are empty texts for absent ones", empty_texts),
        ("dynalite takes two absent attributes for equal", compares_paths),
        ("reads of keys refuse ExpressionAttributeValues, which they don't have; the service passes over them",
         lambda operation, parameters, *_: operation in ("GetItem", "BatchGetItem") and "ExpressionAttributeValues" in str(parameters)),
        ("null is as good as absent, also in a map", lambda _operation, parameters, *_: "None" in str(parameters)),
        ("dynalite answers with Attributes that are empty", no_attributes),
        ("items alike in an index's keys have an implementation's own order", alike_in_an_index),
        ("segments of a table are an implementation's own", lambda operation, parameters, *_: operation == "Scan" and "Segment" in parameters),
    ),
}
