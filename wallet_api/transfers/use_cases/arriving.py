"""A transfer's time has come: it arrives, or comes back when it cannot, once, whoever notices first.

Nobody outside is asked, so there is always an end. What is found at that moment decides, by conditions of the write that moves the
money: a payer whose wallet was frozen since they sent it, a payee whose wallet takes nothing, or the money is there.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from itertools import product

from msgspec import Struct

from wallet_api.clock import Clock
from wallet_api.errors import WalletError
from wallet_api.fees.use_cases import Fees
from wallet_api.ids import new_id
from wallet_api.ledger import chart
from wallet_api.ledger.allowances import AllowanceOver
from wallet_api.ledger.errors import AccountMissing, PayeeUnavailable, WalletClosed, WalletFrozen
from wallet_api.ledger.holds import Holder, PeriodOver, holders
from wallet_api.ledger.ledger import Ledger, why_not_active
from wallet_api.ledger.operations import AlreadyDecided, Operation
from wallet_api.metrics import Measure, Metrics
from wallet_api.storage import AtomicWrite, Storage
from wallet_api.storage.due import WOKEN_AFTER
from wallet_api.storage.errors import StorageFault
from wallet_api.transfers.errors import TransferMoved, WalletGone
from wallet_api.transfers.model import PAYEE_UNAVAILABLE, Transfer
from wallet_api.transfers.postings import arrival_entry, void_entry
from wallet_api.transfers.store import TransferStore

logger = logging.getLogger(__name__)


class Arriving(Struct, frozen=True):
    """Bringing delayed transfers to their ends."""

    storage: Storage
    clock: Clock
    ledger: Ledger
    metrics: Metrics
    store: TransferStore
    fees: Fees

    def settle_due(self) -> int:
        """Brings every transfer to its end whose time has come; how many. Runs may overlap: of two, one moves the money.

        One that cannot be brought to its end is put off, and wakes somebody.
        """
        ended, stuck, now = 0, 0, self.clock.now()
        for transfer_id in self.store.work.by(now):
            try:
                transfer = self._require_delayed(transfer_id)
                ended += transfer.is_due(now) and not self.settle(transfer).is_scheduled
            except Exception:
                # One transfer that cannot be brought on must not keep the others waiting.
                logger.exception("a transfer stays as it is", extra={"transfer_id": transfer_id})
                stuck += self.store.work.put_off(transfer_id, now) >= WOKEN_AFTER
        self.metrics.tell(Measure("stuck_processing", stuck))
        return ended

    def settle(self, transfer: Transfer) -> Transfer:
        """Has a scheduled transfer arrive, or come back when it cannot; if somebody else was first, theirs stands."""
        now = self.clock.now()
        try:
            try:
                return self._arrive(transfer, now)
            except (WalletFrozen, WalletClosed) as stopped:
                return self._fail(transfer, stopped.code, now)
            except (PayeeUnavailable, AccountMissing):
                return self._fail(transfer, PAYEE_UNAVAILABLE, now)
        except (AlreadyDecided, TransferMoved):
            return self.require(transfer.id)

    def as_it_stands(self, transfer: Transfer) -> Transfer:
        """The transfer at its end, if its time has come or its payer's wallet was frozen since. What hinders that waits for the
        schedule.
        """
        if transfer.delayed is None or not transfer.is_scheduled:
            return transfer
        try:
            if transfer.is_due(self.clock.now()):
                return self.settle(transfer)
            payer = self.ledger.accounts.require(chart.customer(transfer.payer_id))
            stopped = payer.freezes != transfer.delayed.freezes
            return self._fail(transfer, WalletFrozen.code, self.clock.now()) if stopped else transfer
        except (AlreadyDecided, TransferMoved):
            return self.require(transfer.id)
        except (WalletError, StorageFault):
            logger.warning("a transfer waits for the schedule", extra={"transfer_id": transfer.id})
            return transfer

    def require(self, transfer_id: str) -> Transfer:
        """A transfer as it is now. Raises LookupError for one that the journal or the index names, and that is not there."""
        with self.storage.trip() as trip:
            found = self.store.find(transfer_id, trip)
        transfer = found()
        if transfer is None:
            raise LookupError(f"{transfer_id} is named, and is not there")
        return transfer

    def _require_delayed(self, transfer_id: str) -> Transfer:
        """Raises LookupError for one that stands among those that wait and never had to."""
        transfer = self.require(transfer_id)
        if transfer.delayed is None:
            raise LookupError(f"{transfer_id} waits for its time, and has none")
        return transfer

    def give_back(
        self, ended: Callable[[bool], Transfer], keep: Callable[[Transfer, AtomicWrite], Operation]
    ) -> Transfer:
        """Gives amount and fee back to the payer, and to the limits and the allowance that still run (M32).

        `ended` makes the transfer as it is then, told whether the money is kept aside because the payer's wallet is closed; `keep` adds
        to the write that it is so, and says which operation this is. Leaving the write may raise what `keep` says, and AlreadyDecided.
        """
        try:
            return self._given_back(ended(False), keep)
        except WalletGone:
            return self._given_back(ended(True), keep)

    def _arrive(self, transfer: Transfer, now: datetime) -> Transfer:
        """Raises TransferMoved, AlreadyDecided, WalletFrozen, WalletClosed, PayeeUnavailable, AccountMissing."""
        arrived, entry = transfer.ended("succeeded", now), arrival_entry(transfer, new_id("ent", now), now)
        payer = chart.customer(transfer.payer_id)
        with self.storage.atomic_write() as write:
            self.store.end(arrived, write)
            self.ledger.accounts.require_unstopped(payer, _freezes_at(transfer), write, why_not_active)
            operation = _own_operation(transfer, now)
            self.ledger.decide(operation, entry, write, holder=Holder(payer), payee_must_be_active=True)
        return arrived

    def _fail(self, transfer: Transfer, code: str, now: datetime) -> Transfer:
        """Raises TransferMoved, AlreadyDecided."""

        def keep(failed: Transfer, write: AtomicWrite) -> Operation:
            self.store.end(failed, write)
            return _own_operation(transfer, now)

        return self.give_back(lambda aside: transfer.ended("failed", now, decline_code=code, aside=aside), keep)

    def _given_back(self, after: Transfer, keep: Callable[[Transfer, AtomicWrite], Operation]) -> Transfer:
        payer, now = chart.customer(after.payer_id), self.clock.now()
        entry, delayed = void_entry(after, new_id("ent", now), now), after.delayed
        allowances = (None,) if delayed is None or delayed.allowance is None else (delayed.allowance, None)
        for holder, allowance in product(holders(payer, after.total, after.created_at, now), allowances):
            try:
                with self.storage.atomic_write() as write:
                    operation = keep(after, write)
                    self.ledger.decide(operation, entry, write, holder=holder)
                    if delayed is not None and not delayed.aside:
                        self.ledger.accounts.require_status(payer, write, "active", "frozen", otherwise=WalletGone())
                    if delayed is not None and allowance is not None:
                        self.fees.give_back(after.payer_id, allowance, delayed.allowance_taken, write)
                break
            except (PeriodOver, AllowanceOver):
                continue
        return after


def _own_operation(transfer: Transfer, now: datetime) -> Operation:
    """What the wallet itself does to a transfer, once: arriving and coming back compete for one key."""
    mode = "" if transfer.delayed is None else transfer.delayed.mode
    return Operation(f"wallet/{transfer.id}", mode, "end", "end", "transfer end", now)


def _freezes_at(transfer: Transfer) -> int:
    return 0 if transfer.delayed is None else transfer.delayed.freezes
