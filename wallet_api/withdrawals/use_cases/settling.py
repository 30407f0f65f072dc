"""What the acquirer says of a withdrawal, posted once: at once if it can be, else by the schedule, which asks by our reference.

An answer that contradicts the first one is believed, and corrected by an entry of its own kind; what stands in the journal is never
changed.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import product

from msgspec import Struct
from msgspec.structs import replace

from wallet_api.clock import Clock
from wallet_api.errors import Declined
from wallet_api.fees.use_cases import Fees
from wallet_api.gateways.acquirer import Acquirer, AcquirerSilent, CreditOrder, CreditOutcome
from wallet_api.ids import new_id
from wallet_api.ledger import chart
from wallet_api.ledger.allowances import AllowanceOver
from wallet_api.ledger.entry import Entry
from wallet_api.ledger.holds import Holder, PeriodOver, holders
from wallet_api.ledger.ledger import Ledger
from wallet_api.ledger.operations import AlreadyDecided, Operation
from wallet_api.metrics import Measure, Metrics
from wallet_api.money import zero
from wallet_api.storage import AtomicWrite, Storage
from wallet_api.storage.due import WOKEN_AFTER
from wallet_api.withdrawals.errors import WalletGone, WithdrawalMissing, WithdrawalMoved
from wallet_api.withdrawals.model import Withdrawal
from wallet_api.withdrawals.postings import correction_entry, return_entry, settlement_entry, void_entry
from wallet_api.withdrawals.store import WithdrawalStore

STUCK_AFTER = timedelta(hours=4)
"""From then on somebody is woken for a withdrawal whose end nobody knows."""

logger = logging.getLogger(__name__)


class Settling(Struct, frozen=True):
    """Driving withdrawals to their ends."""

    storage: Storage
    clock: Clock
    ledger: Ledger
    acquirer: Acquirer
    metrics: Metrics
    store: WithdrawalStore
    fees: Fees

    def settle_due(self) -> int:
        """Asks the acquirer about every withdrawal that is due and posts what it says; how many changed their state.

        Runs may overlap: of two that hear the same, one posts it. One that cannot be brought on is put off, so that it does not stand
        before the others for ever, and wakes somebody like any other without an end.
        """
        moved, stuck, now = 0, 0, self.clock.now()
        for withdrawal_id in self.store.work.by(now):
            try:
                withdrawal = self.require(withdrawal_id)
                after = self.post(withdrawal, asked_of(self.acquirer.find_credit, withdrawal))
                moved += after.status != withdrawal.status
                stuck += _is_stuck(after, now)
            except Exception:
                # One withdrawal that cannot be brought on must not keep the others waiting.
                logger.exception("a withdrawal stays as it is", extra={"withdrawal_id": withdrawal_id})
                stuck += self.store.work.put_off(withdrawal_id, now) >= WOKEN_AFTER
        self.metrics.tell(Measure("stuck_processing", stuck))
        return moved

    def post(self, withdrawal: Withdrawal, outcome: CreditOutcome) -> Withdrawal:
        """Keeps what the acquirer says of a withdrawal, with the entry that it means; if somebody else was first, theirs stands."""
        now = self.clock.now()
        after = withdrawal.after(outcome, now)
        try:
            try:
                self._keep(withdrawal, after, now)
            except (WalletGone, Declined):
                # Nothing can come back to a closed wallet; and who has spent what came back cannot give it once more.
                after = replace(after, aside=True, borne=withdrawal.status == "failed")
                self._keep(withdrawal, after, now)
        except (AlreadyDecided, WithdrawalMoved):
            return self.require(withdrawal.id)
        if after is not withdrawal and not withdrawal.is_open:
            told = {"withdrawal_id": withdrawal.id, "status": after.status}
            logger.warning("a withdrawal ended otherwise after all", extra=told)
        if withdrawal.is_open and outcome.status == "returned":
            # It arrived before it came back: the money is the person's now, and not when the acquirer is asked again.
            return self.post(after, outcome)
        return after

    def ask_again(self, withdrawal_id: str) -> Withdrawal:
        """Asks about one whatever its age, and posts what is said; what has its end and is known no more was not sent back. Raises
        WithdrawalMissing.
        """
        withdrawal = self.require(withdrawal_id)
        outcome = asked_of(self.acquirer.find_credit, withdrawal)
        is_forgotten = not withdrawal.is_open and outcome.decline_code == "withdrawal_not_received"
        if is_forgotten or withdrawal.after(outcome, self.clock.now()) is withdrawal:
            return withdrawal
        return self.post(withdrawal, outcome)

    def require(self, withdrawal_id: str) -> Withdrawal:
        """A withdrawal as it is now. Raises WithdrawalMissing."""
        with self.storage.trip() as trip:
            found = self.store.find(withdrawal_id, trip)
        withdrawal = found()
        if withdrawal is None:
            raise WithdrawalMissing
        return withdrawal

    def _keep(self, before: Withdrawal, after: Withdrawal, now: datetime) -> None:
        for holder, allowance in product(_holders(before, after, now), _allowances(before, after)):
            try:
                with self.storage.atomic_write() as write:
                    self.store.move(before, after, now, write)
                    if after is not before:
                        self._move_money(before, after, holder, now, write)
                    if allowance is not None:
                        self.fees.give_back(before.person_id, allowance, before.allowance_taken, write)
                return
            except (PeriodOver, AllowanceOver):
                continue

    def _move_money(
        self, before: Withdrawal, after: Withdrawal, holder: Holder | None, now: datetime, write: AtomicWrite
    ) -> None:
        entry = _entry_of(before, after, new_id("ent", now), now)
        operation = Operation(
            caller=f"wallet/{before.id}",
            mode=before.mode,
            key="outcome" if before.is_open else after.status,
            fingerprint=after.status,
            kind="withdrawal outcome",
            requested_at=now,
        )
        self.ledger.decide(operation, entry, write, holder=holder)
        account = chart.customer(before.person_id)
        if not after.aside and entry.net().get((account, before.amount.currency), zero("CNY")).amount > 0:
            self.ledger.accounts.require_status(account, write, "active", "frozen", otherwise=WalletGone())


def _is_stuck(withdrawal: Withdrawal, now: datetime) -> bool:
    return withdrawal.is_open and now - withdrawal.created_at > STUCK_AFTER


def asked_of(ask: Callable[[CreditOrder], CreditOutcome], withdrawal: Withdrawal) -> CreditOutcome:
    """What the acquirer says; no answer is no outcome."""
    try:
        return ask(withdrawal.order)
    except AcquirerSilent:
        return CreditOutcome("pending")


def _holders(before: Withdrawal, after: Withdrawal, now: datetime) -> Iterator[Holder | None]:
    """Whose money is set free, and what goes back to the limits that still run: all of it, when the card took nothing (M32)."""
    account, nothing = chart.customer(before.person_id), zero(before.amount.currency)
    if _comes_to_nothing(before, after):
        yield from holders(account, after.total, before.created_at, now, new_card=before.to_new_card)
    elif before.is_open and after is not before:
        yield from holders(account, nothing, before.created_at, now)
    else:
        yield None


def _allowances(before: Withdrawal, after: Withdrawal) -> Iterator[str | None]:
    """What goes back to the free allowance; nothing, where its month is counted no more."""
    if before.allowance is not None and _comes_to_nothing(before, after):
        yield before.allowance
    yield None


def _comes_to_nothing(before: Withdrawal, after: Withdrawal) -> bool:
    """Whether the card has nothing of it, as is told for the first time: what was corrected was given back before."""
    return after is not before and after.status in ("failed", "returned") and not after.corrected


def _entry_of(before: Withdrawal, after: Withdrawal, entry_id: str, now: datetime) -> Entry:
    """The entry that a change of a withdrawal's state means."""
    if after.status == "returned":
        return return_entry(after, entry_id, now)
    if after.status == "failed":
        return void_entry(after, entry_id, now)
    return (settlement_entry if before.is_open else correction_entry)(after, entry_id, now)
