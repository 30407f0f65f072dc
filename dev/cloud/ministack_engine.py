"""DynamoDB and its streams from ministack, `--engine ministack`: written by other people than moto, and judged by the same tests.

Its two modules are called in this process; the rest of ministack is not started. What is added from outside: one lock, because
its handlers rely on an event loop to take turns; sums of 38 digits, exact or refused; the local clock, for tokens and what they
outlive; and no reaper, because here items past their time stay until they are swept.
"""

import copy
import decimal
import importlib
import json
import logging
import math
import pickle
import random
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import RLock
from types import SimpleNamespace
from typing import Any

from botocore.awsrequest import AWSPreparedRequest

from dev.cloud.engine import BROKE_OFF, WRITES, Answer, checked

log = logging.getLogger(__name__)

_ACCOUNT = "123456789012"
# ministack keeps its tables in its modules, so all engines of the process take turns.
_TURN = RLock()
_SUMS = decimal.Context(prec=38, traps=[decimal.Inexact, decimal.InvalidOperation, decimal.Overflow])


class MinistackEngine:
    """One region's DynamoDB; further regions are separate, as on AWS."""

    name = "ministack"

    def __init__(self, now: Callable[[], datetime], region: str) -> None:
        self._items, self._streams, self._scope = _modules()
        self._region = region
        self._time = SimpleNamespace(time=lambda: now().timestamp())
        self._listeners: list[Callable[[], None]] = []

    def on_write(self, listener: Callable[[], None]) -> None:
        self._listeners.append(listener)

    def reset(self) -> None:
        with self._turn(self._region):
            self._items._txn_idempotency.clear()
            for table in self._items._tables.values():
                table["items"].clear()
                self._items._items_replaced(table)
        self.forget_stream_records()

    def keep(self) -> Callable[[], None]:
        with self._turn(self._region):
            items = {name: pickle.dumps(dict(table["items"])) for name, table in self._items._tables.items()}
            records = {name: list(self._items._stream_records.get(name) or ()) for name in items}

        def put_back() -> None:
            with self._turn(self._region):
                for name, kept in items.items():
                    table = self._items._tables[name]
                    table["items"].update(pickle.loads(kept))
                    self._items._items_replaced(table)
                    if records[name]:
                        self._items._stream_records[name].extend(records[name])

        return put_back

    def items(self, table: str, region: str) -> list[dict[str, Any]]:
        with self._turn(region):
            partitions = self._items._tables[table]["items"].values()
            return [copy.deepcopy(item) for partition in partitions for item in partition.values()]

    def forget_stream_records(self) -> None:
        """What was streamed so far is gone, as after a day on AWS."""
        with self._turn(self._region):
            for name in self._items._tables:
                records = self._items._stream_records.get(name)
                if records:
                    # Places in a stream count from its first record ever.
                    trimmed = self._items._stream_trimmed
                    trimmed[name] = trimmed.get(name, 0) + len(records)
                    records.clear()

    def remove_tables(self) -> None:
        """Forgets the tables themselves."""
        with self._turn(self._region):
            for name in list(self._items._tables):
                self._items.drop_stream_records(name)
                for kept in (self._items._tables, self._items._ttl_settings, self._items._pitr_settings):
                    kept.pop(name, None)

    def answer(self, service: str, region: str, request: AWSPreparedRequest) -> Answer:
        target = request.headers["X-Amz-Target"]
        action = target if isinstance(target, str) else target.decode()
        name = action.rpartition(".")[2]
        module = self._items if service == "dynamodb" else self._streams
        with self._turn(region):
            try:
                handled = module.handle_request("POST", "/", {"x-amz-target": action}, request.body or b"{}", {})
                status, _, body = _finished(handled)
            except decimal.Inexact:
                status, body = 400, _validation_error("Attempting to store more than 38 significant digits in a Number")
            except BROKE_OFF as broken:
                log.info("%s broke off", name, exc_info=True)
                status, body = 400, _validation_error(f"{name}: wrong request: {broken!r}")
        if name in WRITES and status == 200:
            for listener in self._listeners:
                listener()
        content = body if isinstance(body, bytes) else body.encode()
        return checked(status, content, f"{random.getrandbits(128):032X}")

    def records(self, table: str, region: str, start: int, limit: int) -> tuple[list[dict[str, Any]], int]:
        """Stream records of a table from a place on, and the place after them. Places count from the first record ever."""
        with self._turn(region):
            if not self._items._tables[table].get("LatestStreamArn"):
                raise LookupError(f"{table} has no stream")
            start = max(start, self._items.stream_start_position(table))
            found = copy.deepcopy(self._items.stream_records_since(table, start, limit))
            return found, start + len(found)

    @contextmanager
    def _turn(self, region: str) -> Iterator[None]:
        with _TURN, self._scope(_ACCOUNT, region), decimal.localcontext(_SUMS):
            self._items.time = self._time
            yield


def _modules() -> tuple[Any, Any, Any]:
    """ministack's DynamoDB, its streams, and what says for whom they act."""
    with _no_reaper():
        dynamodb: Any = importlib.import_module("ministack.services.dynamodb")
        streams = importlib.import_module("ministack.services.dynamodb_streams")
    # Whoever moves the clock by two days has not read what was written before.
    dynamodb._STREAM_RETENTION_SECONDS = math.inf
    return dynamodb, streams, dynamodb.request_scope


@contextmanager
def _no_reaper() -> Iterator[None]:
    """ministack starts a thread when it is imported, which deletes what has expired, by the machine's clock and without the lock."""
    thread: Any = threading.Thread
    start = thread.start

    def start_others(each: threading.Thread) -> None:
        if each.name != "dynamodb-ttl-reaper":
            start(each)

    thread.start = start_others
    try:
        yield
    finally:
        thread.start = start


def _finished(handler: Coroutine[Any, Any, tuple[int, dict[str, str], Any]]) -> tuple[int, dict[str, str], Any]:
    """What a coroutine returns that has nothing to wait for."""
    try:
        handler.send(None)
    except StopIteration as done:
        answer: tuple[int, dict[str, str], Any] = done.value
        return answer
    handler.close()
    raise RuntimeError("ministack waits for something, and nothing here would wake it")


def _validation_error(message: str) -> bytes:
    kind = "com.amazonaws.dynamodb.v20120810#ValidationException"
    return json.dumps({"__type": kind, "message": message}).encode()
