"""A person sends: the money arrives in the one write that decides the key, or is set aside in it until its time has come."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from wallet_api.authorizations.model import Move, Shown
from wallet_api.authorizations.use_cases import Approval, Asked, Authorizations, Challenges
from wallet_api.fees.model import Charge
from wallet_api.fees.use_cases import Basis
from wallet_api.ids import new_id
from wallet_api.ledger import chart
from wallet_api.ledger.accounts import Payer
from wallet_api.ledger.errors import PayeeUnavailable
from wallet_api.ledger.holds import Holder
from wallet_api.ledger.operations import Decided, Decision, Operation
from wallet_api.money import Money
from wallet_api.people.use_cases import People
from wallet_api.sessions.model import Customer
from wallet_api.storage import Read, Trip
from wallet_api.transfers.errors import PayeeNotFound
from wallet_api.transfers.model import Delay, Delayed, Payee, Transfer, arrival_of, require_two_people
from wallet_api.transfers.postings import hold_entry, transfer_entry
from wallet_api.transfers.use_cases.canceling import Canceling


class Sending(Struct, frozen=True):
    """What a person wants to send: `amount` is what the payee gets, at once unless there is a `delay`."""

    payee: Payee
    amount: Money
    note: str | None
    quote_id: str | None
    shown: Shown
    delay: Delay | None = None


class Sends(Canceling, frozen=True):
    """What a payer asks for."""

    people: People
    authorizations: Authorizations
    challenges: Challenges

    def send(self, caller: Customer, sending: Sending, operation: Operation) -> Decided[Transfer]:
        """Moves the amount at once, or sets it aside with its fee. One trip reads, one write moves.

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
            move = Move("transfer", "", payee_id, sending.amount, sending.quote_id, delay=sending.delay)
            approval = self.authorizations.approve(claim, move, session())
            return self._sent(approval, payee_id, sending, fee_read, operation)

        return self.ledger.once(
            operation, decided, attempt=attempt, replay=self._replay, allow=session, payer=claim.payer
        )

    def ask(
        self,
        caller: Customer,
        payee: Payee,
        amount: Money,
        quote_id: str | None,
        pin: str | None,
        pointer: str,
        *,
        delay: Delay | None = None,
    ) -> Asked:
        """What the server wants signed or proven for a transfer; `pointer` is where the payee stands in the request.

        Raises PayeeNotFound, TransferToSelf, and what `Challenges.ask` raises.
        """
        with self.storage.trip() as trip:
            session = self.sessions.live(caller, trip)
            found = self._payee(payee, pointer, trip)
        live = session()
        move = Move("transfer", "", _other_side(caller, found()), amount, quote_id, delay=delay)
        return self.challenges.ask(caller, live, move, pin)

    def _sent(
        self, approval: Approval, payee_id: str, sending: Sending, fee_read: Read[Basis], operation: Operation
    ) -> Transfer:
        caller, payer, now = approval.claim.caller, approval.payer, self.clock.now()
        charge = self.fees.charge(
            fee_read,
            operation="transfer",
            amount=sending.amount,
            person_id=caller.id,
            payee=payee_id,
            payer=payer.account,
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
            delayed=_delayed(sending.delay, charge, payer, operation.mode, now),
        )
        with self.storage.atomic_write() as write:
            if transfer.delayed is None:
                entry = transfer_entry(transfer)
                self.ledger.decide(operation, entry, write, payer=payer, payee_must_be_active=True)
            else:
                holder = Holder(chart.customer(caller.id))
                self.ledger.decide(operation, hold_entry(transfer), write, payer=payer, holder=holder)
                payee = chart.customer(payee_id)
                self.ledger.accounts.require_status(payee, write, "active", otherwise=PayeeUnavailable())
                # Who has got nothing yet is nobody whom the payer knows: it may be what they take back in fright.
                approval = replace(approval, known_payee=None)
            self.fees.use(charge, write)
            self.store.add(transfer, write)
            self.authorizations.use(approval, write)
        return transfer

    def _payee(self, payee: Payee, pointer: str, trip: Trip) -> Read[str | None]:
        return self.people.resolve(
            trip, phone=payee.phone, email=payee.email, person_id=payee.person_id, pointer=pointer
        )

    def _replay(self, decision: Decision) -> Transfer:
        return self.as_it_stands(self.require(decision.subject))


def _delayed(delay: Delay | None, charge: Charge, payer: Payer, mode: str, now: datetime) -> Delayed | None:
    """What a transfer has beside the rest that does not arrive at once."""
    if delay is None:
        return None
    taken = charge.allowance
    return Delayed(
        delay=delay,
        status="scheduled",
        arrives_at=arrival_of(delay, now),
        mode=mode,
        freezes=payer.account.freezes,
        allowance=None if taken is None else taken.key,
        allowance_taken=0 if taken is None else taken.amount,
    )


def _other_side(caller: Customer, payee_id: str | None) -> str:
    """The payee's id. Raises PayeeNotFound, TransferToSelf."""
    if payee_id is None:
        raise PayeeNotFound
    require_two_people(caller.id, payee_id)
    return payee_id
