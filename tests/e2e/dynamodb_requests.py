"""Random requests of DynamoDB's operations on items, right ones and wrong ones; a seed makes the same ones again."""

import base64
import copy
import random

# Words that expressions reserve, and names that need a placeholder for another reason.
AWKWARD = ("name", "size", "Status", "a-b", "1st", "with space", "at")
PLAIN = ("a", "b", "m", "l", "s", "num")
# Around the limits of numbers, and what is none.
NUMBERS = ("0", "-0", "1", "-1", "5", "1.50", "1e2", "9.9999999999999999999999999999999999999E+125", "1E-130", "-1E-130", "1E126", "1E-131",
           "123456789012345678901234567890123456789", "12345678901234567890123456789012345678", "0.1", "many", "", "0x10", "NaN", "1_0", " 1")
TABLES = {"plain": ("id", None), "sorted": ("id", "n")}


class Maker:
    """Threads: one at a time."""

    def __init__(self, seed, tables):
        """`tables`: by "plain" (key id:S) and "sorted" (id:S n:N, with the local index byA on a:S and the global one byB on b:S),
        the tables' names."""
        self.random = random.Random(seed)
        self.tables = tables

    def request(self):
        """An operation and its parameters."""
        operation = self.random.choices(
            ("PutItem", "GetItem", "UpdateItem", "DeleteItem", "Query", "Scan", "BatchGetItem", "BatchWriteItem"),
            (6, 4, 8, 3, 5, 2, 1, 1))[0]
        parameters = getattr(self, "make_" + operation)()
        if self.chance(0.25):
            parameters = self.damaged(parameters)
        return operation, parameters

    def chance(self, probability):
        return self.random.random() < probability

    # Values.

    def text(self):
        return self.random.choice(("", "x", "y", "xy", "ü", "z" * 20))

    def number(self):
        return self.random.choice(NUMBERS if self.chance(0.15) else NUMBERS[:7])

    def value(self, depth=0):
        kind = self.random.choice(("S", "N", "B", "BOOL", "NULL", "SS", "NS", "BS") + (("L", "M") if depth < 3 else ()))
        return {kind: self.of_kind(kind, depth)}

    def of_kind(self, kind, depth=0):
        few = range(self.random.randint(0 if self.chance(0.1) else 1, 3))
        match kind:
            case "S":
                return self.text()
            case "N":
                return self.number()
            case "B":
                return base64.b64encode(self.text().encode()).decode()
            case "BOOL" | "NULL":
                return kind == "NULL" or self.chance(0.5)
            case "L":
                return [self.value(depth + 1) for _ in few]
            case "M":
                return {self.random.choice(PLAIN): self.value(depth + 1) for _ in few}
        return [self.of_kind(kind[0]) for _ in few]

    def key(self, kind):
        key = {"id": {"S": self.random.choice(("k1", "k2", "k3", "k4"))}}
        if kind == "sorted":
            key["n"] = {"N": str(self.random.randint(1, 6))}
        if self.chance(0.04):
            key[self.random.choice(("id", "n", "other"))] = self.value()
        return key

    def item(self, kind):
        item = {self.random.choice(PLAIN): self.value() for _ in range(self.random.randint(0, 4))}
        if kind == "sorted" and self.chance(0.9):  # else the indexes refuse most
            item = {name: value if name not in ("a", "b") else {"S": self.random.choice("pqr")} for name, value in item.items()}
        return item | self.key(kind)

    # Expressions: text with what it uses of names and values.

    class Used:
        def __init__(self):
            self.names, self.values = {}, {}

        def into(self, parameters):
            if self.names:
                parameters["ExpressionAttributeNames"] = self.names
            if self.values:
                parameters["ExpressionAttributeValues"] = self.values

    def name(self, used):
        if self.chance(0.25):
            name = self.random.choice(AWKWARD + PLAIN)
            placeholder = f"#n{len(used.names)}"
            used.names[placeholder] = name
            return placeholder
        return self.random.choice(AWKWARD[:3] if self.chance(0.03) else PLAIN)

    def path(self, used):
        path = self.name(used)
        while self.chance(0.25):
            path += f"[{self.random.randint(0, 3)}]" if self.chance(0.4) else "." + self.name(used)
        return path

    def literal(self, used, value=None):
        placeholder = f":v{len(used.values)}"
        used.values[placeholder] = value or self.value(2)
        return placeholder

    def operand(self, used):
        if self.chance(0.1):
            return f"size({self.path(used)})"
        return self.path(used) if self.chance(0.3) else self.literal(used)

    def condition(self, used, depth=0):
        if depth < 2 and self.chance(0.3):
            left, right = self.condition(used, depth + 1), self.condition(used, depth + 1)
            return self.random.choice((f"{left} AND {right}", f"{left} OR {right}", f"({left}) AND NOT ({right})"))
        path = self.path(used)
        match self.random.randrange(8):
            case 0:
                return f"attribute_exists({path})"
            case 1:
                return f"attribute_not_exists({path})"
            case 2:
                return f"begins_with({path}, {self.operand(used)})"
            case 3:
                return f"contains({path}, {self.operand(used)})"
            case 4:
                kinds = ("S", "N", "SS", "M", "NULL", "X")
                return f"attribute_type({path}, {self.literal(used, {'S': self.random.choice(kinds)})})"
            case 5:
                return f"{path} BETWEEN {self.operand(used)} AND {self.operand(used)}"
            case 6:
                return f"{path} IN ({', '.join(self.operand(used) for _ in range(self.random.randint(1, 3)))})"
        return f"{path} {self.random.choice(('=', '<>', '<', '<=', '>', '>='))} {self.operand(used)}"

    def set_value(self, used):
        match self.random.randrange(5):
            case 0:
                return f"{self.path(used)} {self.random.choice('+-')} {self.literal(used, {'N': self.number()})}"
            case 1:
                return f"if_not_exists({self.path(used)}, {self.literal(used)})"
            case 2:
                return f"list_append({self.operand(used)}, {self.literal(used, {'L': self.of_kind('L', 2)})})"
            case 3:
                return self.path(used)
        return self.literal(used)

    def update(self, used):
        clauses = []
        for clause in self.random.sample(("SET", "REMOVE", "ADD", "DELETE"), self.random.choice((1, 1, 1, 2, 3))):
            parts = []
            for _ in range(self.random.choice((1, 1, 2))):
                path = self.path(used)
                match clause:
                    case "SET":
                        parts.append(f"{path} = {self.set_value(used)}")
                    case "REMOVE":
                        parts.append(path)
                    case "ADD":
                        kind = self.random.choice(("N", "N", "SS", "NS"))
                        parts.append(f"{path} {self.literal(used, {kind: self.of_kind(kind)})}")
                    case "DELETE":
                        kind = self.random.choice(("SS", "NS"))
                        parts.append(f"{path} {self.literal(used, {kind: self.of_kind(kind)})}")
            clauses.append(f"{clause} {', '.join(parts)}")
        return " ".join(clauses)

    def projection(self, used):
        return ", ".join(self.path(used) for _ in range(self.random.randint(1, 3)))

    # Older parameters.

    def expected(self):
        result = {}
        for _ in range(self.random.randint(1, 2)):
            operator = self.random.choice(("EQ", "NE", "LT", "GE", "NULL", "NOT_NULL", "CONTAINS", "BEGINS_WITH", "IN", "BETWEEN"))
            count = {"NULL": 0, "NOT_NULL": 0, "BETWEEN": 2, "IN": 2}.get(operator, 1)
            values = [self.value(2) for _ in range(count if self.chance(0.9) else 1)]
            result[self.random.choice(PLAIN)] = {"ComparisonOperator": operator} | ({"AttributeValueList": values} if values else {})
        return result

    # Operations.

    def table(self, parameters=None):
        kind = self.random.choice(("plain", "sorted"))
        return kind, {"TableName": self.tables[kind]} | (parameters or {})

    def conditional(self, parameters):
        match self.random.randrange(6):
            case 0 | 1:
                used = self.Used()
                parameters["ConditionExpression"] = self.condition(used)
                used.into(parameters)
            case 2:
                parameters["Expected"] = self.expected()
        return parameters

    def make_PutItem(self):  # pylint: disable=invalid-name
        kind, parameters = self.table()
        parameters["Item"] = self.item(kind)
        if self.chance(0.3):
            parameters["ReturnValues"] = self.random.choice(("NONE", "ALL_OLD", "ALL_NEW", "UPDATED_OLD"))
        return self.conditional(parameters)

    def make_DeleteItem(self):  # pylint: disable=invalid-name
        kind, parameters = self.table()
        parameters["Key"] = self.key(kind)
        if self.chance(0.3):
            parameters["ReturnValues"] = self.random.choice(("NONE", "ALL_OLD", "ALL_NEW"))
        return self.conditional(parameters)

    def make_GetItem(self):  # pylint: disable=invalid-name
        kind, parameters = self.table({"ConsistentRead": True})
        parameters["Key"] = self.key(kind)
        if self.chance(0.4):
            used = self.Used()
            parameters["ProjectionExpression"] = self.projection(used)
            used.into(parameters)
        elif self.chance(0.1):
            parameters["AttributesToGet"] = self.random.sample(PLAIN, 2)
        return parameters

    def make_UpdateItem(self):  # pylint: disable=invalid-name
        kind, parameters = self.table()
        parameters["Key"] = self.key(kind)
        parameters["ReturnValues"] = self.random.choice(("NONE", "ALL_OLD", "ALL_NEW", "UPDATED_OLD", "UPDATED_NEW"))
        if self.chance(0.15):
            actions = ("PUT", "ADD", "DELETE")
            parameters["AttributeUpdates"] = {self.random.choice(PLAIN): {"Action": self.random.choice(actions), "Value": self.value(2)}}
            if self.chance(0.3):
                parameters["Expected"] = self.expected()
            return parameters
        used = self.Used()
        parameters["UpdateExpression"] = self.update(used)
        if self.chance(0.3):
            parameters["ConditionExpression"] = self.condition(used)
        used.into(parameters)
        return parameters

    def make_Query(self):  # pylint: disable=invalid-name
        used = self.Used()
        parameters = {"TableName": self.tables["sorted"], "ConsistentRead": self.chance(0.5)}
        condition = f"id = {self.literal(used, {'S': self.random.choice(('k1', 'k2'))})}"
        if self.chance(0.5):
            comparison = self.random.choice(("= {0}", "< {0}", "<= {0}", "> {0}", ">= {0}", "BETWEEN {0} AND {1}"))
            bounds = [self.literal(used, {"N": self.number()}) for _ in range(1 + ("{1}" in comparison))]
            condition += " AND n " + comparison.format(*bounds)
        if self.chance(0.2):
            parameters["IndexName"] = "byA"
            condition = condition.split(" AND ")[0]
            used.values = dict(list(used.values.items())[:1])
        if self.chance(0.2):
            parameters["ScanIndexForward"] = False
        if self.chance(0.3):
            parameters["Limit"] = self.random.choice((1, 2, 3, 0, -1))
        if self.chance(0.3):
            parameters["FilterExpression"] = self.condition(used)
        if self.chance(0.2):
            parameters["Select"] = self.random.choice(("COUNT", "ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES", "SPECIFIC_ATTRIBUTES"))
        parameters["KeyConditionExpression"] = condition
        used.into(parameters)
        return parameters

    def make_Scan(self):  # pylint: disable=invalid-name
        _, parameters = self.table()
        if self.chance(0.6):
            used = self.Used()
            parameters["FilterExpression"] = self.condition(used)
            used.into(parameters)
        elif self.chance(0.3):
            parameters["ScanFilter"] = self.expected()
        if self.chance(0.2):
            parameters |= {"Segment": self.random.choice((0, 1, 4, -1)), "TotalSegments": self.random.choice((1, 2, 0))}
        return parameters

    def make_BatchGetItem(self):  # pylint: disable=invalid-name
        kinds = self.random.sample(("plain", "sorted"), self.random.randint(1, 2))
        return {"RequestItems": {self.tables[kind]: {"Keys": [self.key(kind) for _ in range(self.random.randint(1, 3))]} for kind in kinds}}

    def make_BatchWriteItem(self):  # pylint: disable=invalid-name
        def change(kind):
            return {"PutRequest": {"Item": self.item(kind)}} if self.chance(0.7) else {"DeleteRequest": {"Key": self.key(kind)}}
        kinds = self.random.sample(("plain", "sorted"), self.random.randint(1, 2))
        return {"RequestItems": {self.tables[kind]: [change(kind) for _ in range(self.random.randint(1, 3))] for kind in kinds}}

    # What is wrong with requests.

    def damaged(self, parameters):
        """The same with one thing changed somewhere."""
        parameters = copy.deepcopy(parameters)
        places = [(parameters, name) for name in parameters]
        while self.chance(0.6):
            holder, name = self.random.choice(places)
            inner = holder[name]
            if not isinstance(inner, (dict, list)) or not inner:
                break
            places = [(inner, each) for each in (inner if isinstance(inner, dict) else range(len(inner)))]
        holder, name = self.random.choice(places)
        match self.random.randrange(5):
            case 0:
                del holder[name]
            case 1:
                holder[name] = self.random.choice((None, 7, -1.5, True, "text", [], {}, ["x"], {"S": "x"}))
            case 2 if isinstance(holder[name], str):
                at = self.random.randint(0, len(holder[name]))
                holder[name] = holder[name][:at] + self.random.choice((" ", "(", ")", ",", "=", "AND", "#", ":x", "")) + holder[name][at + 1:]
            case 3 if isinstance(holder, dict):
                holder[self.random.choice(("Unknown", "S", "N", "ReturnValues", "Expected", "ExpressionAttributeValues"))] = \
                    self.random.choice(({"S": "x"}, "x", {":unused": {"S": "x"}}))
            case _:
                holder[name] = self.value(2)
        return parameters
