"""What a top-up is and how it lives: processing → succeeded or failed, by way of requires_action when its issuer asks for a code.

The intent is the lease on a key while the acquirer is asked: one request works on a key at a time, for at most `LEASE`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

from msgspec import Struct

from wallet_api.errors import FieldProblem
from wallet_api.gateways.acquirer import ChargeDecline, ChargeOrder
from wallet_api.gateways.asking import ask_again_at
from wallet_api.ledger.accounts import Account
from wallet_api.ledger.errors import (
    AccountMissing,
    IdempotencyKeyInUse,
    IdempotencyKeyReused,
    TransactionLimitExceeded,
)
from wallet_api.ledger.operations import Operation
from wallet_api.money import Money
from wallet_api.timeline import Step
from wallet_api.top_ups.errors import DECLINES, TopUpSourceUnavailable

Status = Literal["processing", "requires_action", "succeeded", "failed"]

LEASE = timedelta(seconds=30)
MAX_CODE_ATTEMPTS = 5
LOOK_AGAIN_AFTER = timedelta(hours=24)
CONFIRM_WITHIN = timedelta(minutes=10)
LARGEST = 50_000_00
"""The most that one top-up may bring, in minor units of any currency until exchange rates exist."""
OPEN: tuple[Status, ...] = ("processing", "requires_action")

FIRST_LOOK = timedelta(seconds=60)
"""When the acquirer is asked about a top-up again, at the earliest."""


class Asking(Struct, frozen=True):
    """What a person asks for: `amount` is what reaches the wallet."""

    amount: Money
    card_id: str
    quote_id: str | None = None


class TopUp(Struct, frozen=True):
    """Money on its way from a card into a wallet. `amount` arrives; `fee` comes on top and stays with the wallet's owner.

    `operation` is the request it came from, as far as it has to be known to decide it later.
    """

    id: str
    person_id: str
    card_id: str
    card_brand: str
    card_last4: str
    token: str
    amount: Money
    fee: Money
    schedule_version: int
    quote_id: str | None
    status: Status
    operation: Mapping[str, Any]
    created_at: datetime
    attempts: int = 0
    decline_code: ChargeDecline | None = None
    settled_at: datetime | None = None
    corrected_at: datetime | None = None
    """When a late answer that contradicted the first one was made good by an entry of its own."""
    given_back: int | None = None
    """What of the charge went back to the card, or is on its way there, in minor units."""

    @property
    def returnable(self) -> Money:
        """What of the charge may still go back to the card."""
        stands = self.status == "succeeded" and self.corrected_at is None
        return Money(self.total.amount - (self.given_back or 0) if stands else 0, self.amount.currency)

    @property
    def total(self) -> Money:
        """What the card is charged."""
        return self.amount + self.fee

    @property
    def is_open(self) -> bool:
        """Whether its outcome is not final."""
        return self.status in OPEN

    @property
    def unmoved(self) -> bool:
        """Whether it has moved nothing (yet), and so has no line in a statement."""
        return self.status != "succeeded"

    @property
    def order(self) -> ChargeOrder:
        """The charge as the acquirer knows it."""
        return ChargeOrder(self.id, self.token, self.total, self.created_at)

    @property
    def asked(self) -> Operation:
        """The request it came from."""
        return Operation(**self.operation, key="", requested_at=self.created_at)


class Intent(Struct, frozen=True):
    """That a key's request is being worked on, and which top-up it made. It stays when the lease is over."""

    place: str
    fingerprint: str
    kind: str
    top_up_id: str
    lease_until: datetime

    def require_free(self, operation: Operation, now: datetime) -> None:
        """Raises IdempotencyKeyReused for another request, IdempotencyKeyInUse while somebody works on this one."""
        if (self.fingerprint, self.kind) != (operation.fingerprint, operation.kind):
            raise IdempotencyKeyReused
        if now < self.lease_until:
            raise IdempotencyKeyInUse(retry_after_seconds=int((self.lease_until - now).total_seconds()) + 1)


def recorded(operation: Operation) -> dict[str, Any]:
    """What is kept of a request, so that whoever learns the outcome can decide it: never its key."""
    return {
        "caller": operation.caller,
        "mode": operation.mode,
        "fingerprint": operation.fingerprint,
        "kind": operation.kind,
        "request_id": operation.request_id,
        "locale": operation.locale,
        "recorded_place": operation.place,
    }


def require_moderate(amount: Money) -> None:
    """Raises TransactionLimitExceeded for more than one top-up may bring."""
    if amount.amount > LARGEST:
        raise TransactionLimitExceeded(limit=Money(LARGEST, amount.currency))


def require_card(card_id: str | None, channel: str | None) -> str:
    """The card to charge. Raises TopUpSourceUnavailable unless a card, and nothing else, is named."""
    if channel is not None:
        raise TopUpSourceUnavailable(FieldProblem("/source/channel", "channel_not_offered"))
    if card_id is None:
        raise TopUpSourceUnavailable(FieldProblem("/source/card_id", "required"))
    return card_id


def require_active(account: Account | None) -> None:
    """Raises AccountMissing, WalletFrozen or WalletClosed: nobody brings money into a wallet that is not in use."""
    if account is None:
        raise AccountMissing
    account.require_active()


def unless_failed(top_up: TopUp) -> TopUp:
    """The top-up. Raises the decline that ended it."""
    if top_up.status == "failed":
        raise DECLINES[top_up.decline_code or "card_declined"](top_up_id=top_up.id)
    return top_up


def next_look(created_at: datetime, now: datetime) -> datetime:
    """When to ask again for an outcome that is not known."""
    return ask_again_at(created_at, now, FIRST_LOOK)


def story_of_top_up(top_up: TopUp) -> tuple[Step, ...]:
    """From the charge to how it ended."""
    steps = [Step(top_up.created_at, "top_up.created", top_up.id, top_up.amount)]
    if top_up.status == "requires_action":
        steps.append(Step(top_up.created_at, "top_up.requires_action", top_up.id, top_up.amount))
    if top_up.status == "processing":
        steps.append(Step(None, "top_up.expected", top_up.id, top_up.amount))
    if top_up.settled_at is not None:
        steps.append(Step(top_up.settled_at, f"top_up.{top_up.status}", top_up.id, top_up.amount))
    if top_up.corrected_at is not None:
        what = "compensated" if top_up.status == "failed" else "charge_reversed"
        steps.append(Step(top_up.corrected_at, f"top_up.{what}", top_up.id, top_up.amount))
    return tuple(steps)
