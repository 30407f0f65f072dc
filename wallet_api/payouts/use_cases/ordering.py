"""Ordering payouts: on request, and by the day. The money is set aside first; the bank is asked outside of every write."""

from __future__ import annotations

import logging
from collections.abc import Callable

from msgspec import Struct

from wallet_api.clock import Clock, rfc3339, wallet_day
from wallet_api.errors import Unavailable
from wallet_api.fees.errors import FeeNotOffered
from wallet_api.ids import new_id
from wallet_api.ledger import chart
from wallet_api.ledger.accounts import Account, StaleAccount
from wallet_api.ledger.days import Cover, Day
from wallet_api.ledger.holds import Holder
from wallet_api.ledger.operations import AlreadyDecided, Decided, Operation
from wallet_api.merchants.model import MerchantCaller
from wallet_api.money import Money, zero
from wallet_api.payouts.errors import NothingScheduled, PayoutAccountCoolingDown, PayoutAccountMissing
from wallet_api.payouts.model import MINIMUM, Kind, Payout, Schedule, available, require_payable
from wallet_api.payouts.postings import payout_entry
from wallet_api.payouts.use_cases.driving import Driving
from wallet_api.settlement_accounts.model import SettlementAccount
from wallet_api.storage import Read, Trip

EARNED_MEANWHILE = 6
"""How often a payout is decided anew because the merchant earned something, or a day began, while it was written."""

logger = logging.getLogger(__name__)


class Wish(Struct, frozen=True):
    """What is to be paid out; without an amount, all that is available in the currency."""

    amount: Money | None
    currency: str


class _Order(Struct, frozen=True):
    """Who orders what: the merchant, the kind, the day that is settled, and whether it costs something."""

    merchant_id: str
    kind: Kind
    day: str | None
    wish: Wish
    operation: Operation
    fee_of: Callable[[Money], Money]


class Standing(Struct, frozen=True):
    """What a merchant has and where it may go, as one trip found it."""

    account: Read[Account]
    today: Read[Day]
    destination: Read[SettlementAccount | None]
    schedule: Read[Schedule] | None = None
    """What a payout by the day depends on; None for one that was asked for."""


class Ordering(Driving, frozen=True):
    """What a merchant asks for, and what is ordered for it by the day."""

    def create(self, caller: MerchantCaller, wish: Wish, operation: Operation) -> Decided[Payout]:
        """Sets the money aside and orders its payment. An outcome that is not known leaves the payout `processing`.

        Raises PayoutAccountMissing, PayoutAccountCoolingDown, PayoutBelowMinimum, PayoutExceedsAvailable.
        """
        with self.storage.trip() as trip:
            authorized = self.merchants.authorized(caller, trip)
            decided = self.ledger.decision_on(operation, trip)
            fees = self.fees.reading(trip)
            standing = self.standing(caller.id, trip)
        now = self.clock.now()

        def fee_of(amount: Money) -> Money:
            try:
                return self.fees.charge(fees, operation="payout", amount=amount, person_id=caller.id, now=now).fee
            except FeeNotOffered:
                return zero(amount.currency)

        order = _Order(caller.id, "requested", None, wish, operation, fee_of)
        return self.ledger.once(
            operation,
            decided,
            attempt=lambda: self.carried_out(*self._set_aside(order, standing)),
            replay=lambda decision: self.require(decision.subject),
            allow=authorized,
        )

    def order_day(self, merchant_id: str, day: str, currency: str) -> Payout:
        """Pays out what a merchant earned until the end of a day. Once for each of them: the key is made of the three.

        Raises NothingScheduled, PayoutAccountMissing, PayoutAccountCoolingDown, PayoutBelowMinimum.
        """
        operation = Operation(
            caller=f"wallet/{merchant_id}",
            mode=self.merchants.mode,
            key=f"payout {day} {currency}",
            fingerprint="payout of a day",
            kind="scheduled payout",
            requested_at=self.clock.now(),
        )
        with self.storage.trip() as trip:
            decided = self.ledger.decision_on(operation, trip)
            standing = self.standing(merchant_id, trip, scheduled=True)
        order = _Order(
            merchant_id, "scheduled", day, Wish(None, currency), operation, lambda asked: zero(asked.currency)
        )
        before = decided()
        if before is not None:
            return self.require(before.subject)
        try:
            # A refusal is not recorded here: what speaks against it in this minute may not in the next.
            return self.carried_out(*self._set_aside(order, standing))
        except AlreadyDecided as raced:
            return self.require(raced.decision.subject)

    def standing(self, merchant_id: str, trip: Trip, *, scheduled: bool = False) -> Standing:
        """What a payout is decided on."""
        account = chart.merchant(merchant_id)
        return Standing(
            self.ledger.accounts.reading(account, trip),
            self.ledger.days.find(account, wallet_day(self.clock.now()), trip),
            self.settlement_accounts.reading(merchant_id, trip),
            self.schedules.find(merchant_id, trip) if scheduled else None,
        )

    def _set_aside(self, order: _Order, standing: Standing) -> tuple[Payout, SettlementAccount]:
        for _ in range(EARNED_MEANWHILE):
            try:
                return self._write(order, standing)
            except StaleAccount:
                with self.storage.trip() as trip:
                    standing = self.standing(order.merchant_id, trip, scheduled=standing.schedule is not None)
        raise StaleAccount

    def _write(self, order: _Order, standing: Standing) -> tuple[Payout, SettlementAccount]:
        schedule = None if standing.schedule is None else standing.schedule()
        if schedule is not None and schedule.interval != "daily":
            raise NothingScheduled
        now, destination = self.clock.now(), _usable(standing.destination(), self.clock)
        today, account = standing.today(), chart.merchant(order.merchant_id)
        if today.date != wallet_day(now):
            raise StaleAccount
        there = available(standing.account().balance(order.wish.currency), today)
        amount = order.wish.amount or there - order.fee_of(
            max(there, zero(there.currency), key=lambda each: each.amount)
        )
        fee = order.fee_of(amount) if amount.amount > 0 else zero(amount.currency)
        least = Money(MINIMUM, amount.currency) if schedule is None else schedule.least(amount.currency)
        require_payable(amount, fee, there, least)
        payout = Payout(
            id=new_id("po", now),
            merchant_id=order.merchant_id,
            kind=order.kind,
            day=order.day,
            status="processing",
            amount=amount,
            fee=fee,
            bank=destination.bank,
            last4=destination.last4,
            mode=order.operation.mode,
            created_at=now,
        )
        # A refund may come between the reading and the write: then less is there than was read, and it is read again.
        cover = Cover(today, StaleAccount())
        entry = payout_entry(payout, new_id("ent", now))
        with self.storage.atomic_write() as write:
            self.ledger.decide(order.operation, entry, write, holder=Holder(account), covers={account: cover})
            self.store.add(payout, destination, write)
            if schedule is not None:
                self.schedules.require(schedule, write)
        return payout, destination

    def carried_out(self, payout: Payout, destination: SettlementAccount) -> Payout:
        """The payout after the bank was asked to pay it, once. Never raises: the money is set aside, and the schedule goes on."""
        try:
            return self.post(payout, self.ordered(payout, destination))
        except Unavailable:
            logger.warning("a payout's outcome was not kept", extra={"payout_id": payout.id})
            return payout


def _usable(account: SettlementAccount | None, clock: Clock) -> SettlementAccount:
    if account is None:
        raise PayoutAccountMissing
    if not account.is_usable(clock.now()):
        raise PayoutAccountCoolingDown(usable_from=rfc3339(account.usable_from))
    return account
