"""What a person can do with transfers: send one, look at one."""

from __future__ import annotations

from msgspec import Struct

from wallet_api.authorizations.model import Move, Shown
from wallet_api.authorizations.use_cases import Asked, Authorizations, Challenges
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


class Sending(Struct, frozen=True):
    """What a person wants to send: `amount` is what the payee gets."""

    payee: Payee
    amount: Money
    note: str | None
    quote_id: str | None
    shown: Shown


class Transfers(Struct, frozen=True):
    """Money from person to person."""

    storage: Storage
    clock: Clock
    ledger: Ledger
    sessions: Sessions
    people: People
    authorizations: Authorizations
    challenges: Challenges
    fees: Fees
    store: TransferStore

    def send(self, caller: Customer, sending: Sending, operation: Operation) -> Decided[Transfer]:
        """Moves the amount at once. One trip reads, one write moves.

        Raises PayeeNotFound, TransferToSelf, InsufficientFunds, WalletFrozen, PayeeUnavailable, the limits' errors, the quote's
        errors, and what an authorization that is wrong or too weak raises.
        """
        with self.storage.trip() as trip:
            session = self.sessions.live(caller, trip)
            decided = self.ledger.decision_on(operation, trip)
            claimed = self.authorizations.reading(caller, sending.shown, trip)
            payee = self._payee(sending.payee, "/to", trip)
            fee_read = self.fees.reading(trip, sending.quote_id)
        claim = claimed()

        def attempt() -> Transfer:
            self.authorizations.begin(claim)
            payee_id = _other_side(caller, payee())
            move = Move("transfer", "", payee_id, sending.amount, sending.quote_id)
            approval = self.authorizations.approve(claim, move, session())
            now = self.clock.now()
            charge = self.fees.charge(
                fee_read,
                operation="transfer",
                amount=sending.amount,
                person_id=caller.id,
                payee=payee_id,
                payer=approval.payer.account,
                now=now,
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
                self.ledger.decide(operation, entry, write, payer=approval.payer, payee_must_be_active=True)
                self.fees.use(charge, write)
                self.store.add(transfer, write)
                self.authorizations.use(approval, write)
            return transfer

        return self.ledger.once(
            operation, decided, attempt=attempt, replay=self._replay, allow=session, payer=claim.payer
        )

    def ask(
        self, caller: Customer, payee: Payee, amount: Money, quote_id: str | None, pin: str | None, pointer: str
    ) -> Asked:
        """What the server wants signed or proven for a transfer; `pointer` is where the payee stands in the request.

        Raises PayeeNotFound, TransferToSelf, and what `Challenges.ask` raises.
        """
        with self.storage.trip() as trip:
            session = self.sessions.live(caller, trip)
            found = self._payee(payee, pointer, trip)
        live = session()
        move = Move("transfer", "", _other_side(caller, found()), amount, quote_id)
        return self.challenges.ask(caller, live, move, pin)

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

    def _payee(self, payee: Payee, pointer: str, trip: Trip) -> Read[str | None]:
        return self.people.resolve(
            trip, phone=payee.phone, email=payee.email, person_id=payee.person_id, pointer=pointer
        )

    def _replay(self, decision: Decision) -> Transfer:
        with self.storage.trip() as trip:
            found = self.store.find(decision.subject, trip)
        transfer = found()
        if transfer is None:
            raise LookupError(f"the journal names {decision.subject}, which is not there")
        return transfer


def _other_side(caller: Customer, payee_id: str | None) -> str:
    """The payee's id. Raises PayeeNotFound, TransferToSelf."""
    if payee_id is None:
        raise PayeeNotFound
    require_two_people(caller.id, payee_id)
    return payee_id
