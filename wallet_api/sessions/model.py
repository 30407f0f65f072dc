"""What a session is, and the tokens that name it.

A token is opaque: base64url of the session's and the person's id, its expiry, 128 random bits and a tag under our own
key. The tag is checked before any storage call, so a made-up token costs nothing and reaches nobody; the table holds
hashes alone.
"""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta

from msgspec import Struct

from wallet_api.clock import epoch_seconds
from wallet_api.devices.model import Device
from wallet_api.gateways.push import Service
from wallet_api.ids import decode, encode
from wallet_api.storage.keys import Keys, plain_digest, same

ACCESS = "wat"
REFRESH = "wrt"

ACCESS_LIFE = timedelta(minutes=15)
IDLE_LIFE = timedelta(days=30)
"""A session that is not refreshed for so long ends."""
LONGEST_LIFE = timedelta(days=90)
"""A session ends after so long whatever is done with it; the person signs in again."""
RETRY_GRACE = timedelta(seconds=30)
"""How long after a refresh the old token still gets the same successor: its answer may have been lost on the way."""

_RANDOM_BYTES = 16
_TAG_BYTES = 16
_TOKEN_BYTES = 16 + 16 + 4 + _RANDOM_BYTES + _TAG_BYTES


class Customer(Struct, frozen=True):
    """A person who presented a token of ours: its tag and expiry were checked, its session not yet."""

    id: str
    session_id: str
    token_hash: str


class Session(Struct, frozen=True):
    """One person signed in on one device. The previous hashes belong to the tokens before the last refresh."""

    id: str
    person_id: str
    device: Device
    created_at: datetime
    refreshed_at: datetime
    ends_at: datetime
    access_hash: str
    refresh_hash: str
    previous_access_hash: str | None = None
    previous_refresh_hash: str | None = None

    @property
    def expires_at(self) -> datetime:
        """When the session ends if it is not refreshed before."""
        return min(self.refreshed_at + IDLE_LIFE, self.ends_at)

    def is_over(self, now: datetime) -> bool:
        """Whether its time has run out."""
        return self.expires_at <= now

    def admits(self, access_hash: str, now: datetime) -> bool:
        """Whether an access token is the session's present one, or the one before: a call may overtake a refresh."""
        return not self.is_over(now) and access_hash in (self.access_hash, self.previous_access_hash)

    def may_be_retried(self, refresh_hash: str, now: datetime) -> bool:
        """Whether a refresh token was replaced so shortly ago that its answer may have been lost."""
        return refresh_hash == self.previous_refresh_hash and now <= self.refreshed_at + RETRY_GRACE


class PushAddress(Struct, frozen=True):
    """Where the phone that a session runs on is pushed to: sealed as its person's data are, and gone with the session.

    `place` names the app's token by a hash, so that one phone belongs to one session.
    """

    session_id: str
    device_id: str | None
    service: Service
    sealed: bytes
    place: str
    since: datetime


class SignedIn(Struct, frozen=True):
    """A session with the tokens that were just made for it, in clear for the only time."""

    session: Session
    access_token: str
    refresh_token: str
    device_token: str | None = None
    """What the device shows when it signs in again; None for a session from before devices had ids."""

    @property
    def access_expires_at(self) -> datetime:
        """When the access token stops working."""
        return min(self.session.refreshed_at + ACCESS_LIFE, self.session.ends_at)


def make_token(
    keys: Keys, kind: str, session_id: str, person_id: str, expires_at: datetime, random_bytes: bytes
) -> str:
    """A token's text."""
    body = (
        _ulid_bytes(session_id)
        + _ulid_bytes(person_id)
        + epoch_seconds(expires_at).to_bytes(4, "big")
        + random_bytes[:_RANDOM_BYTES]
    )
    return _text(kind, body + _tag(keys, kind, body, keys.current))


def read_token(keys: Keys, kind: str, text: str, now: datetime) -> Customer | None:
    """Whom a token names, or None when we did not make it or it has expired. Asks no storage."""
    prefix, _, encoded = text.partition("_")
    if prefix != kind or not encoded.isascii():
        return None
    try:
        raw = urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
    except (ValueError, binascii.Error):
        return None
    # The decoder skips what it does not know, so that many texts would be one token; only the text that we wrote
    # counts.
    if len(raw) != _TOKEN_BYTES or _text(kind, raw) != text:
        return None
    body, tag = raw[:-_TAG_BYTES], raw[-_TAG_BYTES:]
    if not any(same(tag, _tag(keys, kind, body, version)) for version in keys.versions):
        return None
    if int.from_bytes(body[32:36], "big") <= epoch_seconds(now):
        return None
    session_id, person_id = (encode(int.from_bytes(part, "big")) for part in (body[:16], body[16:32]))
    return Customer(id=f"usr_{person_id}", session_id=f"ses_{session_id}", token_hash=plain_digest(text))


def successor_bytes(keys: Keys, kind: str, refresh_hash: str) -> bytes:
    """The random part of the token that follows a refresh token: always the same one, and known to nobody without our
    keys.

    So a retried refresh is answered again without any token being stored in clear.
    """
    return keys.digest("token-successor", kind, refresh_hash)


def _text(kind: str, raw: bytes) -> str:
    return f"{kind}_" + urlsafe_b64encode(raw).decode("ascii").rstrip("=")


def _tag(keys: Keys, kind: str, body: bytes, version: int) -> bytes:
    return keys.digest("token", kind, body.hex(), version=version)[:_TAG_BYTES]


def _ulid_bytes(identifier: str) -> bytes:
    return decode(identifier.partition("_")[2]).to_bytes(16, "big")
