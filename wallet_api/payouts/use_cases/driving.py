"""Driving payouts to their ends: the bank is asked by our reference, and what it says is posted once."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from msgspec import Struct

from wallet_api.clock import Clock
from wallet_api.errors import Unavailable
from wallet_api.events.use_cases import Events
from wallet_api.fees.use_cases import Fees
from wallet_api.gateways.bank import Bank, BankOrder, BankOutcome, BankSilent
from wallet_api.ids import new_id
from wallet_api.ledger import chart
from wallet_api.ledger.entry import Entry
from wallet_api.ledger.holds import Holder
from wallet_api.ledger.ledger import Ledger
from wallet_api.ledger.operations import AlreadyDecided, Operation
from wallet_api.merchants.use_cases import Merchants
from wallet_api.metrics import Measure, Metrics
from wallet_api.payouts.errors import PayoutMissing, PayoutMoved
from wallet_api.payouts.model import Payout
from wallet_api.payouts.postings import correction_entry, paid_entry, return_entry, void_entry
from wallet_api.payouts.store import PayoutStore, ScheduleStore
from wallet_api.settlement_accounts.model import SettlementAccount
from wallet_api.settlement_accounts.use_cases import SettlementAccounts
from wallet_api.settlement_days.use_cases import SettlementDays
from wallet_api.storage import AtomicWrite, Storage
from wallet_api.storage.due import WOKEN_AFTER

STUCK_AFTER = timedelta(hours=24)
"""From then on somebody is woken for a payout whose outcome nobody knows: a bank's working day is over by then."""
_PENDING = BankOutcome("pending")

logger = logging.getLogger(__name__)


class Driving(Struct, frozen=True):
    """What a schedule does with payouts that the bank is to be asked about."""

    storage: Storage
    clock: Clock
    ledger: Ledger
    merchants: Merchants
    settlement_accounts: SettlementAccounts
    days: SettlementDays
    fees: Fees
    bank: Bank
    metrics: Metrics
    events: Events
    store: PayoutStore
    schedules: ScheduleStore

    def settle_due(self) -> int:
        """Asks the bank about every payout that is due and posts what it says; how many changed their state.

        Runs may overlap: of two that hear the same, one posts it.
        """
        moved, stuck, now = 0, 0, self.clock.now()
        for payout_id in self.store.work.by(now):
            try:
                payout = self.require(payout_id)
                after = self.post(payout, self._asked(self.bank.find, payout, self._destination(payout)))
                moved += after.status != payout.status
                stuck += after.status == "processing" and now - payout.created_at > STUCK_AFTER
            except Exception:
                # One payout that cannot be brought on must not keep the others waiting.
                logger.exception("a payout stays as it is", extra={"payout_id": payout_id})
                stuck += self.store.work.put_off(payout_id, now) >= WOKEN_AFTER
        self.metrics.tell(Measure("stuck_payouts", stuck))
        return moved

    def post(self, payout: Payout, outcome: BankOutcome) -> Payout:
        """Keeps what the bank says of a payout, with the entry that it means; if somebody else was first, theirs stands."""
        now = self.clock.now()
        after = payout.after(outcome, now)
        try:
            with self.storage.atomic_write() as write:
                self.store.move(payout, after, now, write)
                if after is not payout:
                    self._move_money(payout, after, now, write)
        except (AlreadyDecided, PayoutMoved):
            return self.require(payout.id)
        if after is not payout and payout.status != "processing":
            logger.warning("a payout ended otherwise after all", extra={"payout_id": payout.id, "status": after.status})
        return after

    def ask_again(self, payout_id: str) -> Payout:
        """Asks about one whatever its age, and posts what is said; what has its end and is known no more was not sent back. Raises
        PayoutMissing.
        """
        payout = self.require(payout_id)
        outcome = self._asked(self.bank.find, payout, self._destination(payout))
        is_forgotten = payout.status != "processing" and outcome.reason == "order_not_received"
        if is_forgotten or payout.after(outcome, self.clock.now()) is payout:
            return payout
        return self.post(payout, outcome)

    def require(self, payout_id: str) -> Payout:
        """A payout as it is now. Raises PayoutMissing."""
        with self.storage.trip() as trip:
            found = self.store.find(payout_id, trip)
        payout = found()
        if payout is None:
            raise PayoutMissing
        return payout

    def ordered(self, payout: Payout, account: SettlementAccount) -> BankOutcome:
        """What the bank says when it is told to pay; no answer is no outcome."""
        return self._asked(self.bank.pay, payout, account)

    def _destination(self, payout: Payout) -> SettlementAccount:
        with self.storage.trip() as trip:
            found = self.store.destination(payout.id, trip)
        account = found()
        if account is None:
            raise LookupError(f"{payout.id} goes nowhere")
        return account

    def _asked(
        self, ask: Callable[[BankOrder], BankOutcome], payout: Payout, account: SettlementAccount
    ) -> BankOutcome:
        try:
            return ask(payout.order(self.settlement_accounts.opened(account)))
        except BankSilent:
            return _PENDING
        except Unavailable:
            # The key service keeps where it goes: a payout that was not ordered is found by the schedule.
            logger.warning("the bank was not asked", extra={"payout_id": payout.id})
            return _PENDING

    def _move_money(self, payout: Payout, after: Payout, now: datetime, write: AtomicWrite) -> None:
        entry = _entry_of(payout, after, new_id("ent", now), now)
        frees = payout.status == "processing"
        holder = Holder(chart.merchant(payout.merchant_id)) if frees else None
        operation = Operation(
            caller=f"wallet/{payout.id}",
            mode=payout.mode,
            key=after.status,
            fingerprint=after.status,
            kind="payout outcome",
            requested_at=now,
        )
        self.ledger.decide(operation, entry, write, holder=holder)


def _entry_of(payout: Payout, after: Payout, entry_id: str, now: datetime) -> Entry:
    """The entry that a change of a payout's state means."""
    if payout.status == "processing":
        return (paid_entry if after.status == "paid" else void_entry)(payout, entry_id, now)
    return (correction_entry if after.status == "paid" else return_entry)(payout, entry_id, now)
