"""What a settlement account is, and from when on it is paid to."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from msgspec import Struct

from wallet_api.errors import FieldProblem, Invalid

COOL_DOWN = timedelta(hours=48)
"""How long nothing is paid out to an account that took another's place: time for the owner to hear of it and to object."""
_NUMBER = re.compile(r"[A-Z0-9]{8,34}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Details:
    """An account in clear: its bank, its holder's name, and its number (digits, or an IBAN without spaces)."""

    bank: str
    holder_name: str = field(repr=False)
    number: str = field(repr=False)

    def __post_init__(self) -> None:
        checks = (
            ("bank", 0 < len(self.bank) <= 60 and self.bank.isprintable()),
            ("holder_name", 0 < len(self.holder_name) <= 100 and self.holder_name.isprintable()),
            ("number", bool(_NUMBER.fullmatch(self.number))),
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
