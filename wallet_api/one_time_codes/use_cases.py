"""What the wallet does with one-time codes: send one, send it again, see whether somebody knows it."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct

from wallet_api.clock import Clock
from wallet_api.gateways.mail import Mail
from wallet_api.gateways.sms import Sms
from wallet_api.ids import new_id
from wallet_api.one_time_codes.errors import CodeExpired, CodeUsedUp, ResendTooSoon, TooManyMessages, WrongCode
from wallet_api.one_time_codes.model import (
    ALLOWANCES,
    CODE_LIFE,
    MAX_SENDS,
    MAX_TRIES,
    Channel,
    Issued,
    Locale,
    Message,
    Proof,
    Purpose,
    cool_down,
    fresh_code,
)
from wallet_api.one_time_codes.store import CODE, CodeItem
from wallet_api.people.model import calling_code
from wallet_api.rate_limits.model import (
    MESSAGES_FROM_A_SOURCE,
    Share,
    longest_wait,
    narrow_sms_shares,
    source_subject,
    wide_sms_shares,
)
from wallet_api.rate_limits.use_cases import RateLimits
from wallet_api.storage import AtomicWrite, Storage
from wallet_api.storage.keys import Keys, plain_digest, same

logger = logging.getLogger(__name__)

RETRY_GRACE = timedelta(minutes=2)
"""How long after its use a code still answers its own repetition."""

KEPT = timedelta(hours=2)
"""How long a code's item is kept after it was sent, so that its cool-down and its count of tries outlive the code."""


class OneTimeCodes(Struct, frozen=True):
    """The codes that are on their way."""

    storage: Storage
    clock: Clock
    keys: Keys
    sms: Sms
    mail: Mail
    rate_limits: RateLimits
    items: type[CodeItem]

    @staticmethod
    def open(storage: Storage, clock: Clock, keys: Keys, sms: Sms, mail: Mail, rate_limits: RateLimits) -> OneTimeCodes:
        """Binds the codes' items to their table."""
        return OneTimeCodes(storage, clock, keys, sms, mail, rate_limits, storage.bind(CodeItem))

    def new_id(self) -> str:
        """An id for a code that will be sent later."""
        return new_id("otc", self.clock.now())

    def issue(
        self, purpose: Purpose, subject: str, *, channel: Channel, to: str, locale: Locale, source: str | None = None
    ) -> Issued:
        """Sends a new code that is good for this purpose and subject alone. Raises TooManyMessages, MessageNotSent.

        `source` is the address that the wish came from, if it came from outside.
        """
        return self._deliver(self.new_id(), None, purpose, subject, channel, to, locale, source)

    def resend(
        self,
        code_id: str,
        purpose: Purpose,
        subject: str,
        *,
        channel: Channel,
        to: str,
        locale: Locale,
        source: str | None = None,
    ) -> Issued:
        """Sends another code under an id, whose code before stops working; an id that had none yet gets its first.

        The tries made so far stay counted. Raises ResendTooSoon, CodeUsedUp, TooManyMessages, MessageNotSent.
        """
        known = self.storage.get(self.items, code_id, CODE)
        return self._deliver(code_id, known, purpose, subject, channel, to, locale, source)

    def verify(self, code_id: str, purpose: Purpose, subject: str, code: str) -> Proof:
        """Proves a code and uses it up at once. Raises as `prove` does."""
        proof = self.prove(code_id, purpose, subject, code)
        with self.storage.atomic_write() as write:
            self.spend(proof, write)
        return proof

    def prove(self, code_id: str, purpose: Purpose, subject: str, code: str, *, of_the_asker: bool = False) -> Proof:
        """That this is the code, which stays usable until `spend` is part of the write that it allows.

        A try is reserved before the code is looked at, so parallel guesses are counted as well (RFC 4226 section 7.3).
        `of_the_asker`: the id came from outside and the subject is whoever asks, so a stranger's code is as missing as none, and
        none of its tries is taken. Raises WrongCode, CodeExpired, CodeUsedUp.
        """
        now, items = self.clock.now(), self.items
        meant_for = _meant_for(purpose, subject) if of_the_asker else None
        unspent = items.spent_at.does_not_exist()
        item = self._reserved(code_id, unspent if meant_for is None else unspent & (items.meant_for == meant_for), now)
        if item is None:
            raise self._why_unusable(code_id, now, meant_for)
        if not self._is(item, purpose, subject, code):
            raise WrongCode(attempts_left=MAX_TRIES - item.attempts)
        return Proof(code_id, item.code_hash, "sms" if item.channel == "sms" else "email")

    def reserve(self, code_id: str) -> int:
        """Takes one of a code's tries for a proof of another kind, so that guesses of all kinds are counted together;
        how many are left.

        Raises CodeExpired, CodeUsedUp.
        """
        now = self.clock.now()
        item = self._reserved(code_id, self.items.spent_at.does_not_exist(), now)
        if item is None:
            raise self._why_unusable(code_id, now)
        return MAX_TRIES - item.attempts

    def spend(self, proof: Proof, write: AtomicWrite) -> None:
        """Adds the end of a proven code to a write: of two parallel ones only the first is done, CodeUsedUp the
        other.
        """
        unspent = (self.items.code_hash == proof.code_hash) & self.items.spent_at.does_not_exist()
        write.update(
            self.items(proof.code_id, CODE), [self.items.spent_at.set(self.clock.now())], (unspent, CodeUsedUp())
        )

    def end(self, code_id: str, write: AtomicWrite) -> None:
        """Adds to a write that a code's purpose was reached in another way. CodeUsedUp when that had happened before."""
        items = self.items
        unspent = items.pk.exists() & items.spent_at.does_not_exist()
        write.update(items(code_id, CODE), [items.spent_at.set(self.clock.now())], (unspent, CodeUsedUp()))

    def was_spent(self, code_id: str, purpose: Purpose, subject: str, code: str) -> bool:
        """Whether this very code was right and used a moment ago, as when an answer was lost on its way.

        Asking is a try like any other, and the code's five are all there are.
        """
        now = self.clock.now()
        item = self._reserved(code_id, self.items.spent_at > now - RETRY_GRACE, now)
        return item is not None and self._is(item, purpose, subject, code)

    def give_back(self, proof: Proof) -> None:
        """Returns the try of a right code that was not spent, because something else in the request was wrong."""
        items = self.items
        with self.storage.trip() as trip:
            trip.update(items(proof.code_id, CODE), [items.attempts.set(items.attempts - 1)], items.attempts >= 1)

    def _deliver(
        self,
        code_id: str,
        known: CodeItem | None,
        purpose: Purpose,
        subject: str,
        channel: Channel,
        to: str,
        locale: Locale,
        source: str | None,
    ) -> Issued:
        now, code = self.clock.now(), fresh_code()
        sends, attempts = (known.sends, known.attempts) if known else (0, 0)
        if sends >= MAX_SENDS or attempts >= MAX_TRIES or (known and known.is_spent):
            raise CodeUsedUp
        if known is not None and now < known.resend_at:
            raise _too_soon(known.resend_at, now)
        self._count(purpose, channel, to, source)
        issued = Issued(code_id, channel, now + CODE_LIFE, now + cool_down(sends + 1))
        item = self.items(
            code_id,
            CODE,
            meant_for=_meant_for(purpose, subject),
            channel=channel,
            code_hash=self.keys.hex_digest("one-time-code", code_id, purpose, subject, code),
            valid_until=issued.expires_at,
            resend_at=issued.resend_at,
            sends=sends + 1,
            attempts=attempts,
            expires_at=now + KEPT,
        )
        with self.storage.atomic_write() as write:
            if known is None:
                write.put(item, _too_soon(issued.resend_at, now))
            else:
                # Equal counts mean that nobody sent another or tried this one meanwhile.
                write.replace(
                    item,
                    (self.items.sends == sends, _too_soon(issued.resend_at, now)),
                    (self.items.attempts == attempts, ResendTooSoon(retry_after_seconds=1)),
                    (self.items.spent_at.does_not_exist(), CodeUsedUp()),
                )
        self._send(purpose, channel, to, locale, code)
        return issued

    def _send(self, purpose: Purpose, channel: Channel, to: str, locale: Locale, code: str) -> None:
        words = _texts()[purpose][locale].with_code(code)
        if channel == "sms":
            self.sms.send(to, words.text)
        else:
            self.mail.send(to, words.subject, words.text)

    def _count(self, purpose: Purpose, channel: Channel, to: str, source: str | None) -> None:
        """Counts a message to this contact. Raises TooManyMessages.

        What is counted for a country, or for everybody, is counted last: a flood that its own shares stop takes nothing
        of theirs.
        """
        group, limits = ALLOWANCES[purpose]
        narrow = [Share(limit, f"{group}/{to}") for limit in limits]
        sender = None if source is None else source_subject(source)
        if sender is not None:
            narrow += [Share(limit, sender) for limit in MESSAGES_FROM_A_SOURCE]
        self._require_share([*narrow, *(narrow_sms_shares(to) if channel == "sms" else ())])
        if channel == "sms":
            self._require_share(wide_sms_shares(calling_code(to)))

    def _reserved(self, code_id: str, state: Any, now: datetime) -> CodeItem | None:
        items = self.items
        usable = items.pk.exists() & (items.attempts < MAX_TRIES) & (items.valid_until > now) & state
        with self.storage.trip() as trip:
            reserved = trip.update(items(code_id, CODE), [items.attempts.set(items.attempts + 1)], usable)
        return reserved()

    def _require_share(self, shares: Sequence[Share]) -> None:
        with self.storage.trip() as trip:
            taken = self.rate_limits.take(shares, trip)
        full = taken()
        if any(share.limit.name.startswith("sms_") for share in full):
            logger.error("SMS are held back: %s", ", ".join(share.limit.name for share in full))
        if full:
            raise TooManyMessages(retry_after_seconds=longest_wait(full, self.clock.now()))

    def _is(self, item: CodeItem, purpose: Purpose, subject: str, code: str) -> bool:
        parts = ("one-time-code", item.pk, purpose, subject, code)
        candidates = [self.keys.hex_digest(*parts, version=version) for version in self.keys.versions]
        return any(same(candidate.encode(), item.code_hash.encode()) for candidate in candidates)

    def _why_unusable(self, code_id: str, now: datetime, meant_for: str | None = None) -> CodeExpired | CodeUsedUp:
        item = self.storage.get(self.items, code_id, CODE)
        if item is not None and meant_for not in (None, item.meant_for):
            return CodeUsedUp()
        if item is not None and not item.is_spent and item.attempts < MAX_TRIES and item.valid_until <= now:
            return CodeExpired()
        return CodeUsedUp()


def _meant_for(purpose: Purpose, subject: str) -> str:
    """What a code is for: subjects are random ids, so a plain hash tells nothing of them."""
    return plain_digest(purpose, subject)[:32]


@cache
def _texts() -> Mapping[str, Mapping[str, Message]]:
    """The shipped words by purpose and language."""
    import tomllib

    read = tomllib.loads((Path(__file__).parent / "texts.toml").read_text(encoding="utf-8"))
    return {
        purpose: {locale: Message(**words) for locale, words in languages.items()}
        for purpose, languages in read.items()
    }


def _too_soon(resend_at: datetime, now: datetime) -> ResendTooSoon:
    return ResendTooSoon(retry_after_seconds=max(1, -((now - resend_at) // timedelta(seconds=1))))
