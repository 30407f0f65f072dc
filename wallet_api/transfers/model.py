"""What a transfer is. It has no life yet: it exists only once its money has arrived."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from wallet_api.money import Money
from wallet_api.transfers.errors import TransferToSelf


class Payee(Struct, frozen=True):
    """How the payer named the other side: one of the three is given."""

    phone: str | None = None
    email: str | None = None
    person_id: str | None = None


class Transfer(Struct, frozen=True):
    """Money that one person sent to another. `amount` arrives; `fee` came on top from the payer."""

    id: str
    payer_id: str
    payee_id: str
    amount: Money
    fee: Money
    note: str | None
    entry_id: str
    created_at: datetime

    @property
    def total(self) -> Money:
        """What left the payer's wallet."""
        return self.amount + self.fee

    def concerns(self, person_id: str) -> bool:
        """Whether the person is one of its two sides."""
        return person_id in (self.payer_id, self.payee_id)


def require_two_people(payer_id: str, payee_id: str) -> None:
    """Raises TransferToSelf."""
    if payer_id == payee_id:
        raise TransferToSelf
