"""DynamoDB and its streams from moto, behind one corrected call path.

moto 5.2.5 answers each call right when it comes alone. What is wrong is around the calls, and is mended here from outside:

- two threads see each other half done, so one lock serialises every call;
- a transaction copies whole tables to be able to undo, so `dev/cloud/transactions.py` checks all conditions before it writes,
  and only the items that a request touches are kept, to be put back when a write is refused after all;
- `ClientRequestToken` is ignored, so tokens are remembered for ten minutes;
- every Query and Scan sorts the whole table, so a table keeps its keys in order and lends what will be returned;
- stream records hold live values that later writes change, so they are made of copies;
- numbers lose digits and take what is none, so `dev/cloud/exact_numbers.py` reads and adds them;
- conditions compare what cannot be compared, so `dev/cloud/moto_conditions.py` judges by type;
- what moto breaks off at becomes the validation error that it is on AWS.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
"""

import json
import logging
import random
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import RLock
from typing import Any

from botocore.awsrequest import AWSPreparedRequest
from moto.core.exceptions import JsonRESTError
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb import responses
from moto.dynamodb.exceptions import DynamodbException, MockValidationException
from moto.dynamodb.models import DynamoDBBackend, dynamodb_backends
from moto.dynamodb.models.dynamo_type import Item
from moto.dynamodb.models.table import Table
from moto.dynamodb.models.utilities import dynamo_json_dump
from moto.dynamodb.responses import DynamoHandler
from moto.dynamodbstreams.responses import DynamoDBStreamsHandler

from dev.cloud.corrected_table import CorrectedTable, Place
from dev.cloud.engine import BROKE_OFF, WRITES, Answer, checked
from dev.cloud.exact_numbers import attribute_value, make_sums_exact
from dev.cloud.frozen_records import frozen, stream_frozen_records
from dev.cloud.moto_conditions import correct_conditions
from dev.cloud.moto_speed import speed_up
from dev.cloud.transactions import transact

log = logging.getLogger(__name__)

TOKEN_LIFE = timedelta(minutes=10)
MAX_REQUEST_BYTES = 4 * 1024 * 1024
MAX_TOKEN = 36
MAX_BATCH = 25
MAX_ITEM_BYTES = 400 * 1024


class TokenMismatch(DynamodbException):
    """The same token came with another request."""

    def __init__(self) -> None:
        super().__init__(
            "com.amazonaws.dynamodb.v20120810#IdempotentParameterMismatchException",
            "The request uses the same client token as a previous, but non-identical request.",
        )


@dataclass(frozen=True)
class _Token:
    fingerprint: str
    expires_at: datetime


class MotoEngine:
    """The DynamoDB of the regions that it was asked for; another engine in the process has others, and its tables stay."""

    name = "moto"

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.lock = RLock()
        self._now = now
        self._tokens: dict[str, _Token] = {}
        self._regions: set[str] = set()
        self._listeners: list[Callable[[], None]] = []
        speed_up()
        # moto still takes 25 reads in a transaction; DynamoDB has taken 100 since 2022.
        responses.TRANSACTION_MAX_ITEMS = 100
        stream_frozen_records()
        make_sums_exact()
        correct_conditions()

    def on_write(self, listener: Callable[[], None]) -> None:
        self._listeners.append(listener)

    def reset(self) -> None:
        with self.lock:
            self._tokens.clear()
            for table in self._tables():
                table.clear()

    def keep(self) -> Callable[[], None]:
        with self.lock:
            ways_back = [table.keep() for table in self._tables()]

        def put_back() -> None:
            with self.lock:
                for way_back in ways_back:
                    way_back()

        return put_back

    def items(self, table: str, region: str) -> list[dict[str, Any]]:
        with self.lock:
            return [frozen(item) for item in self._table(table, region).all_items()]

    def forget_stream_records(self) -> None:
        """What was streamed so far is gone, as after a day on AWS."""
        with self.lock:
            for table in self._tables():
                table.forget_stream_records()

    def remove_tables(self) -> None:
        """Forgets the tables themselves."""
        with self.lock:
            for region in self._regions:
                _backend(region).reset()

    def records(self, table: str, region: str, start: int, limit: int) -> tuple[list[dict[str, Any]], int]:
        """Stream records of a table from a place on, and the place after them. Places count from the first record ever."""
        with self.lock:
            return self._table(table, region).records(start, limit)

    def answer(self, service: str, region: str, request: AWSPreparedRequest) -> Answer:
        target = request.headers["X-Amz-Target"]
        name = (target if isinstance(target, str) else target.decode()).rpartition(".")[2]
        with self.lock:
            self._regions.add(region)
            try:
                body = self._answer(service, region, name, request.body or b"{}")
                status = 200
            except JsonRESTError as refusal:
                status, body = 400, str(refusal.get_body())
            except BROKE_OFF as broken:
                log.info("%s broke off", name, exc_info=True)
                status, body = 400, str(MockValidationException(f"{name}: wrong request: {broken!r}").get_body())
        if name in WRITES and status == 200:
            for listener in self._listeners:
                listener()
        return checked(status, body.encode(), f"{random.getrandbits(128):032X}")

    def _answer(self, service: str, region: str, name: str, content: Any) -> str:
        parameters = json.loads(content, object_hook=attribute_value)
        if name in WRITES:
            return self._write(region, name, parameters)
        return _act(service, region, name, parameters)

    def _write(self, region: str, name: str, parameters: dict[str, Any]) -> str:
        token = parameters.get("ClientRequestToken") if name == "TransactWriteItems" else None
        fingerprint = json.dumps(parameters, sort_keys=True) if name == "TransactWriteItems" else ""
        if token is not None and not 1 <= len(token) <= MAX_TOKEN:
            raise MockValidationException(
                "Value at 'clientRequestToken' failed to satisfy constraint: 1 to 36 characters."
            )
        if len(fingerprint) > MAX_REQUEST_BYTES:
            raise MockValidationException("Collection size of item data exceeds the maximum of 4 MB.")
        if token is not None and (known := self._known(token)) is not None:
            if known.fingerprint != fingerprint:
                raise TokenMismatch
            return "{}"
        with self._undone_on_failure(region, list(_touched(name, parameters))):
            if name == "TransactWriteItems":
                transact(_backend(region), parameters["TransactItems"])
                body = "{}"
            else:
                body = _act("dynamodb", region, name, parameters)
        if token is not None:
            self._tokens[token] = _Token(fingerprint, self._now() + TOKEN_LIFE)
        return body

    def _known(self, token: str) -> _Token | None:
        known = self._tokens.get(token)
        return known if known is not None and known.expires_at > self._now() else None

    @contextmanager
    def _undone_on_failure(self, region: str, touched: list[tuple[str, dict[str, Any]]]) -> Iterator[None]:
        """Keeps what is about to change, and how long each stream is; puts both back when the call fails."""
        tables = {name: self._table(name, region) for name, _ in touched}
        places: dict[tuple[str, Place], Any] = {}
        for name, item_or_key in touched:
            place = tables[name].place_of(item_or_key)
            places[name, place] = tables[name].snapshot(place)
        lengths = {name: table.stream_length() for name, table in tables.items()}
        try:
            yield
            for name, place in places:
                _require_storable(tables[name].found(place))
        except BaseException:
            for (name, place), before in places.items():
                tables[name].put_back(place, before)
            for name, table in tables.items():
                table.cut_stream(lengths[name])
            raise
        for (name, place), before in places.items():
            tables[name].reindex(place, before)
        for name, table in tables.items():
            table.settle_stream(lengths[name])

    def _table(self, name: str, region: str) -> CorrectedTable:
        table = _backend(region).get_table(name)
        if type(table) is Table:
            CorrectedTable.correct(table)
        return table  # type: ignore[return-value]

    def _tables(self) -> Iterator[CorrectedTable]:
        for region in self._regions:
            for name in _backend(region).tables:
                yield self._table(name, region)


def _backend(region: str) -> DynamoDBBackend:
    return dynamodb_backends[DEFAULT_ACCOUNT_ID][region]


def _act(service: str, region: str, name: str, parameters: dict[str, Any]) -> str:
    """moto's own action for a call, without the search through the addresses of every AWS service."""
    handler: Any = DynamoHandler() if service == "dynamodb" else DynamoDBStreamsHandler()
    handler.region, handler.current_account, handler.headers = region, DEFAULT_ACCOUNT_ID, {}
    handler.body, handler.params, handler.uri_match = parameters, parameters, None
    handler.querystring = {each: [value] for each, value in parameters.items()}
    action = getattr(handler, re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower(), None)
    if action is None:
        raise DynamodbException("com.amazon.coral.service#UnknownOperationException", f"moto does not do {name}.")
    for table in _backend(region).tables.values():
        if type(table) is Table:
            CorrectedTable.correct(table)
    return dynamo_json_dump(action().result)


def _require_storable(item: Item | None) -> None:
    if item is not None and item.size() > MAX_ITEM_BYTES:
        raise MockValidationException("Item size has exceeded the maximum allowed size")


def _touched(name: str, parameters: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each item that a write names: its table, and its key or the whole new item."""
    if name == "TransactWriteItems":
        for action in parameters["TransactItems"]:
            (request,) = action.values()
            yield request["TableName"], request.get("Key") or request["Item"]
    elif name == "BatchWriteItem":
        batches = parameters["RequestItems"]
        if sum(map(len, batches.values())) > MAX_BATCH:
            raise MockValidationException(f"Too many items requested for the BatchWriteItem call: at most {MAX_BATCH}")
        for table, requests in batches.items():
            for each in requests:
                (request,) = each.values()
                yield table, request.get("Key") or request["Item"]
    else:
        yield parameters["TableName"], parameters.get("Key") or parameters["Item"]
