"""Whether what somebody shows is enough for one move of money, and that it is used for that move once.

In a use case that moves money: `claim = authorizations.reading(caller, shown, trip)` in the first trip,
`authorizations.begin(claim)` and then `authorizations.approve(claim, move, session)` while deciding,
`authorizations.use(approval, write)` in the money's own write.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from wallet_api.authorizations.errors import (
    AuthorizationExpired,
    AuthorizationMismatch,
    AuthorizationUsed,
    PinProofRequired,
    WrongSignature,
)
from wallet_api.authorizations.model import (
    HIGH,
    Challenge,
    Circumstances,
    Code,
    CodeShown,
    Method,
    Move,
    PinShown,
    Shown,
    SignatureShown,
    depends_on_payee,
    reason_of,
    require_enough,
)
from wallet_api.authorizations.store import CHALLENGE, PAYEE, ChallengeItem, PayeeItem
from wallet_api.authorizations.use_cases.pins import PaymentPins
from wallet_api.clock import Clock
from wallet_api.devices.model import RegisteredDevice, Site, is_signed
from wallet_api.devices.use_cases import Devices
from wallet_api.ledger import chart
from wallet_api.ledger.accounts import Payer, admit
from wallet_api.ledger.errors import InsufficientFunds
from wallet_api.one_time_codes.use_cases import OneTimeCodes
from wallet_api.people.errors import PersonMissing
from wallet_api.people.model import Person
from wallet_api.people.use_cases import People
from wallet_api.second_factors.use_cases import Accept, SecondFactors
from wallet_api.sessions.model import Customer, Session
from wallet_api.storage import AtomicWrite, Read, Storage, Trip
from wallet_api.storage.trips import known


class Claim(Struct):
    """What somebody showed for one move, with what the first trip read to judge it."""

    caller: Customer
    shown: Shown
    payer: Payer | None
    person: Person | None
    challenge: Challenge | None
    device: RegisteredDevice | None
    proven: Accept | None = None
    """A code that was right: it is evaluated once, however often the move is tried anew."""


class Approval(Struct, frozen=True):
    """A yes that is enough. `payer` goes to the ledger; `known_payee` is to be remembered as one."""

    claim: Claim
    payer: Payer
    known_payee: str | None


class Authorizations(Struct, frozen=True):
    """Every yes to a move of money."""

    storage: Storage
    clock: Clock
    pins: PaymentPins
    people: People
    devices: Devices
    second_factors: SecondFactors
    one_time_codes: OneTimeCodes
    site: Site
    items: type[ChallengeItem]
    payee_items: type[PayeeItem]

    @staticmethod
    def open(
        storage: Storage,
        clock: Clock,
        pins: PaymentPins,
        people: People,
        devices: Devices,
        second_factors: SecondFactors,
        one_time_codes: OneTimeCodes,
        public_url: str,
    ) -> Authorizations:
        """Binds the items to their tables. `public_url` is where a browser's signatures must come from."""
        bound = storage.bind(ChallengeItem), storage.bind(PayeeItem)
        return Authorizations(
            storage, clock, pins, people, devices, second_factors, one_time_codes, _site(public_url), *bound
        )

    def reading(self, caller: Customer, shown: Shown, trip: Trip) -> Read[Claim]:
        """Reads, as part of a use case's first trip, what the yes is judged by; a PIN's attempt is reserved with it."""
        person = self.people.find(caller.id, trip)
        device: Read[RegisteredDevice | None] = known(None)
        challenge: Read[Challenge | None] = known(None)
        if isinstance(shown, PinShown):
            payer = self.pins.reserve(caller.id, trip)
        else:
            payer = self.pins.accounts.find(chart.customer(caller.id), trip).map(
                lambda account: None if account is None else Payer(account, reserved=False)
            )
            challenge = self.find(caller, shown.challenge_id, trip)
        if isinstance(shown, SignatureShown):
            device = self.devices.find(caller.id, shown.device_id, trip)
        return Read(lambda: Claim(caller, shown, payer(), person(), challenge(), device()))

    def find(self, caller: Customer, challenge_id: str | None, trip: Trip) -> Read[Challenge | None]:
        """A challenge of the caller's session as part of a trip: the newest, unless one is named."""
        if challenge_id is not None:
            found = trip.get(self.items, caller.session_id, CHALLENGE + challenge_id)
            return found.map(lambda item: None if item is None else item.challenge())
        newest = trip.call(
            lambda: self.storage.query(self.items, caller.session_id, prefix=CHALLENGE, limit=1, newest_first=True)
        )
        return newest.map(lambda rows: rows[0].challenge() if rows else None)

    def begin(self, claim: Claim) -> None:
        """Evaluates a PIN, before anything is said about the move. Raises WrongPin, PinLocked, PinNotSet."""
        if isinstance(claim.shown, PinShown):
            self.pins.prove(claim.payer, claim.caller.id, claim.shown.pin)

    def approve(self, claim: Claim, move: Move, session: Session) -> Approval:
        """Lets a move pass for which enough was shown. What no yes could let through is refused first.

        Raises TransactionLimitExceeded, DailyLimitReached, InsufficientFunds, StepUpRequired, StepUpUnavailable, MethodNotAccepted,
        AuthorizationUsed, AuthorizationExpired, AuthorizationMismatch, WrongSignature, PinProofRequired, and what a wrong
        code raises.
        """
        payer = claim.payer
        if payer is None or claim.person is None:
            raise PersonMissing
        now = self.clock.now()
        method: Method = "pin" if isinstance(claim.shown, PinShown) else self._method_of(claim, move)
        payer.restricted = session.device.is_limited(now)
        payer.static_code = move.by_static_code
        admit(payer, move.amount)
        facts = Circumstances(
            amount=move.amount,
            person=claim.person,
            device_is_new=payer.restricted,
            device=claim.device,
            payee_known=self._knows(claim.caller.id, move),
            now=now,
            static_code=move.by_static_code,
        )
        if method == "pin":
            facts = self._with_device(facts, claim, session)
        short = move.moves_now and payer.account.balance(move.amount.currency) < move.amount
        if short and reason_of(facts) is not None:
            # Nobody is sent for a second proof of what there is no money for.
            raise InsufficientFunds(needed=move.amount)
        reason = require_enough(method, facts)
        self._prove(claim, method, session)
        remembered = move.payee_id if reason is not None and move.amount.amount > HIGH else None
        return Approval(claim, payer, remembered)

    def use(self, approval: Approval, write: AtomicWrite) -> None:
        """Adds to the money's write that the challenge is used by it and by nothing else; a PIN alone adds nothing.

        Leaving the write's block may raise AuthorizationUsed, WrongSignature, and what spending a code raises.
        """
        claim = approval.claim
        if claim.challenge is not None:
            self._end(claim.challenge, write)
        if isinstance(claim.shown, SignatureShown) and claim.device is not None and claim.device.key is not None:
            self.devices.signed(claim.device, claim.device.key, claim.shown.signature, write, WrongSignature())
        if claim.proven is not None:
            claim.proven(write)
        if approval.known_payee is not None:
            self.remember(claim.caller.id, approval.known_payee, write)

    def remember(self, person_id: str, payee_id: str, write: AtomicWrite) -> None:
        """Adds to a write that a person knows a payee: the next high amount for it needs no more than any other."""
        write.replace(self.payee_items(person_id, PAYEE + payee_id, known_since=self.clock.now()))

    def knows(self, person_id: str, payee_id: str) -> bool:
        """Whether a person has said a strong yes to a high amount for this payee before."""
        return self.storage.get(self.payee_items, person_id, PAYEE + payee_id) is not None

    def _knows(self, person_id: str, move: Move) -> bool:
        """Asked only where it decides; the answer for anything else does not matter."""
        return not depends_on_payee(move.amount) or self.knows(person_id, move.payee_id)

    def _with_device(self, facts: Circumstances, claim: Claim, session: Session) -> Circumstances:
        """A PIN that is not enough is told of what would be, and the device's key may be part of that."""
        if session.device.id is None or reason_of(facts) is None:
            return facts
        with self.storage.trip() as trip:
            device = self.devices.find(claim.caller.id, session.device.id, trip)
        return replace(facts, device=device())

    def _method_of(self, claim: Claim, move: Move) -> Method:
        """By what the move is proven, once its challenge is known to be for it and open."""
        challenge = claim.challenge
        if challenge is None or challenge.used_at is not None:
            raise AuthorizationUsed
        if challenge.valid_until <= self.clock.now():
            raise AuthorizationExpired
        if not challenge.is_for(move):
            self.void(challenge)
            raise AuthorizationMismatch
        if isinstance(claim.shown, SignatureShown):
            return "device_signature"
        return "sms" if challenge.code_sent else "totp"

    def _prove(self, claim: Claim, method: Method, session: Session) -> None:
        if isinstance(claim.shown, SignatureShown):
            self._verify(claim, claim.shown, session)
        elif isinstance(claim.shown, CodeShown) and method != "pin" and method != "device_signature":
            self._prove_code(claim, claim.shown, method)

    def _verify(self, claim: Claim, shown: SignatureShown, session: Session) -> None:
        """Another person's device, another of one's own, a removed one and one without a key are all told the same."""
        challenge, device = claim.challenge, claim.device
        key = None if device is None or device.id != session.device.id else device.key
        if challenge is None:
            raise AuthorizationUsed
        if key is None or not is_signed(key, challenge.signed_bytes, shown.signature, self.site):
            self.void(challenge)
            raise WrongSignature

    def _prove_code(self, claim: Claim, shown: CodeShown, method: Code) -> None:
        challenge = claim.challenge
        if claim.proven is not None or challenge is None or claim.person is None:
            return
        # A code reaches whoever holds the phone; only with the PIN does it say who holds it.
        if not challenge.pin_proven:
            raise PinProofRequired
        if method == "sms":
            proof = self.one_time_codes.prove(challenge.code_id, "payment_authorization", challenge.id, shown.code)
            claim.proven = lambda write: self.one_time_codes.spend(proof, write)
            return
        with self.storage.trip() as trip:
            tried = self.second_factors.reserve(claim.caller.id, trip)
        claim.proven = self.second_factors.prove(tried(), claim.person, "totp", shown.code)

    def void(self, challenge: Challenge) -> None:
        """Ends a challenge without a move. One that has ended meanwhile stays so."""
        try:
            with self.storage.atomic_write() as write:
                self._end(challenge, write)
        except AuthorizationUsed:
            return

    def _end(self, challenge: Challenge, write: AtomicWrite) -> None:
        items, now = self.items, self.clock.now()
        unused = items.pk.exists() & items.used_at.does_not_exist() & (items.valid_until > now)
        item = items(challenge.session_id, CHALLENGE + challenge.id)
        write.update(item, [items.used_at.set(now)], (unused, AuthorizationUsed()))


def _site(public_url: str) -> Site:
    place = urlsplit(public_url)
    return Site(f"{place.scheme}://{place.netloc}", place.hostname or "")
