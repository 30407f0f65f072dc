"""What a DynamoDB call touches: which items it may change and which it only reads."""

from dataclasses import dataclass
from typing import Any

Place = tuple[str, ...]
"""A table, a partition and a sort key; shorter when a call reads the whole partition or table."""


@dataclass(frozen=True)
class Call:
    """One storage call that is held."""

    name: str
    reads: frozenset[Place]
    writes: frozenset[Place]

    def commutes_with(self, other: "Call") -> bool:
        """Whether both orders of the two calls give the same answers and leave the same tables."""
        return not (
            _meet(self.writes, other.writes) or _meet(self.writes, other.reads) or _meet(self.reads, other.writes)
        )


def call_of(name: str, parameters: dict[str, Any]) -> Call:
    """The call with its places; one that is not known here is taken to touch everything of its table."""
    reads: set[Place] = set()
    writes: set[Place] = set()
    if name == "TransactWriteItems":
        for action in parameters["TransactItems"]:
            ((kind, request),) = action.items()
            (reads if kind == "ConditionCheck" else writes).add(_place(request))
    elif name == "BatchGetItem":
        for table, asked in parameters["RequestItems"].items():
            reads.update(_place({"TableName": table, "Key": key}) for key in asked["Keys"])
    elif name in ("UpdateItem", "PutItem", "DeleteItem"):
        writes.add(_place(parameters))
    elif name in ("GetItem", "Query", "Scan"):
        reads.add(_place(parameters) if "Key" in parameters else (parameters["TableName"],))
    else:
        writes.add((parameters.get("TableName", ""),))
    return Call(name, frozenset(reads), frozenset(writes))


def _place(request: dict[str, Any]) -> Place:
    item = request.get("Key") or request["Item"]
    return request["TableName"], item["pk"]["S"], item["sk"]["S"]


def _meet(some: frozenset[Place], others: frozenset[Place]) -> bool:
    return any(one[: len(other)] == other[: len(one)] for one in some for other in others)
