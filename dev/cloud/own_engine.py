"""A DynamoDB of our own, `--engine own`: dev/cloud/dynamo keeps and changes the items, moto describes the tables.

Stricter than moto where moto lets pass or breaks off (numbers, types, placeholders), and about ten times cheaper a call.
One lock serialises every call, DynamoDB's and its streams'.
"""

import json
import re
import uuid
from collections.abc import Callable
from datetime import datetime
from threading import RLock
from typing import Any

from botocore.awsrequest import AWSPreparedRequest
from moto.core.exceptions import JsonRESTError
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import DynamoDBBackend, dynamodb_backends
from moto.dynamodb.models.utilities import dynamo_json_dump
from moto.dynamodb.responses import DynamoHandler

from dev.cloud.dynamo.operations import Operations
from dev.cloud.dynamo.refusals import Invalid, Refusal, no_such_table
from dev.cloud.dynamo.stream import FIRST_SEQUENCE, Stream
from dev.cloud.dynamo.table import Index, ItemTable, Keys
from dev.cloud.engine import Answer, checked

# What moto still answers: tables, their settings and tags, never items.
_DESCRIPTIONS = {
    name: re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
    for name in (
        "CreateTable", "DeleteTable", "DescribeTable", "ListTables", "UpdateTimeToLive", "DescribeTimeToLive",
        "DescribeContinuousBackups", "UpdateContinuousBackups", "TagResource", "UntagResource", "ListTagsOfResource",
        "DescribeLimits", "DescribeEndpoints",
    )
}  # fmt: skip


class OwnEngine:
    """One region's DynamoDB; further regions are separate, as on AWS."""

    name = "own"

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.lock = RLock()
        self._now = now
        self._tables: dict[tuple[str, str], ItemTable] = {}
        self._operations: dict[str, Operations] = {}
        self._listeners: list[Callable[[], None]] = []

    def on_write(self, listener: Callable[[], None]) -> None:
        self._listeners.append(listener)

    def reset(self) -> None:
        with self.lock:
            for table in self._tables.values():
                table.clear()
            for operations in self._operations.values():
                operations.tokens.clear()

    def remove_tables(self) -> None:
        """Forgets the tables themselves."""
        with self.lock:
            self._tables.clear()
            for region in self._operations:
                self._backend(region).reset()

    def answer(self, service: str, region: str, request: AWSPreparedRequest) -> Answer:
        target = request.headers["X-Amz-Target"]
        name = (target if isinstance(target, str) else target.decode()).rpartition(".")[2]
        parameters = json.loads(request.body or b"{}")  # type: ignore[arg-type]
        request_id = uuid.uuid4().hex.upper()
        wrote = False
        with self.lock:
            operations = self._operations.get(region) or self._new_operations(region)
            before = operations.stream_position
            try:
                shown = operations.run(service, name, parameters)
                if shown is None:
                    shown = self._described(name, region, parameters)
                body = json.dumps(shown, ensure_ascii=False).encode()
                status = 200
            except Refusal as refusal:
                status, body = 400, refusal.body()
            except JsonRESTError as refusal:
                status, body = 400, str(refusal.get_body()).encode()
            wrote = operations.stream_position != before
        if wrote:
            for listener in self._listeners:
                listener()
        return checked(status, body, request_id)

    def records(self, table: str, region: str, start: int, limit: int) -> tuple[list[dict[str, Any]], int]:
        """Stream records of a table from a place on, and the place after them; 0 is the first record ever."""
        with self.lock:
            stream = self.table(table, region).stream
            if stream is None:
                raise LookupError(f"{table} has no stream")
            found = stream.read(FIRST_SEQUENCE + start, limit)
            return found, max(start, stream.first_sequence - FIRST_SEQUENCE) + len(found)

    def table(self, name: str, region: str) -> ItemTable:
        """The items of one table; a Refusal when there is no such table."""
        found = self._tables.get((region, name))
        if found is not None:
            return found
        description = self._backend(region).tables.get(name.rpartition("/")[2])
        if description is None:
            raise no_such_table()
        table = self._tables.get((region, description.name)) or self._new_table(description, region)
        self._tables[region, description.name] = table
        return table

    def _backend(self, region: str) -> DynamoDBBackend:
        return dynamodb_backends[DEFAULT_ACCOUNT_ID][region]

    def _new_operations(self, region: str) -> Operations:
        made = Operations(lambda name: self.table(name, region), lambda: self._streams(region), self._now)
        self._operations[region] = made
        return made

    def _streams(self, region: str) -> list[ItemTable]:
        tables = [self.table(name, region) for name in self._backend(region).tables]
        return [table for table in tables if table.stream is not None]

    def _new_table(self, description: Any, region: str) -> ItemTable:
        keys = Keys.of(description.schema, description.attr)
        if description.indexes:
            raise Invalid("The local engine has no local secondary indexes")
        indexes = [
            Index(index.name, Keys.of(index.schema, description.attr), index.projection)
            for index in description.global_indexes
        ]
        stream = None
        if description.latest_stream_label is not None:
            arn = f"{description.table_arn}/stream/{description.latest_stream_label}"
            view = description.stream_specification["StreamViewType"]
            stream = Stream(arn, description.latest_stream_label, region, view, self._now)
        return ItemTable(description.name, keys, indexes, stream)

    def _described(self, name: str, region: str, parameters: dict[str, Any]) -> Any:
        if name not in _DESCRIPTIONS:
            raise Refusal("UnknownOperationException", f"The local engine does not do {name}.")
        handler: Any = DynamoHandler()
        handler.region, handler.current_account, handler.headers = region, DEFAULT_ACCOUNT_ID, {}
        handler.body = handler.params = parameters
        shown = json.loads(dynamo_json_dump(getattr(handler, _DESCRIPTIONS[name])().result))
        if name == "DeleteTable":
            self._tables.pop((region, parameters["TableName"]), None)
        if name == "DescribeTable":
            shown["Table"]["ItemCount"] = len(self.table(parameters["TableName"], region).items)
        return shown
