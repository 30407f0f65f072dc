"""What a transfer is, and how one lives that does not arrive at once.

    scheduled → succeeded | canceled | failed

One without a delay has no life: it exists only once its money has arrived.

The delays are those that people in China know from their wallets: the central bank's notice 261 of 2016 has institutions offer arrival
at once, after a while and on another day, and lets who was deceived think again before it is too late.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from wallet_api.errors import WalletError
from wallet_api.money import Money
from wallet_api.timeline import Step
from wallet_api.transfers.errors import TransferArrived, TransferCanceled, TransferFailed, TransferToSelf

Status = Literal["scheduled", "succeeded", "canceled", "failed"]
Delay = Literal["2h", "24h"]
DELAYS: Mapping[Delay, timedelta] = {"2h": timedelta(hours=2), "24h": timedelta(hours=24)}
PAYEE_UNAVAILABLE = "payee_unavailable"


class Payee(Struct, frozen=True):
    """How the payer named the other side: one of the three is given."""

    phone: str | None = None
    email: str | None = None
    person_id: str | None = None


class Delayed(Struct, frozen=True):
    """What a transfer has beside amount and sides when it does not arrive at once.

    `freezes` is how often the payer's wallet had been frozen when they sent it: one freeze more stops it. `decline_code` says why it
    failed. `aside` says that what came back is suspense's, because the payer's wallet is closed. What was taken of a free `allowance`
    is kept so that it can be given back.
    """

    delay: Delay
    status: Status
    arrives_at: datetime
    mode: str
    freezes: int
    ended_at: datetime | None = None
    decline_code: str | None = None
    aside: bool = False
    allowance: str | None = None
    allowance_taken: int = 0


class Transfer(Struct, frozen=True):
    """Money that one person sent to another. `amount` arrives; `fee` came on top from the payer.

    `entry_id` is the entry by which it left the payer's wallet.
    """

    id: str
    payer_id: str
    payee_id: str
    amount: Money
    fee: Money
    note: str | None
    entry_id: str
    created_at: datetime
    delayed: Delayed | None = None

    @property
    def total(self) -> Money:
        """What left the payer's wallet."""
        return self.amount + self.fee

    @property
    def status(self) -> Status:
        """How it stands."""
        return "succeeded" if self.delayed is None else self.delayed.status

    @property
    def is_scheduled(self) -> bool:
        """Whether it has no end yet."""
        return self.status == "scheduled"

    @property
    def arrives_at(self) -> datetime | None:
        """When the payee has the money; None once it does not come."""
        if self.delayed is None:
            return self.created_at
        arrived = self.delayed.ended_at or self.delayed.arrives_at
        return arrived if self.status in ("scheduled", "succeeded") else None

    @property
    def ended_at(self) -> datetime | None:
        """When it arrived, was taken back or came back; None before."""
        return self.created_at if self.delayed is None else self.delayed.ended_at

    @property
    def decline_code(self) -> str | None:
        """Why it could not arrive."""
        return None if self.delayed is None else self.delayed.decline_code

    def concerns(self, person_id: str) -> bool:
        """Whether the person is one of its two sides."""
        return person_id in (self.payer_id, self.payee_id)

    def other_side(self, person_id: str) -> str:
        """Who is on the other side of one of its two people."""
        return self.payee_id if person_id == self.payer_id else self.payer_id

    def seen_by(self, person_id: str) -> bool:
        """Whether the person may know of it. A payee does not hear of what can still be taken back, so that nobody gives anything for
        it; of what their own wallet did not take they do.
        """
        if person_id == self.payer_id:
            return True
        return person_id == self.payee_id and (self.status == "succeeded" or self.decline_code == PAYEE_UNAVAILABLE)

    def is_due(self, now: datetime) -> bool:
        """Whether it should have its end by now."""
        return self.is_scheduled and self.delayed is not None and self.delayed.arrives_at <= now

    def ended(self, status: Status, now: datetime, *, decline_code: str | None = None, aside: bool = False) -> Transfer:
        """The transfer at its end. Raises ValueError for one that arrived at once."""
        if self.delayed is None:
            raise ValueError(f"{self.id} has ended when it began")
        end = replace(self.delayed, status=status, ended_at=now, decline_code=decline_code, aside=aside)
        return replace(self, delayed=end)


def arrival_of(delay: Delay, now: datetime) -> datetime:
    """When what is sent now arrives: a whole second, so that what is shown is what holds."""
    return (now + DELAYS[delay]).replace(microsecond=0)


def require_two_people(payer_id: str, payee_id: str) -> None:
    """Raises TransferToSelf."""
    if payer_id == payee_id:
        raise TransferToSelf


def why_not_cancelable(transfer: Transfer, now: datetime) -> WalletError | None:
    """What speaks against taking a transfer back; None when nothing does."""
    if transfer.status == "canceled":
        return TransferCanceled()
    if transfer.status == "failed":
        return TransferFailed()
    return None if transfer.is_scheduled and not transfer.is_due(now) else TransferArrived()


def story_of_transfer(transfer: Transfer, viewer: str) -> tuple[Step, ...]:
    """From the payer's yes to the money's arrival or return, as one of the two sides reads it, and what is still expected."""

    def step(at: datetime | None, what: str, amount: Money = transfer.amount, until: datetime | None = None) -> Step:
        return Step(at, f"transfer.{what}", transfer.id, amount, until)

    delayed, ended_at = transfer.delayed, transfer.ended_at
    if viewer == transfer.payee_id:
        return (step(ended_at, "received"),)
    if delayed is None:
        return (step(transfer.created_at, "sent"),)
    created = step(transfer.created_at, "created", transfer.total)
    if transfer.is_scheduled:
        return (created, step(None, "expected", until=delayed.arrives_at))
    if transfer.status == "succeeded":
        return (created, step(ended_at, "succeeded"))
    where = "kept" if delayed.aside else "on_balance"
    return (created, step(ended_at, transfer.status), step(ended_at, where, transfer.total))
