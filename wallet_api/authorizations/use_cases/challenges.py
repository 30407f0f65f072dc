"""Asking what the server wants signed or proven for a move, and having a code sent for it."""

from __future__ import annotations

from msgspec import Struct

from wallet_api.authorizations.errors import MethodNotAccepted, PinProofRequired, StepUpUnavailable
from wallet_api.authorizations.model import (
    CHALLENGE_LIFE,
    Challenge,
    Circumstances,
    Method,
    Move,
    depends_on_payee,
    hash_of,
    methods_of,
    reason_of,
    sms_counts,
)
from wallet_api.authorizations.store import CHALLENGE, challenge_item
from wallet_api.authorizations.use_cases.moves import Authorizations
from wallet_api.clock import Clock
from wallet_api.errors import NotFound
from wallet_api.ids import new_id
from wallet_api.ledger import chart
from wallet_api.ledger.accounts import Payer, admit
from wallet_api.one_time_codes.model import Issued
from wallet_api.people.errors import PersonMissing
from wallet_api.sessions.model import Customer, Session
from wallet_api.sessions.use_cases import Sessions
from wallet_api.storage import Storage
from wallet_api.storage.errors import StorageFault
from wallet_api.storage.trips import known


class Asked(Struct, frozen=True):
    """A challenge, the text that it is the hash of, and the methods that will do."""

    challenge: Challenge
    text: str
    methods: tuple[Method, ...]


class Challenges(Struct, frozen=True):
    """The challenges that the wallet gives out."""

    storage: Storage
    clock: Clock
    sessions: Sessions
    authorizations: Authorizations

    def ask(self, caller: Customer, session: Session, move: Move, pin: str | None) -> Asked:
        """What the server wants for this move. Codes are offered only to who shows the PIN with the question.

        Raises TransactionLimitExceeded, DailyLimitReached, StepUpUnavailable, PinProofRequired, and what a wrong PIN raises.
        """
        facts = self._circumstances(caller, session, move, pin)
        reason = reason_of(facts)
        methods = methods_of(facts, reason)
        if not methods:
            raise StepUpUnavailable(reason=str(reason))
        usable = tuple(each for each in methods if pin is not None or each in ("pin", "device_signature"))
        if not usable:
            raise PinProofRequired
        valid_until = (facts.now + CHALLENGE_LIFE).replace(microsecond=0)
        challenge_id = new_id("chl", facts.now)
        text = move.text(challenge_id, valid_until)
        challenge = Challenge(
            id=challenge_id,
            session_id=caller.session_id,
            text_hash=hash_of(text),
            pin_proven=pin is not None,
            code_id=self.authorizations.one_time_codes.new_id(),
            code_sent=False,
            valid_until=valid_until,
        )
        with self.storage.atomic_write() as write:
            write.put(challenge_item(self.authorizations.items, challenge), StorageFault("a fresh id is taken"))
        return Asked(challenge, text, usable)

    def send(self, caller: Customer, challenge_id: str, source: str | None) -> tuple[Issued, str]:
        """Sends a code by SMS, or another one; where it went, masked. From then on the challenge takes that code.

        Raises NotFound, PinProofRequired, MethodNotAccepted, and what `OneTimeCodes.resend` raises.
        """
        authorizations, now = self.authorizations, self.clock.now()
        with self.storage.trip() as trip:
            live = self.sessions.live(caller, trip)
            found = authorizations.find(caller, challenge_id, trip)
            person = authorizations.people.find(caller.id, trip)
        live()
        challenge = found()
        if challenge is None or challenge.used_at is not None or challenge.valid_until <= now:
            raise NotFound
        if not challenge.pin_proven:
            raise PinProofRequired
        receiver = person()
        if receiver is None or not sms_counts(receiver, now):
            raise MethodNotAccepted(reason="changed_contact", methods="")
        contact = authorizations.people.contact_of(receiver)
        issued = authorizations.one_time_codes.resend(
            challenge.code_id,
            "payment_authorization",
            challenge.id,
            channel="sms",
            to=contact.address("sms"),
            locale=contact.locale,
            source=source,
        )
        items = authorizations.items
        with self.storage.atomic_write() as write:
            item = items(caller.session_id, CHALLENGE + challenge.id)
            write.update(item, [items.code_sent.set(1)], (items.pk.exists(), NotFound()))
        return issued, contact.masked("sms")

    def _circumstances(self, caller: Customer, session: Session, move: Move, pin: str | None) -> Circumstances:
        authorizations, now = self.authorizations, self.clock.now()
        pins = authorizations.pins
        with self.storage.trip() as trip:
            found = authorizations.people.find(caller.id, trip)
            device = (
                authorizations.devices.find(caller.id, session.device.id, trip) if session.device.id else known(None)
            )
            reserved = known(None) if pin is None else pins.reserve(caller.id, trip)
            account = pins.accounts.find(chart.customer(caller.id), trip)
        if pin is not None:
            payer = reserved()
            try:
                pins.prove(payer, caller.id, pin)
            finally:
                pins.accounts.give_back(payer)
        person, wallet = found(), account()
        if person is None or wallet is None:
            raise PersonMissing
        is_new = session.device.is_limited(now)
        admit(Payer(wallet, reserved=False, restricted=is_new, static_code=move.by_static_code), move.amount)
        return Circumstances(
            amount=move.amount,
            person=person,
            device_is_new=is_new,
            device=device(),
            payee_known=not depends_on_payee(move.amount) or authorizations.knows(caller.id, move.payee_id),
            now=now,
            static_code=move.by_static_code,
        )
