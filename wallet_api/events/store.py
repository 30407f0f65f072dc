"""The events' items, in the records table, and how an event is read out of that table's stream."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from msgspec import Struct

from wallet_api.clock import rfc3339
from wallet_api.events.errors import EventKnown, RecordUnreadable
from wallet_api.events.model import BORN, FACTS, OF_FIELDS, OF_STATES, Change, Event, shard_of, shards_of
from wallet_api.money import Money
from wallet_api.storage import AtomicWrite, Item, Read, Storage, Trip
from wallet_api.storage.additions import Add, add_missing
from wallet_api.storage.items import Document, Moment, UnicodeAttribute

EVENT = "event"
EVENTS_PER_WRITE = 50


class EventItem(Item):
    """pk = event id, sk = `event`. Written once; indexed by owner, a merchant's spread over partitions."""

    table = "records"

    owner = UnicodeAttribute()
    type = UnicodeAttribute()
    data = Document()
    created_at = Moment()
    owner_bucket = UnicodeAttribute()
    owner_order = UnicodeAttribute()

    def event(self) -> Event:
        """The item as the wallet speaks of it."""
        return Event(self.pk, self.owner, self.type, self.data, self.created_at)


class ChangedItem(Item):
    """What events tell of any record that has a life: read from the stream, whatever else the record holds."""

    table = "records"

    status = UnicodeAttribute()
    created_at = Moment()
    ended_at = Moment(null=True)
    returned_at = Moment(null=True)
    settled_at = Moment(null=True)
    authorized_at = Moment(null=True)
    confirmed_at = Moment(null=True)
    escalated_at = Moment(null=True)
    lowered_at = Moment(null=True)
    merchant_id = UnicodeAttribute(null=True)
    customer_id = UnicodeAttribute(null=True)
    person_id = UnicodeAttribute(null=True)
    payer_id = UnicodeAttribute(null=True)
    payee_id = UnicodeAttribute(null=True)
    decline_code = UnicodeAttribute(null=True)


class EventStore(Struct, frozen=True):
    """Adds and finds events."""

    storage: Storage
    items: type[EventItem]
    changed_items: type[ChangedItem]

    @staticmethod
    def open(storage: Storage) -> EventStore:
        """Binds the events' items to their table."""
        return EventStore(storage, storage.bind(EventItem), storage.bind(ChangedItem))

    def add(self, events: Sequence[Event]) -> int:
        """Writes the events that are not there yet, all of them in one write. Returns how many were new."""
        return add_missing(self.storage, {event.id: self._addition(event) for event in events})

    def _addition(self, event: Event) -> Add:
        return lambda write, known: write.put(self._item(event), known)

    def put(self, event: Event, write: AtomicWrite) -> None:
        """Adds an event to the write of what it tells of; the write fails with EventKnown when it was told already."""
        write.put(self._item(event), EventKnown())

    def told(self, record: Mapping[str, Any]) -> Event | None:
        """The event that a record of the stream brings, new; None for any other record. Raises RecordUnreadable."""
        try:
            change = record["dynamodb"]
            if change["Keys"]["sk"]["S"] != EVENT or record["eventName"] != "INSERT":
                return None
            return self.items.from_raw_data(dict(change["NewImage"])).event()
        except Exception as error:
            raise RecordUnreadable(str(record.get("dynamodb", {}).get("Keys"))) from error

    def find(self, event_id: str, trip: Trip) -> Read[Event | None]:
        """An event by its id, or None."""
        return trip.get(self.items, event_id, EVENT).map(lambda item: None if item is None else item.event())

    def newest(self, owner: str, trip: Trip, *, before: str | None, limit: int) -> Read[list[Event]]:
        """An owner's events before an event id, newest first, from all of their partitions at once.

        An index is behind by moments, which a list of what happened can bear.
        """
        reads = [
            trip.call(
                partial(
                    self.storage.query_index,
                    self.items,
                    "by_owner",
                    _bucket(owner, shard),
                    before=before,
                    limit=limit,
                    newest_first=True,
                )
            )
            for shard in shards_of(owner)
        ]

        def bring() -> list[Event]:
            events = [self.items.from_raw_data(raw).event() for read in reads for raw in read()]
            return sorted(events, key=lambda event: event.id, reverse=True)[:limit]

        return Read(bring)

    def change(self, record: Mapping[str, Any]) -> Change | None:
        """The state that a record of the stream came into; None when it came into none that anybody is told of.

        Raises RecordUnreadable.
        """
        try:
            change = record["dynamodb"]
            kind = change["Keys"]["sk"]["S"]
            if record["eventName"] == "REMOVE" or kind not in OF_STATES:
                return None
            image = change["NewImage"]
            if kind == "transfer" and "status" not in image:
                return None  # it arrived in the moment it was made, and the journal tells it
            before = change.get("OldImage", {})
            if before.get("status") == image["status"]:
                told_as = _within_state(kind, before, image)
                return None if told_as is None else self._change(kind, image, told_as)
            if "OldImage" not in change and image["status"].get("S") in BORN.get(kind, ()):
                return None
            return self._change(kind, image, None)
        except Exception as error:
            raise RecordUnreadable(str(record.get("dynamodb", {}).get("Keys"))) from error

    def _change(self, kind: str, image: Mapping[str, Any], told_as: str | None) -> Change:
        item = self.changed_items.from_raw_data(dict(image))
        times: tuple[datetime | None, ...] = (
            item.returned_at,
            item.ended_at,
            item.settled_at,
            item.lowered_at,
            item.confirmed_at,
            item.escalated_at,
            item.created_at,
        )
        captured = kind == "payment" and item.status == "succeeded" and item.authorized_at is not None
        owners = (
            (item.customer_id,) if captured else (item.merchant_id, item.customer_id, item.person_id, item.payer_id)
        )
        return Change(
            kind=kind,
            subject=item.pk,
            state=item.status,
            owners=tuple(owner for owner in owners if owner),
            amount=_captured(image) if captured else _amount(image),
            told_as="payment.succeeded" if captured else told_as,
            facts=_facts(image, item.status),
            aside={item.payee_id: "transfer.missed"} if item.payee_id and _is_missed(item) else {},
            at=next(time for time in times if time is not None),
            digest=hashlib.sha256(json.dumps(image, sort_keys=True).encode()).hexdigest(),
        )

    def _item(self, event: Event) -> EventItem:
        bucket = _bucket(event.owner, shard_of(event))
        return self.items.of(event, pk=event.id, sk=EVENT, owner_bucket=bucket, owner_order=event.id)


def _within_state(kind: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> str | None:
    """The event of a record that changed and stayed in its state; None when nobody is told of it."""
    fields, told_as = OF_FIELDS.get(kind, ((), None))
    return told_as if any(before.get(field) != after.get(field) for field in fields) else None


def _captured(image: Mapping[str, Any]) -> Money:
    return Money(int(image["refundable"]["N"]) + int(image["refunded"]["N"]), image["currency"]["S"])


def _amount(image: Mapping[str, Any]) -> Money | None:
    """A record keeps its amount as a number beside a currency, or as both in one map; None when it is about no money."""
    if "amount" not in image:
        return None
    parts = image["amount"].get("M", image)
    return Money(int(parts["amount"]["N"]), parts["currency"]["S"])


def _facts(image: Mapping[str, Any], state: str) -> dict[str, str | int]:
    """What an event tells beside the amount. When a transfer arrives is told only while it will: its end has a time of its own."""
    names = [name for name in FACTS if name != "arrives_at" or state == "scheduled"]
    return {name: fact for name in names if (fact := _plain(name, image.get(name))) is not None}


def _plain(name: str, value: Mapping[str, Any] | None) -> str | int | None:
    if value is None or "NULL" in value:
        return None
    if name.endswith("_at"):
        return rfc3339(datetime.fromisoformat(value["S"]))
    return int(value["N"]) if "N" in value else str(value["S"])


def _is_missed(item: ChangedItem) -> bool:
    """Whether a transfer's payee is told of it too: it came as far as their wallet, which did not take it."""
    return item.status == "failed" and item.decline_code == "payee_unavailable"


def _bucket(owner: str, shard: int) -> str:
    """The index partition of some of an owner's events: never one partition for a whole merchant."""
    return f"{owner}/events/{shard}"
