"""What can be known of a key: processing → succeeded or refused; or abandoned, before anything happened under it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from msgspec import Struct

from wallet_api.errors import MoneyMoved, WalletError
from wallet_api.ledger.operations import Decision

Status = Literal["processing", "succeeded", "refused", "abandoned"]


class Standing(Struct, frozen=True):
    """How a caller's operation stands. `subject` is the id of what it made or changed, `refusal` why it was refused.

    `request` is the endpoint that was asked, `decided_at` when it was decided; both are unknown of what is under way, and
    of a failure that an outside company told of later.
    """

    key: str
    status: Status
    subject: str | None
    money_moved: MoneyMoved
    request: str | None = None
    decided_at: datetime | None = None
    refusal: WalletError | None = None


def decided(key: str, decision: Decision) -> Standing:
    """How a decided operation stands."""
    at = decision.decided_at
    if decision.outcome == "abandoned":
        return Standing(key, "abandoned", None, "no", None, at)
    if decision.outcome == "refused":
        refusal = decision.refusal()
        return Standing(key, "refused", None, refusal.money_moved, decision.kind, at, refusal)
    moved: MoneyMoved = "no" if decision.entry is None else "yes"
    return Standing(key, "succeeded", decision.subject, moved, decision.kind, at)


def under_way(key: str, subject: str, refusal: WalletError | None) -> Standing:
    """How an operation stands that was begun with an outside company: until it answers, nobody knows whether money moves."""
    if refusal is not None:
        return Standing(key, "refused", subject, refusal.money_moved, refusal=refusal)
    return Standing(key, "processing", subject, "unknown")
