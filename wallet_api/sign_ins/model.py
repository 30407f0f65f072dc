"""A sign-in that waits for its second factor."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from typing import Literal

from msgspec import Struct

from wallet_api.devices.model import Device
from wallet_api.ids import decode, encode
from wallet_api.people.model import Channel, Person
from wallet_api.storage.keys import Keys, same

Method = Literal["totp", "sms", "email", "recovery_code"]

_PREFIX = "chl_"
_ID_BYTES, _MOMENT_BYTES, _TAG_BYTES = 16, 9, 16
_BODY_BYTES = 2 * _ID_BYTES + _MOMENT_BYTES
_EPOCH, _MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
_TOKEN_LENGTH = len(_PREFIX) + (_BODY_BYTES + _TAG_BYTES) // 3 * 4

CHALLENGE_LIFE = timedelta(minutes=15)
"""Long enough for a code that comes late, with one that is sent again."""


class Challenge(Struct, frozen=True):
    """A sign-in that waits for its second factor. `code_id` names the one-time code, if one is sent.

    It is written while the password is evaluated, so it says nothing about whether that was right: only who gave the
    right one is told its token.
    """

    id: str
    person_id: str
    device: Device
    code_id: str
    created_at: datetime
    valid_until: datetime


class Named(Struct, frozen=True):
    """What a token names: a challenge, its person, and the password that was proven, by when it was set."""

    challenge_id: str
    person_id: str
    password_set_at: datetime


class Offered(Struct, frozen=True):
    """What a right password is answered with."""

    token: str
    methods: tuple[Method, ...]
    valid_until: datetime


class Sent(Struct, frozen=True):
    """A code is on its way; the address is masked."""

    channel: Channel
    sent_to: str
    expires_at: datetime
    resend_at: datetime


def challenge_token(keys: Keys, named: Named) -> str:
    """What a client names its challenge by: the two ids and the moment of the password under a tag of ours.

    So one trip can read the challenge and count a try on the person's second factor, and a made-up one reaches nobody. The
    challenge itself cannot say which password was proven: it is written while that is evaluated.
    """
    moment = (named.password_set_at - _EPOCH) // _MICROSECOND
    body = _ulid_bytes(named.challenge_id) + _ulid_bytes(named.person_id) + moment.to_bytes(_MOMENT_BYTES, "big")
    return _PREFIX + urlsafe_b64encode(body + _tag(keys, body, keys.current)).decode("ascii")


def read_token(keys: Keys, text: str) -> Named | None:
    """What the token names, or None when we did not make it. Asks no storage."""
    if len(text) != _TOKEN_LENGTH or not text.startswith(_PREFIX) or not text.isascii():
        return None
    raw = urlsafe_b64decode(text.removeprefix(_PREFIX))
    # The decoder skips what it does not know, so that many texts would be one token; only the text that we wrote counts.
    if _PREFIX + urlsafe_b64encode(raw).decode("ascii") != text:
        return None
    body, tag = raw[:_BODY_BYTES], raw[_BODY_BYTES:]
    if not any(same(tag, _tag(keys, body, version)) for version in keys.versions):
        return None
    challenge, person, moment = (
        int.from_bytes(part, "big")
        for part in (body[:_ID_BYTES], body[_ID_BYTES : 2 * _ID_BYTES], body[2 * _ID_BYTES :])
    )
    return Named(f"chl_{encode(challenge)}", f"usr_{encode(person)}", _EPOCH + moment * _MICROSECOND)


def _tag(keys: Keys, body: bytes, version: int) -> bytes:
    return keys.digest("sign-in-challenge", body.hex(), version=version)[:_TAG_BYTES]


def _ulid_bytes(identifier: str) -> bytes:
    return decode(identifier.partition("_")[2]).to_bytes(16, "big")


def methods_of(person: Person, now: datetime) -> tuple[Method, ...]:
    """The second factors that a person may choose from, the strongest first.

    After a password that nothing but a code set, the second factor must not be the same one again: that would be a
    phone number alone. The authenticator is asked for until it was proven, another channel for some days.
    """
    if person.totp_enabled and person.recovered_at is not None and person.totp_stood_before:
        return ("totp", "recovery_code")
    if person.recovered_lately(now):
        return tuple(each for each in person.channels if each != person.recovered_over) or person.channels
    if person.totp_enabled:
        return ("totp", *person.channels, "recovery_code")
    return person.channels


def clears(person: Person, method: Method) -> bool:
    """Whether a sign-in by this method proves more than the code that the last password was set with."""
    if person.recovered_at is None:
        return False
    if method == "totp" or method == "recovery_code":
        return person.totp_stood_before
    return method != person.recovered_over
