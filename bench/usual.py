"""The same payment done the usual way, on the same storage layer, to compare with.

An idempotency layer of its own writes a record before the work and completes it after; the merchant's balance and line are
written in the payment's transaction. All else is the wallet's: the reserved PIN attempt, the customer's guarded balance and line,
the entry, the payment's state. The fees' account is left to be folded, which favours the usual way.
"""

from __future__ import annotations

from dataclasses import dataclass

from msgspec.structs import replace

from wallet_api.clock import Clock
from wallet_api.ids import new_id
from wallet_api.ledger import chart
from wallet_api.ledger.lines import lines_of
from wallet_api.ledger.operations import Operation
from wallet_api.ledger.store import BALANCE
from wallet_api.payments.model import Payment, why_not_payable
from wallet_api.payments.postings import payment_entry
from wallet_api.sessions.model import Customer
from wallet_api.storage import Item
from wallet_api.storage.items import Document, Expiry, UnicodeAttribute
from wallet_api.wallet import Wallet

LAYER = "idempotency"


class IdempotencyItem(Item):
    """pk = the operation's place, sk = `idempotency`: in progress, then completed with the answer that is kept."""

    table = "ephemeral"

    status = UnicodeAttribute()
    fingerprint = UnicodeAttribute()
    answer = Document(null=True)
    expires_at = Expiry()


class AlreadyBegun(Exception):
    """The layer has a record of this key."""


@dataclass(frozen=True)
class UsualPayments:
    """Confirms a payment in four round trips."""

    wallet: Wallet
    records: type[IdempotencyItem]

    @staticmethod
    def open(wallet: Wallet) -> UsualPayments:
        return UsualPayments(wallet, wallet.storage.bind(IdempotencyItem))

    @property
    def clock(self) -> Clock:
        return self.wallet.clock

    def confirm(self, caller: Customer, payment_id: str, pin: str, operation: Operation) -> Payment:
        """Pays. Raises AlreadyBegun, and what the wallet's own confirmation raises."""
        self._begin(operation)
        wallet, now = self.wallet, self.clock.now()
        with wallet.storage.trip() as trip:
            session = wallet.sessions.live(caller, trip)
            reservation = wallet.payment_pins.reserve(caller.id, trip)
            found = wallet.payments.store.find(payment_id, trip)
            standing = wallet.merchants.standing(payment_id, trip)
            fee_read = wallet.fees.reading(trip, None)
        session()
        proven = wallet.payment_pins.prove(reservation(), caller.id, pin)
        payment = found()
        standing()
        error = why_not_payable(payment, caller.id, now)
        if error is not None or payment is None:
            raise error or LookupError(payment_id)
        charge = wallet.fees.charge(
            fee_read,
            operation="payment",
            amount=payment.amount,
            person_id=caller.id,
            payee=payment.merchant_id,
            now=now,
        )
        confirmed = payment.confirmed(caller.id, charge.fee, charge.bearer, now)
        entry = payment_entry(confirmed, new_id("ent", now))
        with wallet.storage.atomic_write() as write:
            # The entry is kept under its own id: the key is the layer's business.
            journal = replace(operation, key=entry.id)
            wallet.ledger.decide(journal, entry, write, payer=proven)
            wallet.payments.store.confirm(
                confirmed, now, write, lambda current: why_not_payable(current, caller.id, now)
            )
            for line in lines_of(entry, journal.place):
                if line.account == chart.merchant(payment.merchant_id):
                    items = wallet.ledger.account_items
                    balance = items.balances[line.money.currency]
                    moved = balance.set((balance | 0) + line.money.amount)
                    write.update(items(line.account, BALANCE), [moved], (items.pk.exists(), LookupError(line.account)))
                    write.put(wallet.ledger.line_item(line), LookupError(line.sk))
        self._complete(operation, confirmed)
        return confirmed

    def _begin(self, operation: Operation) -> None:
        records = self.records
        with self.wallet.storage.trip() as trip:
            begun = trip.update(
                records(operation.place, LAYER),
                [
                    records.status.set("in_progress"),
                    records.fingerprint.set(operation.fingerprint),
                    records.expires_at.set(operation.requested_at),
                ],
                records.pk.does_not_exist(),
            )
        if begun() is None:
            raise AlreadyBegun(operation.key)

    def _complete(self, operation: Operation, payment: Payment) -> None:
        records = self.records
        answer = {"id": payment.id, "status": payment.status, "amount": payment.amount}
        with self.wallet.storage.trip() as trip:
            trip.update(
                records(operation.place, LAYER),
                [records.status.set("completed"), records.answer.set(answer)],
                records.status == "in_progress",
            )
