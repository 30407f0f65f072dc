"""DynamoDB's operations by name: parameters in, the answer's body out, a `Refusal` for everything that is not 200."""

import math
from collections.abc import Callable
from datetime import datetime
from typing import Any

from dev.cloud.dynamo import reads, transactions, writes
from dev.cloud.dynamo.refusals import Invalid
from dev.cloud.dynamo.streams import StreamOperations
from dev.cloud.dynamo.table import ItemTable
from dev.cloud.dynamo.values import Item, item_weight

_WIRE_PAGE = 16 * 1024 * 1024


class Operations:
    """The item and stream operations of one region. Not locked: the engine calls it one at a time."""

    def __init__(
        self, find: Callable[[str], ItemTable], streamed: Callable[[], list[ItemTable]], now: Callable[[], datetime]
    ) -> None:
        self._find = find
        self._streams = StreamOperations(streamed)
        self.tokens = transactions.Tokens(now)
        self.stream_position = 0
        self._item_operations: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "PutItem": lambda request: self._write("Put", request),
            "UpdateItem": lambda request: self._write("Update", request),
            "DeleteItem": lambda request: self._write("Delete", request),
            "TransactWriteItems": self._transact_write,
            "GetItem": self._get,
            "BatchGetItem": self._batch_get,
            "TransactGetItems": self._transact_get,
            "BatchWriteItem": self._batch_write,
            "Query": lambda request: self._listed(request, reads.query),
            "Scan": lambda request: self._listed(request, reads.scan),
        }

    def run(self, service: str, name: str, request: dict[str, Any]) -> dict[str, Any] | None:
        """The answer, or None for an operation that is not about items or streams."""
        if service != "dynamodb":
            return self._streams.run(name, request)
        operation = self._item_operations.get(name)
        return None if operation is None else operation(request)

    def _write(self, kind: str, request: dict[str, Any]) -> dict[str, Any]:
        table = self._find(request["TableName"])
        attributes = writes.single(kind, request, table)
        self.stream_position += 1
        answer: dict[str, Any] = {} if attributes is None else {"Attributes": attributes}
        if _asked(request):
            shown = request.get("Item") or attributes or request.get("Key")
            answer["ConsumedCapacity"] = _capacity(request, math.ceil(item_weight(shown or {}) / 1024))
        return answer

    def _transact_write(self, request: dict[str, Any]) -> dict[str, Any]:
        token = request.get("ClientRequestToken")
        fingerprint = transactions.fingerprint(request)
        if self.tokens.seen(token, fingerprint):
            return {}
        done = transactions.write(request["TransactItems"], self._find)
        self.tokens.remember(token, fingerprint)
        self.stream_position += 1
        if not _asked(request):
            return {}
        units: dict[str, int] = {}
        for write in done:
            size = item_weight(write.old or write.key)
            units[write.table.name] = units.get(write.table.name, 0) + 2 * math.ceil(size / 1024)
        return {"ConsumedCapacity": [{"TableName": name, "CapacityUnits": units[name]} for name in units]}

    def _get(self, request: dict[str, Any]) -> dict[str, Any]:
        item = reads.get(request, self._find(request["TableName"]))
        answer: dict[str, Any] = {} if item is None else {"Item": item}
        if _asked(request):
            answer["ConsumedCapacity"] = _capacity(request, _read_units([item or {}], request.get("ConsistentRead")))
        return answer

    def _batch_get(self, request: dict[str, Any]) -> dict[str, Any]:
        wanted = request["RequestItems"]
        if sum(len(part["Keys"]) for part in wanted.values()) > 100:
            raise Invalid("Too many items requested for the BatchGetItem call")
        found = {name: reads.get_many(part, self._find(name)) for name, part in wanted.items()}
        if sum(item_weight(item) for items in found.values() for item in items) > _WIRE_PAGE:
            raise Invalid("The local engine answers at most 16 MB in one BatchGetItem")
        answer: dict[str, Any] = {"Responses": found, "UnprocessedKeys": {}}
        if _asked(request):
            answer["ConsumedCapacity"] = [
                {"TableName": name, "CapacityUnits": _read_units(items, wanted[name].get("ConsistentRead"))}
                for name, items in found.items()
            ]
        return answer

    def _transact_get(self, request: dict[str, Any]) -> dict[str, Any]:
        wanted = request["TransactItems"]
        if not 1 <= len(wanted) <= transactions.MAX_ACTIONS:
            raise Invalid("Member must have length less than or equal to 100")
        found: list[Item | None] = [reads.get(one["Get"], self._find(one["Get"]["TableName"])) for one in wanted]
        return {"Responses": [{} if item is None else {"Item": item} for item in found]}

    def _batch_write(self, request: dict[str, Any]) -> dict[str, Any]:
        wanted = request["RequestItems"]
        if not 1 <= sum(map(len, wanted.values())) <= 25:
            raise Invalid("Too many items requested for the BatchWriteItem call")
        parsed = []
        for name, parts in wanted.items():
            for part in parts:
                ((kind, action),) = part.items()
                parsed.append(writes.parsed(kind.removesuffix("Request"), action, self._find(name)))
        if len({(write.table.name, write.pair) for write in parsed}) != len(parsed):
            raise Invalid("Provided list of item keys contains duplicates")
        for write in parsed:
            write.apply(write.decide())
        self.stream_position += 1
        return {"UnprocessedItems": {}}

    def _listed(
        self, request: dict[str, Any], read: Callable[[dict[str, Any], ItemTable], dict[str, Any]]
    ) -> dict[str, Any]:
        answer = read(request, self._find(request["TableName"]))
        if _asked(request):
            units = _read_units(answer.get("Items", []), request.get("ConsistentRead"))
            answer["ConsumedCapacity"] = _capacity(request, units)
        return answer


def _asked(request: dict[str, Any]) -> bool:
    return bool(request.get("ReturnConsumedCapacity", "NONE") != "NONE")


def _capacity(request: dict[str, Any], units: object) -> dict[str, Any]:
    return {"TableName": request["TableName"], "CapacityUnits": units}


def _read_units(items: list[Item], consistent: object) -> object:
    """Whole units of 4 KB, halved for an eventually consistent read; JSON's own number type, for the wire only."""
    whole = max(1, math.ceil(sum(map(item_weight, items)) / 4096))
    return whole if consistent else whole / 2
