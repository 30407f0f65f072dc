"""Stream records that later writes do not change."""

import base64
import marshal
import random
import time
from typing import Any

from moto.dynamodb.models import table as table_module
from moto.dynamodb.models.dynamo_type import Item
from moto.dynamodb.models.table import StreamRecord, Table

from dev.cloud.moto_values import unlisted

_VIEWS = {"OldImage": "OLD_IMAGE", "NewImage": "NEW_IMAGE"}


class FrozenRecord(StreamRecord):
    """A stream record with images of its own, packed until somebody reads them: most lie there for good. moto's shares them with
    the items, and measures them by writing them out.
    """

    __new__ = unlisted

    def __init__(
        self, table: Table, stream_type: str, event_name: str, old: Item | None, new: Item | None, seq: int
    ) -> None:
        images = {"OldImage": old, "NewImage": new}
        shown = {name: frozen(item) for name, item in images.items() if item is not None}
        one = next(iter(shown.values()))
        self.changes = shown.get("OldImage") != shown.get("NewImage")
        record = {
            "eventID": f"{random.getrandbits(128):032x}",
            "eventName": event_name,
            "eventSource": "aws:dynamodb",
            "eventVersion": "1.1",
            "awsRegion": table.region_name,
            "dynamodb": {
                "StreamViewType": stream_type,
                "ApproximateCreationDateTime": int(time.time()),
                "SequenceNumber": str(seq),
                "SizeBytes": sum(item.size() for item in images.values() if item is not None),
                "Keys": {name: one[name] for name in (table.hash_key_attr, str(table.range_key_attr))},
                **{name: image for name, image in shown.items() if stream_type in (_VIEWS[name], "NEW_AND_OLD_IMAGES")},
            },
            "eventSourceARN": f"{table.table_arn}/stream/{table.latest_stream_label}",
        }
        self._packed = marshal.dumps(record)

    def to_json(self) -> dict[str, Any]:
        """The record, each time anew, so that no reader changes what another reads."""
        record: dict[str, Any] = marshal.loads(self._packed)
        return record


def stream_frozen_records() -> None:
    """Makes every table of moto's stream such records, for good."""
    vars(table_module)["StreamRecord"] = FrozenRecord


def frozen(item: Item) -> dict[str, Any]:
    """An item as plain JSON that shares nothing with it."""
    return {name: _frozen(value) for name, value in item.attrs.items()}


def _frozen(value: Any) -> Any:
    kind, held = value.type, value.value
    if kind == "M":
        return {kind: {name: _frozen(inner) for name, inner in held.items()}}
    if kind == "L":
        return {kind: list(map(_frozen, held))}
    if kind in ("B", "BS"):
        return {kind: _base64(held) if kind == "B" else list(map(_base64, held))}
    return {kind: list(held) if isinstance(held, list) else held}


def _base64(value: Any) -> Any:
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value
