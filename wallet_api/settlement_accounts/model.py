"""What a settlement account is, and from when on it is paid to."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from msgspec import Struct

from wallet_api.clock import rfc3339
from wallet_api.errors import FieldProblem, Invalid
from wallet_api.events.model import Event, made_event
from wallet_api.logs import Discreet
from wallet_api.names import is_written

CHANGED = "merchant.settlement_account.changed"
COOL_DOWN = timedelta(hours=48)
"""How long nothing is paid out to an account that took another's place: time for the owner to hear of it and to object."""
_NUMBER = re.compile(r"[A-Z0-9]{8,34}", re.ASCII)


class Details(Discreet, frozen=True):
    """An account in clear: its bank, its holder's name, and its number (digits, or an IBAN without spaces)."""

    bank: str
    holder_name: str
    number: str

    def __post_init__(self) -> None:
        checks = (
            ("bank", len(self.bank) <= 60 and is_written(self.bank)),
            ("holder_name", len(self.holder_name) <= 140 and is_written(self.holder_name)),
            ("account_number", bool(_NUMBER.fullmatch(self.number))),
        )
        problems = [FieldProblem(f"/{name}", "wrong_format") for name, good in checks if not good]
        if problems:
            raise Invalid(*problems)


class SettlementAccount(Struct, frozen=True):
    """A merchant's account as the table holds it: number and holder are sealed under `data_key`, which KMS wraps."""

    merchant_id: str
    bank: str
    last4: str
    data_key: bytes
    number_sealed: bytes
    holder_sealed: bytes
    usable_from: datetime
    changed_at: datetime
    revision: int = 0

    def is_usable(self, now: datetime) -> bool:
        """Whether it may be paid to."""
        return self.usable_from <= now


def usable_from(former: SettlementAccount | None, now: datetime) -> datetime:
    """A merchant's first account can be paid to at once; one in another's place, after the cool-down."""
    return now if former is None else now + COOL_DOWN


def changed_event(account: SettlementAccount) -> Event:
    """What the merchant's servers are told: enough to notice a change that nobody there asked for, and no account number."""
    data = {
        "id": account.merchant_id,
        "object": "merchant",
        "bank": account.bank,
        "last4": account.last4,
        "usable_from": rfc3339(account.usable_from),
    }
    return made_event(CHANGED, account.merchant_id, data, account.changed_at, str(account.revision))
