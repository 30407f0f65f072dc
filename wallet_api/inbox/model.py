"""What a person is told of an event, and what they have read.

Events are written once and sort by their ids, so one id says what was read: it, and everything before it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from wallet_api.events.model import Event
from wallet_api.money import Money, decimal_text
from wallet_api.people.model import Locale
from wallet_api.sides.model import Side

Texts = Mapping[str, Mapping[str, Mapping[str, str]]]

FOR_PEOPLE = (
    "payment.requires_action",
    "payment.processing",
    "payment.authorized",
    "payment.succeeded",
    "payment.failed",
    "payment.canceled",
    "payment.declined",
    "refund.created",
    "refund.succeeded",
    "refund.failed",
    "refund_request.approved",
    "refund_request.declined",
    "refund_request.escalated",
    "refund_request.canceled",
    "top_up.requires_action",
    "top_up.succeeded",
    "top_up.failed",
    "top_up.compensated",
    "top_up.charge_reversed",
    "withdrawal.created",
    "withdrawal.succeeded",
    "withdrawal.failed",
    "withdrawal.returned",
    "withdrawal.corrected",
    "transfer.sent",
    "transfer.received",
    "transfer.created",
    "transfer.succeeded",
    "transfer.canceled",
    "transfer.failed",
    "transfer.missed",
    "mandate.confirmed",
    "mandate.lowered",
    "mandate.revoked",
    "mandate.canceled",
)
"""The types of events that a person is told of: what moved their money, and what needs them."""


class Notification(Struct, frozen=True):
    """One event, in the person's language."""

    id: str
    type: str
    title: str
    text: str
    data: Mapping[str, Any]
    read: bool
    created_at: datetime


def notification_of(event: Event, side: Side, texts: Texts, locale: Locale, read_up_to: str | None) -> Notification:
    """An event as a person reads it. A name may hold braces: it is put in last, and nothing is read in it.

    Raises KeyError for a type that people are not told of.
    """
    unmoved = f"{event.type}.unmoved"
    words = texts[unmoved if not side.moved and unmoved in texts else event.type][locale]
    who = side.name or texts["somebody"][locale][nameless(event.type)]
    money = _money(event)
    amount = "" if money is None else f"{decimal_text(money)} {money.currency}"
    return Notification(
        id=event.id,
        type=event.type,
        title=words["title"],
        text=words["text"].replace("{amount}", amount).replace("{who}", who),
        data=event.data,
        read=read_up_to is not None and event.id <= read_up_to,
        created_at=event.created_at,
    )


def nameless(event_type: str) -> str:
    """Which word stands for the other side when nobody can be named."""
    return {"transfer": "person", "top_up": "card", "withdrawal": "card"}.get(event_type.partition(".")[0], "merchant")


def _money(event: Event) -> Money | None:
    amount = event.data.get("amount")
    return None if amount is None else Money(amount["amount"], amount["currency"])
