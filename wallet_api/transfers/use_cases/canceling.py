"""A payer takes back what has not arrived: amount and fee are on the balance again in the write that decides the key."""

from __future__ import annotations

from wallet_api.errors import NotFound
from wallet_api.ledger.accounts import StaleAccount
from wallet_api.ledger.operations import Decided, Operation
from wallet_api.sessions.model import Customer
from wallet_api.sessions.use_cases import Sessions
from wallet_api.storage import AtomicWrite
from wallet_api.transfers.model import Transfer, why_not_cancelable
from wallet_api.transfers.use_cases.arriving import Arriving


class Canceling(Arriving, frozen=True):
    """Taking back."""

    sessions: Sessions

    def cancel(self, caller: Customer, transfer_id: str, operation: Operation) -> Decided[Transfer]:
        """Takes back a transfer of the caller's that has not arrived, once. One trip reads, one write moves.

        It needs no PIN, and the wallet may be frozen: nothing goes out, and whoever was deceived has no time to lose.
        Raises NotFound, TransferArrived, TransferCanceled, TransferFailed.
        """
        with self.storage.trip() as trip:
            session = self.sessions.live(caller, trip)
            decided = self.ledger.decision_on(operation, trip)
            found = self.store.find(transfer_id, trip)

        def attempt() -> Transfer:
            now, transfer = self.clock.now(), _own(found(), caller)
            if transfer.is_due(now):
                # Whether it has arrived or came back is not known before it is done.
                transfer = self.settle(transfer)
                if transfer.is_scheduled:
                    # This clock was put back meanwhile: that it has arrived would be wrong, so all is looked at again.
                    raise StaleAccount
            refusal = why_not_cancelable(transfer, now)
            if refusal is not None:
                raise refusal

            def keep(canceled: Transfer, write: AtomicWrite) -> Operation:
                # The transfer's own refusal comes before what a hold that is gone says of the wallet.
                self.store.cancel(canceled, write, lambda current: why_not_cancelable(current, now))
                return operation

            return self.give_back(lambda aside: transfer.ended("canceled", now, aside=aside), keep)

        return self.ledger.once(
            operation,
            decided,
            attempt=attempt,
            replay=lambda decision: self.require(decision.subject),
            allow=session,
        )


def _own(transfer: Transfer | None, caller: Customer) -> Transfer:
    """The transfer when the caller sent it. Raises NotFound."""
    if transfer is None or transfer.payer_id != caller.id:
        raise NotFound
    return transfer
