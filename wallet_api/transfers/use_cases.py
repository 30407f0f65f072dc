"""What a person can do with transfers: send one, look at one."""

from __future__ import annotations

from dataclasses import dataclass

from wallet_api.authorizations.use_cases import PaymentPins
from wallet_api.clock import Clock
from wallet_api.errors import NotFound
from wallet_api.fees.use_cases import Fees
from wallet_api.ids import new_id
from wallet_api.ledger.ledger import Ledger
from wallet_api.ledger.operations import Decided, Decision, Operation
from wallet_api.money import Money
from wallet_api.people.use_cases import People
from wallet_api.sessions.model import Customer
from wallet_api.sessions.use_cases import Sessions
from wallet_api.storage import Read, Storage, Trip
from wallet_api.transfers.errors import PayeeNotFound
from wallet_api.transfers.model import Payee, Transfer, require_two_people
from wallet_api.transfers.postings import transfer_entry
from wallet_api.transfers.store import TransferStore


@dataclass(frozen=True, slots=True)
class Sending:
    """What a person wants to send: `amount` is what the payee gets."""

    payee: Payee
    amount: Money
    note: str | None
    quote_id: str | None
    pin: str


@dataclass(frozen=True)
class Transfers:
    """Money from person to person."""

    storage: Storage
    clock: Clock
    ledger: Ledger
    sessions: Sessions
    people: People
    payment_pins: PaymentPins
    fees: Fees
    store: TransferStore

    def send(self, caller: Customer, sending: Sending, operation: Operation) -> Decided[Transfer]:
        """Moves the amount at once. One trip reads, one write moves.

        Raises PayeeNotFound, TransferToSelf, InsufficientFunds, WalletFrozen, PayeeUnavailable, the limits' errors, the quote's
        errors, and what a wrong, missing or locked PIN raises.
        """
        with self.storage.trip() as trip:
            session = self.sessions.live(caller, trip)
            decided = self.ledger.decision_on(operation, trip)
            reservation = self.payment_pins.reserve(caller.id, trip)
            payee = self.people.resolve(
                trip,
                phone=sending.payee.phone,
                email=sending.payee.email,
                person_id=sending.payee.person_id,
                pointer="/to",
            )
            fee_read = self.fees.reading(trip, sending.quote_id)
        payer = reservation()

        def attempt() -> Transfer:
            proven = self.payment_pins.prove(payer, caller.id, sending.pin)
            payee_id = payee()
            if payee_id is None:
                raise PayeeNotFound
            require_two_people(caller.id, payee_id)
            now = self.clock.now()
            charge = self.fees.charge(
                fee_read, operation="transfer", amount=sending.amount, person_id=caller.id, payee=payee_id, now=now
            )
            transfer = Transfer(
                id=new_id("trf", now),
                payer_id=caller.id,
                payee_id=payee_id,
                amount=sending.amount,
                fee=charge.fee,
                note=sending.note,
                entry_id=new_id("ent", now),
                created_at=now,
            )
            with self.storage.atomic_write() as write:
                entry = transfer_entry(transfer)
                self.ledger.decide(operation, entry, write, payer=proven, payee_must_be_active=True)
                self.fees.use(charge, write)
                self.store.add(transfer, write)
            return transfer

        return self.ledger.once(operation, decided, attempt=attempt, replay=self._replay, allow=session, payer=payer)

    def get(self, caller: Customer, transfer_id: str) -> Transfer:
        """A transfer that the caller sent or received. Raises NotFound."""
        with self.storage.trip() as trip:
            session = self.sessions.live(caller, trip)
            found = self.store.find(transfer_id, trip)
        session()
        transfer = found()
        if transfer is None or not transfer.concerns(caller.id):
            raise NotFound
        return transfer

    def reading(self, transfer_id: str, trip: Trip) -> Read[Transfer | None]:
        """A transfer as part of another capability's trip: whoever asks has to know that the caller may see it."""
        return self.store.find(transfer_id, trip)

    def _replay(self, decision: Decision) -> Transfer:
        with self.storage.trip() as trip:
            found = self.store.find(decision.subject, trip)
        transfer = found()
        if transfer is None:
            raise LookupError(f"the journal names {decision.subject}, which is not there")
        return transfer
