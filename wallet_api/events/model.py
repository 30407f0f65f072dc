"""What an event is, and which facts are told to whom.

The journal's stream tells what moved money, the records' stream what changed without moving any: no fact is in both, so
none is told twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct, field

from wallet_api.clock import epoch_milliseconds
from wallet_api.ids import made_id
from wallet_api.ledger import chart
from wallet_api.ledger.entry import Entry, Posting
from wallet_api.money import Money

SHARDS = 8
"""A merchant's events are spread over this many partitions of the index; a person's fit in one."""

TYPES: Mapping[str, str] = {
    "payment.created": "a merchant asked for a payment, which waits for its customer",
    "payment.requires_action": "a payment waits until its customer proves more on their phone",
    "payment.processing": "a customer said yes, and the payment's end is not known yet",
    "payment.authorized": "the money of a payment is set aside until its merchant captures it",
    "payment.succeeded": "a payment was paid, or captured",
    "payment.failed": "a payment was tried and failed for good",
    "payment.canceled": "a payment was taken back, voided, or nobody paid it in time",
    "payment.declined": "a customer's payment code was shown, and did not pay",
    "refund.created": "a refund to a card began, and its money is set aside",
    "refund.succeeded": "money of a payment went back, to the balance or to a card",
    "refund.failed": "no card took a refund, so that its money is on the balance",
    "refund_request.created": "a customer asked for their money back",
    "refund_request.approved": "the merchant approved a customer's request",
    "refund_request.declined": "the merchant declined a customer's request",
    "refund_request.escalated": "the merchant did not answer a customer's request in time",
    "refund_request.canceled": "the customer took their request back",
    "top_up.requires_action": "a card's issuer wants a top-up to be confirmed",
    "top_up.succeeded": "money from a card reached the wallet",
    "top_up.failed": "a card was not charged",
    "top_up.compensated": "a card was charged after all, and its money reached the wallet late",
    "top_up.charge_reversed": "a charge was taken back after all, and its money with it",
    "withdrawal.created": "money was set aside to be sent to a person's card",
    "withdrawal.succeeded": "a card's bank took a withdrawal",
    "withdrawal.failed": "no card took a withdrawal, so that its money and fee are on the balance again",
    "withdrawal.returned": "a card's bank sent a withdrawal back, so that its money and fee are on the balance again",
    "withdrawal.corrected": "a withdrawal that had failed reached its card after all, and its money was taken once more",
    "payout.created": "money of a merchant's was set aside to be paid out",
    "payout.paid": "the bank paid a merchant out",
    "payout.failed": "the bank did not pay, and the money is the merchant's again",
    "payout.returned": "the bank paid and had the money back, which is the merchant's again",
    "transfer.sent": "money was sent to another person",
    "transfer.received": "money came from another person",
    "transfer.created": "money was set aside for a transfer that arrives later",
    "transfer.succeeded": "a delayed transfer arrived",
    "transfer.canceled": "a delayed transfer was taken back, so that its money and fee are on the balance again",
    "transfer.failed": "a delayed transfer could not arrive, so that its money and fee are on the balance again",
    "transfer.missed": "a delayed transfer to a person went back, because their wallet could not take it",
    "mandate.created": "a merchant asked a customer to let it charge without asking each time",
    "mandate.confirmed": "a customer said yes to a mandate, which may be charged by now",
    "mandate.lowered": "a customer made the limits of a mandate smaller",
    "mandate.revoked": "a customer ended a mandate",
    "mandate.canceled": "a merchant ended a mandate",
    "merchant.payout_schedule.changed": "a merchant is to be paid out by the day from now on, or on request only, or from another sum on",
    "merchant.settlement_account.changed": "a merchant's money is to be paid out to another account",
    "webhook_endpoint.disabled": "events go to a webhook endpoint no more",
    "webhook_endpoint.test": "a merchant asked for a test of a webhook endpoint",
}
"""Every type of event, and when it is told. The list is closed: what is not in it is told to nobody."""

OF_STATES: Mapping[str, Mapping[str, str | None]] = {
    "payment": {
        "requires_confirmation": "payment.created",
        "requires_action": "payment.requires_action",
        "processing": "payment.processing",
        "authorized": "payment.authorized",
        "succeeded": None,
        "failed": "payment.failed",
        "canceled": "payment.canceled",
    },
    "refund": {
        "created": "refund.created",
        "pending": None,
        "succeeded": "refund.succeeded",
        "failed": "refund.failed",
    },
    "refund_request": {
        "open": "refund_request.created",
        "approved": "refund_request.approved",
        "declined": "refund_request.declined",
        "escalated": "refund_request.escalated",
        "canceled": "refund_request.canceled",
    },
    "payout": {
        "processing": "payout.created",
        "paid": "payout.paid",
        "failed": "payout.failed",
        "returned": "payout.returned",
    },
    "top_up": {
        "processing": None,
        "requires_action": "top_up.requires_action",
        "succeeded": None,
        "failed": "top_up.failed",
    },
    "withdrawal": {
        "processing": "withdrawal.created",
        "succeeded": "withdrawal.succeeded",
        "failed": "withdrawal.failed",
        "returned": "withdrawal.returned",
    },
    "transfer": {
        "scheduled": "transfer.created",
        "succeeded": "transfer.succeeded",
        "canceled": "transfer.canceled",
        "failed": "transfer.failed",
    },
    "mandate": {
        "requires_confirmation": "mandate.created",
        "active": "mandate.confirmed",
        "revoked": "mandate.revoked",
        "canceled": "mandate.canceled",
    },
}
"""Event types by a record's kind and the state it came into. None where the journal tells it, or nothing happened yet."""

OF_FIELDS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "mandate": (("max_per_payment", "max_per_month"), "mandate.lowered"),
}
"""By a record's kind, fields whose change is told though the record stays in its state, and by which event."""

OF_ENTRIES: Mapping[str, str | None] = {
    "payment": "payment.succeeded",
    "capture": "payment.succeeded",
    "authorization": None,
    "void": None,
    "reversal": None,
    "refund_hold": None,
    "refund_delivery": None,
    "refund": "refund.succeeded",
    "top_up": "top_up.succeeded",
    "compensation": "top_up.compensated",
    "charge_reversal": "top_up.charge_reversed",
    "withdrawal": None,
    "withdrawal_settlement": None,
    "withdrawal_void": None,
    "withdrawal_return": None,
    "withdrawal_correction": "withdrawal.corrected",
    "transfer_hold": None,
    "transfer_arrival": "transfer.received",
    "transfer_void": None,
    "payout": None,
    "payout_paid": None,
    "payout_void": None,
    "payout_return": None,
    "payout_correction": None,
}
"""Event types by the kind of an entry. None where the record's state tells it. A transfer that arrives at once has a type for each side."""

OBJECTS: Mapping[str, str] = {
    "capture": "payment",
    "withdrawal_correction": "withdrawal",
    "transfer_arrival": "transfer",
}
"""What an entry is about, where that is not called as the entry is."""

BORN: Mapping[str, tuple[str, ...]] = {"refund": ("succeeded",)}
"""States that a record may be made in, and that the journal tells then; only who comes into them later is told by them."""

FACTS = (
    "payment_id",
    "refund_id",
    "refund_request_id",
    "destination",
    "decline_code",
    "failure_code",
    "refunded",
    "refundable",
    "arrives_at",
)
"""What of a changed record goes into its event beside its amount: ids, codes, times and numbers, nobody's words."""


class Event(Struct, frozen=True):
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


class Change(Struct, frozen=True):
    """A record that came into a state. `owners` are all whom it concerns; `digest` names this version of the record."""

    kind: str
    subject: str
    state: str
    owners: tuple[str, ...]
    amount: Money | None
    at: datetime
    digest: str
    told_as: str | None = None
    """The event that tells of it, where its state does not say: a capture, since its customer need not have a line of it in the
    journal, and a change of a field within a state.
    """
    facts: Mapping[str, str | int] = field(default_factory=dict)
    aside: Mapping[str, str] = field(default_factory=dict)
    """Whom beside its owners it concerns, and the event that tells them."""


def events_of_entry(entry: Entry) -> Iterator[Event]:
    """What an entry means to each merchant and person it touches.

    `amount` is what reached the other side; `balance_change` is signed and the owner's own, with the fees they bear.
    """
    others = [each for each in entry.postings if each.account != chart.FEES and not _returns(entry, each)]
    arrived = max((each.money for each in others), key=_minor_units)
    for (account, _), change in entry.net().items():
        owner = chart.owner_of(account)
        kind = _type_of(entry.kind, change.amount > 0)
        if owner is None or kind is None or (entry.kind == "capture" and not owner.startswith("mer_")):
            # Only what comes back of a hold touches its customer, who is told of the payment by its record.
            continue
        data = {
            "id": entry.subject,
            "object": OBJECTS.get(entry.kind, entry.kind),
            "entry_id": entry.id,
            "amount": arrived,
            "balance_change": change,
        }
        yield made_event(kind, owner, data, entry.at, entry.id)


def events_of_change(change: Change) -> Iterator[Event]:
    """What a record's new state means to its owners; nothing when the journal tells it, or nobody needs to know."""
    kind = change.told_as or OF_STATES.get(change.kind, {}).get(change.state)
    if kind is None:
        return
    data: dict[str, Any] = {"id": change.subject, "object": change.kind, "status": change.state, **change.facts}
    if change.amount is not None:
        data["amount"] = change.amount
    for owner, told in {**dict.fromkeys(change.owners, kind), **change.aside}.items():
        yield made_event(told, owner, data, change.at, change.digest)


def shards_of(owner: str) -> range:
    """The partitions that an owner's events are spread over."""
    return range(SHARDS if owner.startswith("mer_") else 1)


def shard_of(event: Event) -> int:
    """Always the same one for an event."""
    return hashlib.sha256(event.id.encode()).digest()[0] % len(shards_of(event.owner))


def wanted(kind: str, patterns: Sequence[str]) -> bool:
    """Whether an event's type is among these: each a type, the beginning of some (`payment.*`), or all (`*`)."""
    return any(pattern in ("*", kind) or _begins(kind, pattern) for pattern in patterns)


def known_pattern(pattern: str) -> bool:
    """Whether a pattern names at least one type that there is."""
    return any(wanted(kind, (pattern,)) for kind in TYPES)


def made_event(kind: str, owner: str, data: Mapping[str, Any], at: datetime, version: str) -> Event:
    """The id follows from the fact and its owner alone, so projecting a fact twice makes one event."""
    entropy = hashlib.sha256("\x00".join((str(data["id"]), kind, version, owner)).encode()).digest()[:10]
    return Event(made_id("evt", at, entropy), owner, kind, data, at)


def _begins(kind: str, pattern: str) -> bool:
    return pattern.endswith(".*") and kind.startswith(pattern[:-1])


def _type_of(kind: str, received: bool) -> str | None:
    if kind == "transfer":
        return "transfer.received" if received else "transfer.sent"
    return OF_ENTRIES.get(kind)


def _returns(entry: Entry, posting: Posting) -> bool:
    """Whether a posting is what a capture left of its hold: that goes back, and reaches no other side."""
    return entry.kind == "capture" and not (chart.owner_of(posting.account) or "").startswith("mer_")


def _minor_units(money: Money) -> int:
    return money.amount
