"""What somebody who cannot sign in does: ask by a contact, then set a new password, or end a lock."""

from __future__ import annotations

from functools import partial

from msgspec import Struct

from wallet_api.clock import Clock
from wallet_api.errors import FieldProblem, Invalid, NotFound
from wallet_api.ids import new_id
from wallet_api.notifications.use_cases import Notifications
from wallet_api.one_time_codes.errors import CodeUsedUp, WrongCode
from wallet_api.one_time_codes.model import CODE_LIFE, MAX_TRIES, Channel, Locale, Purpose
from wallet_api.one_time_codes.use_cases import OneTimeCodes
from wallet_api.passwords.errors import PasswordRefused
from wallet_api.passwords.use_cases import Passwords
from wallet_api.people.model import Contact, canonical_email, canonical_phone, takes_sms
from wallet_api.people.use_cases import People
from wallet_api.rate_limits.use_cases import Admission
from wallet_api.recoveries.errors import RecoveryNeedsMore, UnlockMethodUnknown
from wallet_api.recoveries.model import NOBODYS, PREFIXES, UNUSED_FOR, Begun, Kind, Method, Recovery
from wallet_api.recoveries.store import RECOVERY, RecoveryItem, recovery_item
from wallet_api.second_factors.errors import WrongFactor
from wallet_api.second_factors.use_cases import Accept, OwnFactor, SecondFactors
from wallet_api.sessions.use_cases import Sessions
from wallet_api.storage import AtomicWrite, Storage
from wallet_api.storage.errors import StorageFault

_NOBODY = "usr_00000000000000000000000000"
"""Stands for an unknown person, so that asking for one makes the same calls as asking for somebody."""


class Recoveries(Struct, frozen=True):
    """The ways back in."""

    storage: Storage
    clock: Clock
    people: People
    passwords: Passwords
    second_factors: SecondFactors
    one_time_codes: OneTimeCodes
    sessions: Sessions
    notifications: Notifications
    items: type[RecoveryItem]

    @staticmethod
    def open(
        storage: Storage,
        clock: Clock,
        people: People,
        passwords: Passwords,
        second_factors: SecondFactors,
        one_time_codes: OneTimeCodes,
        sessions: Sessions,
        notifications: Notifications,
    ) -> Recoveries:
        """Binds the items to their table."""
        return Recoveries(
            storage,
            clock,
            people,
            passwords,
            second_factors,
            one_time_codes,
            sessions,
            notifications,
            storage.bind(RecoveryItem),
        )

    def start(
        self,
        kind: Kind,
        *,
        phone: str | None,
        email: str | None,
        locale: Locale,
        source: str,
        admission: Admission,
    ) -> Begun:
        """Sends a code to a contact that has a wallet, and word that there is none to one that has not.

        Raises Invalid, RateLimited, TooManyMessages, MessageNotSent.
        """
        given = _given(phone, email, locale)
        channel = given.channels[0]
        with self.storage.trip() as trip:
            named = self.people.resolve(trip, phone=given.phone, email=given.email)
            admitted = admission(trip)
        admitted()
        person_id, now = named(), self.clock.now()
        with self.storage.trip() as trip:
            found = self.people.find(person_id or _NOBODY, trip)
        person = found()
        purpose: Purpose = NOBODYS[kind] if person is None else kind
        recovery = Recovery(
            id=new_id(PREFIXES[kind], now),
            kind=kind,
            person_id=None if person is None else person.id,
            code_id=self.one_time_codes.new_id(),
            channel=channel,
            created_at=now,
            valid_until=now + CODE_LIFE,
        )
        with self.storage.atomic_write() as write:
            write.put(recovery_item(self.items, recovery), StorageFault("a fresh id is taken"))
        issued = self.one_time_codes.resend(
            recovery.code_id,
            purpose,
            recovery.id,
            channel=channel,
            to=given.address(channel),
            locale=locale if person is None else person.locale,
            source=source,
        )
        return Begun(recovery, given.masked(channel), issued.resend_at)

    def reset_password(self, reset_id: str, code: str, new_password: str) -> None:
        """Sets a new password, which ends a lock, and ends every session; nobody is signed in by it.

        A password that is refused leaves the code usable. Asked again after a lost answer, it is answered again. Raises
        NotFound, WrongCode, CodeExpired, CodeUsedUp, RecoveryNeedsMore, PasswordRefused.
        """
        reset = self._recovery(reset_id, "password_reset")
        try:
            proof = self.one_time_codes.prove(reset.code_id, reset.kind, reset.id, code)
        except CodeUsedUp:
            if self._was_done(reset, code, new_password):
                return
            raise
        person_id = _person_of(reset)
        try:
            self._require_in_use(person_id, proof.channel)
            words = self.people.personal_words(person_id)
            password_hash = self.passwords.digest(new_password, words, "/new_password")
        except (PasswordRefused, RecoveryNeedsMore):
            self.one_time_codes.give_back(proof)
            raise
        with self.storage.atomic_write() as write:
            self.one_time_codes.spend(proof, write)
            self.passwords.replace(person_id, password_hash, write, proven_at=None)
            self.people.mark(
                person_id, "recovered_over_sms" if proof.channel == "sms" else "recovered_over_email", write
            )
            self.sessions.end_all(person_id, write)
        self.sessions.end_older(person_id, self.clock.now())

    def unlock(self, unlock_id: str, method: Method, code: str) -> None:
        """Ends a lock on signing in, for the code that was sent or for a second factor, never for the password.

        Raises NotFound, UnlockMethodUnknown, WrongCode, CodeExpired, CodeUsedUp.
        """
        unlock = self._recovery(unlock_id, "unlock")
        if method not in unlock.methods:
            raise UnlockMethodUnknown(FieldProblem("/method", "method_not_offered"))
        if method == "totp" or method == "recovery_code":
            left = self.one_time_codes.reserve(unlock.code_id)
            accept = self._proven(unlock, method, code, left)
        else:
            accept = self._sent_code(unlock, code)
        person_id = unlock.person_id or _NOBODY
        with self.storage.atomic_write() as write:
            accept(write)
            self.passwords.unlock(person_id, write)
            self.notifications.tell(person_id, "unlocked", write)

    def proven_by_code(self, recovery_id: str, kind: Kind, code: str) -> tuple[str, Accept] | None:
        """Who proved themselves by the code that was sent, and what makes it work only once; None when this very request was
        done a moment ago.

        Raises NotFound, WrongCode, CodeExpired, CodeUsedUp.
        """
        recovery = self._recovery(recovery_id, kind)
        try:
            proof = self.one_time_codes.prove(recovery.code_id, recovery.kind, recovery.id, code)
        except CodeUsedUp:
            if self.one_time_codes.was_spent(recovery.code_id, recovery.kind, recovery.id, code):
                return None
            raise
        return _person_of(recovery), partial(self.one_time_codes.spend, proof)

    def _sent_code(self, unlock: Recovery, code: str) -> Accept:
        proof = self.one_time_codes.prove(unlock.code_id, unlock.kind, unlock.id, code)
        person_id = _person_of(unlock)

        def accept(write: AtomicWrite) -> None:
            self.one_time_codes.spend(proof, write)
            self.second_factors.accept_sent_code(person_id, write)

        return accept

    def _proven(self, unlock: Recovery, method: OwnFactor, code: str, left: int) -> Accept:
        """A second factor whose try was counted on the unlock's code. Raises WrongCode."""
        person_id = unlock.person_id or _NOBODY
        with self.storage.trip() as trip:
            found = self.people.find(person_id, trip)
            trying = self.second_factors.guarded_elsewhere(person_id, trip)
        person = found()
        try:
            if person is None:
                raise self.second_factors.refused(trying(), method, code)
            factor = self.second_factors.prove(trying(), person, method, code)
        except WrongFactor:
            raise WrongCode(attempts_left=left) from None

        def accept(write: AtomicWrite) -> None:
            factor(write)
            self.one_time_codes.end(unlock.code_id, write)

        return accept

    def _require_in_use(self, person_id: str, channel: Channel) -> None:
        """Raises RecoveryNeedsMore for a code by SMS to a wallet that was not used for as long as a number lies idle before
        it is given to somebody else.
        """
        if channel == "sms" and not self.sessions.were_used_since(person_id, self.clock.now() - UNUSED_FOR):
            raise RecoveryNeedsMore

    def _was_done(self, reset: Recovery, code: str, new_password: str) -> bool:
        """Whether this very request was done a moment ago."""
        spent = self.one_time_codes.was_spent(reset.code_id, reset.kind, reset.id, code)
        return spent and reset.person_id is not None and self.passwords.is_current(reset.person_id, new_password)

    def _recovery(self, recovery_id: str, kind: Kind) -> Recovery:
        item = self.storage.get(self.items, recovery_id, RECOVERY)
        if item is None or item.kind != kind or item.valid_until <= self.clock.now():
            raise NotFound
        return item.recovery()


def _person_of(recovery: Recovery) -> str:
    """Who proved themselves. A code that nobody was sent proves nobody, even when it was guessed."""
    if recovery.person_id is None:
        raise WrongCode(attempts_left=MAX_TRIES - 1)
    return recovery.person_id


def _given(phone: str | None, email: str | None, locale: Locale) -> Contact:
    """The one contact that was given, in its canonical form. Raises Invalid."""
    if phone is not None:
        phone = canonical_phone(phone)
        if not takes_sms(phone):
            raise Invalid(FieldProblem("/phone", "phone_takes_no_sms"))
        return Contact(phone, None, locale)
    return Contact(None, canonical_email(email or ""), locale)
