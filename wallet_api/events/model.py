"""What an event is, and which facts are told to whom.

The journal's stream tells what moved money, the records' stream what changed without moving any: no fact is in both, so
none is told twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from wallet_api.clock import epoch_milliseconds
from wallet_api.ids import made_id
from wallet_api.ledger import chart
from wallet_api.ledger.entry import Entry
from wallet_api.money import Money

SHARDS = 8
"""A merchant's events are spread over this many partitions of the index; a person's fit in one."""

OF_STATES: Mapping[str, Mapping[str, str]] = {
    "payment": {"requires_confirmation": "payment.created", "canceled": "payment.canceled"},
    "top_up": {"requires_action": "top_up.requires_action", "failed": "top_up.failed"},
}
"""Event types by a record's kind and the state it came into. A state that is reached by moving money is not listed."""


@dataclass(frozen=True, slots=True)
class Event:
    """One fact for one owner (a merchant's or a person's id). `data` is thin: ids, amounts, states."""

    id: str
    owner: str
    type: str
    data: Mapping[str, Any]
    created_at: datetime

    @property
    def sequence(self) -> int:
        """Events of one object are in the order of this number, whatever order they arrive in."""
        return epoch_milliseconds(self.created_at)


@dataclass(frozen=True, slots=True)
class Change:
    """A record that came into a state. `owners` are all whom it concerns; `digest` names this version of the record."""

    kind: str
    subject: str
    state: str
    owners: tuple[str, ...]
    amount: Money
    at: datetime
    digest: str


def events_of_entry(entry: Entry) -> Iterator[Event]:
    """What an entry means to each merchant and person it touches.

    `amount` is what reached the other side; `balance_change` is signed and the owner's own, with the fees they bear.
    """
    arrived = max((each.money for each in entry.postings if each.account != chart.FEES), key=_minor_units)
    for (account, _), change in entry.net().items():
        owner = chart.owner_of(account)
        if owner is None:
            continue
        data = {
            "id": entry.subject,
            "object": entry.kind,
            "entry_id": entry.id,
            "amount": arrived,
            "balance_change": change,
        }
        yield _event(_type_of(entry.kind, change.amount > 0), owner, data, entry.at, entry.id)


def events_of_change(change: Change) -> Iterator[Event]:
    """What a record's new state means to its owners; nothing when the journal tells it, or nobody needs to know."""
    kind = OF_STATES.get(change.kind, {}).get(change.state)
    if kind is None:
        return
    data = {"id": change.subject, "object": change.kind, "status": change.state, "amount": change.amount}
    for owner in change.owners:
        yield _event(kind, owner, data, change.at, change.digest)


def shards_of(owner: str) -> range:
    """The partitions that an owner's events are spread over."""
    return range(SHARDS if owner.startswith("mer_") else 1)


def shard_of(event: Event) -> int:
    """Always the same one for an event."""
    return hashlib.sha256(event.id.encode()).digest()[0] % len(shards_of(event.owner))


def _type_of(kind: str, received: bool) -> str:
    if kind == "transfer":
        return "transfer.received" if received else "transfer.sent"
    return f"{kind}.succeeded"


def _event(kind: str, owner: str, data: Mapping[str, Any], at: datetime, version: str) -> Event:
    """The id follows from the fact and its owner alone, so projecting a fact twice makes one event."""
    entropy = hashlib.sha256("\x00".join((str(data["id"]), kind, version, owner)).encode()).digest()[:10]
    return Event(made_id("evt", at, entropy), owner, kind, data, at)


def _minor_units(money: Money) -> int:
    return money.amount
