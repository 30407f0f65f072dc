"""What the wallet does with one-time codes: send one, send it again, see whether somebody knows it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

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
    Window,
    cool_down,
    fresh_code,
)
from wallet_api.one_time_codes.store import CODE, CodeItem, SentItem
from wallet_api.storage import AtomicWrite, Storage
from wallet_api.storage.keys import Keys, same

KEPT = timedelta(hours=2)
"""How long a code's item is kept after it was sent, so that its cool-down and its count of tries outlive the code."""


@dataclass(frozen=True)
class OneTimeCodes:
    """The codes that are on their way."""

    storage: Storage
    clock: Clock
    keys: Keys
    sms: Sms
    mail: Mail
    items: type[CodeItem]
    sent_items: type[SentItem]

    @staticmethod
    def open(storage: Storage, clock: Clock, keys: Keys, sms: Sms, mail: Mail) -> OneTimeCodes:
        """Binds the codes' items to their table."""
        return OneTimeCodes(storage, clock, keys, sms, mail, storage.bind(CodeItem), storage.bind(SentItem))

    def new_id(self) -> str:
        """An id for a code that will be sent later."""
        return new_id("otc", self.clock.now())

    def issue(self, purpose: Purpose, subject: str, *, channel: Channel, to: str, locale: Locale) -> Issued:
        """Sends a new code that is good for this purpose and subject alone. Raises TooManyMessages, MessageNotSent."""
        return self._deliver(self.new_id(), None, purpose, subject, channel, to, locale)

    def resend(
        self, code_id: str, purpose: Purpose, subject: str, *, channel: Channel, to: str, locale: Locale
    ) -> Issued:
        """Sends another code under an id, whose code before stops working; an id that had none yet gets its first.

        The tries made so far stay counted. Raises ResendTooSoon, CodeUsedUp, TooManyMessages, MessageNotSent.
        """
        return self._deliver(
            code_id, self.storage.get(self.items, code_id, CODE), purpose, subject, channel, to, locale
        )

    def verify(self, code_id: str, purpose: Purpose, subject: str, code: str) -> Proof:
        """Proves a code and uses it up at once. Raises as `prove` does."""
        proof = self.prove(code_id, purpose, subject, code)
        with self.storage.atomic_write() as write:
            self.spend(proof, write)
        return proof

    def prove(self, code_id: str, purpose: Purpose, subject: str, code: str) -> Proof:
        """That this is the code, which stays usable until `spend` is part of the write that it allows.

        A try is reserved before the code is looked at, so parallel guesses are counted as well (RFC 4226 section 7.3).
        Raises WrongCode, CodeExpired, CodeUsedUp.
        """
        now, items = self.clock.now(), self.items
        usable = items.pk.exists() & (items.attempts < MAX_TRIES) & (items.valid_until > now)
        with self.storage.trip() as trip:
            reserved = trip.update(items(code_id, CODE), [items.attempts.set(items.attempts + 1)], usable)
        item = reserved()
        if item is None:
            raise self._why_unusable(code_id, now)
        if not self._is(item, purpose, subject, code):
            raise WrongCode(attempts_left=MAX_TRIES - item.attempts)
        return Proof(code_id, item.code_hash, "sms" if item.channel == "sms" else "email")

    def spend(self, proof: Proof, write: AtomicWrite) -> None:
        """Adds the end of a proven code to a write: of two parallel ones only the first is done, CodeUsedUp the
        other.
        """
        write.delete(self.items(proof.code_id, CODE), (self.items.code_hash == proof.code_hash, CodeUsedUp()))

    def _deliver(
        self,
        code_id: str,
        known: CodeItem | None,
        purpose: Purpose,
        subject: str,
        channel: Channel,
        to: str,
        locale: Locale,
    ) -> Issued:
        now, code = self.clock.now(), fresh_code()
        sends, attempts = (known.sends, known.attempts) if known else (0, 0)
        if sends >= MAX_SENDS or attempts >= MAX_TRIES:
            raise CodeUsedUp
        if known is not None and now < known.resend_at:
            raise _too_soon(known.resend_at, now)
        self._count(purpose, to, now)
        issued = Issued(code_id, channel, now + CODE_LIFE, now + cool_down(sends + 1))
        item = self.items(
            code_id,
            CODE,
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
                )
        self._send(purpose, channel, to, locale, code)
        return issued

    def _send(self, purpose: Purpose, channel: Channel, to: str, locale: Locale, code: str) -> None:
        words = _texts()[purpose][locale].with_code(code)
        if channel == "sms":
            self.sms.send(to, words.text)
        else:
            self.mail.send(to, words.subject, words.text)

    def _count(self, purpose: Purpose, to: str, now: datetime) -> None:
        """Counts a message to this contact. Raises TooManyMessages."""
        allowance, items = ALLOWANCES[purpose], self.sent_items
        place = f"sent/{allowance.group}/{self.keys.hex_digest('sent', to)}"
        with self.storage.trip() as trip:
            counted = [
                (
                    window,
                    trip.update(
                        items(place, f"{window.name}/{window.start(now)}"),
                        [items.messages.set((items.messages | 0) + 1), items.expires_at.set(_end(window, now))],
                        items.messages.does_not_exist() | (items.messages < window.messages),
                    ),
                )
                for window in allowance.windows
            ]
        full = [window.seconds_left(now) for window, count in counted if count() is None]
        if full:
            raise TooManyMessages(retry_after_seconds=max(full))

    def _is(self, item: CodeItem, purpose: Purpose, subject: str, code: str) -> bool:
        parts = ("one-time-code", item.pk, purpose, subject, code)
        candidates = [self.keys.hex_digest(*parts, version=version) for version in self.keys.versions]
        return any(same(candidate.encode(), item.code_hash.encode()) for candidate in candidates)

    def _why_unusable(self, code_id: str, now: datetime) -> CodeExpired | CodeUsedUp:
        item = self.storage.get(self.items, code_id, CODE)
        if item is not None and item.attempts < MAX_TRIES and item.valid_until <= now:
            return CodeExpired()
        return CodeUsedUp()


@cache
def _texts() -> Mapping[str, Mapping[str, Message]]:
    """The shipped words by purpose and language."""
    read = tomllib.loads((Path(__file__).parent / "texts.toml").read_text(encoding="utf-8"))
    return {
        purpose: {locale: Message(**words) for locale, words in languages.items()}
        for purpose, languages in read.items()
    }


def _too_soon(resend_at: datetime, now: datetime) -> ResendTooSoon:
    return ResendTooSoon(retry_after_seconds=max(1, -((now - resend_at) // timedelta(seconds=1))))


def _end(window: Window, now: datetime) -> datetime:
    return now + timedelta(seconds=window.seconds_left(now))
