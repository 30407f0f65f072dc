"""What an outlet is, and when it can be paid at."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from wallet_api.errors import FieldProblem, Invalid, NotFound, WalletError
from wallet_api.merchants.model import Standing, why_wrong
from wallet_api.names import is_written
from wallet_api.outlets.errors import MerchantUnavailable, OutletClosed

Status = Literal["active", "closed"]

MAX_LABEL = 25
"""In characters: what EMVCo gives a store's label (tag 62, 03)."""
_LABEL = re.compile(r"[\x20-\x7e]+", re.ASCII)


class Outlet(Struct, frozen=True):
    """One place of a merchant. `label` is its name in ASCII, as its QR code carries it."""

    id: str
    merchant_id: str
    status: Status
    name: str
    label: str
    address: str | None
    created_at: datetime
    revision: int = 0

    def __post_init__(self) -> None:
        problems = [FieldProblem(f"/{name}", why_wrong(name)) for name, good in self._checks() if not good]
        if problems:
            raise Invalid(*problems)

    def changed(self, changes: Mapping[str, Any]) -> Outlet:
        """The outlet with some of its fields changed. A new name that is ASCII is the new label as well. Raises Invalid."""
        name = changes.get("name")
        label = {"label": name[:MAX_LABEL]} if name is not None and name.isascii() else {}
        return replace(self, **{**label, **changes})

    def _checks(self) -> tuple[tuple[str, bool], ...]:
        return (
            ("name", len(self.name) <= 140 and is_written(self.name) and bool(self.name.strip())),
            ("label", len(self.label) <= MAX_LABEL and bool(_LABEL.fullmatch(self.label))),
            ("address", self.address is None or (len(self.address) <= 200 and is_written(self.address))),
        )


class Place(Struct, frozen=True):
    """An outlet with the standing of its merchant."""

    outlet: Outlet
    standing: Standing


def why_not_payable(place: Place | None) -> WalletError | None:
    """What speaks against paying at an outlet, or None."""
    if place is None:
        return NotFound()
    if not place.standing.takes_payments:
        return MerchantUnavailable()
    if place.outlet.status != "active":
        return OutletClosed()
    return None
