"""What a device is, the token by which it is known again, and the keys and signatures that it may have."""

from __future__ import annotations

import binascii
import hashlib
import json
from base64 import b64decode, urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from msgspec import Struct

from wallet_api.clock import epoch_seconds
from wallet_api.errors import FieldProblem, Invalid
from wallet_api.ids import decode, encode
from wallet_api.storage.keys import Keys, same

Algorithm = Literal["ES256", "Ed25519"]

FORGOTTEN_AFTER = timedelta(days=180)
"""A device that nobody signed in on for so long is forgotten with its key; no session of it is left by then."""
NEW_FOR = timedelta(hours=24)
"""How long a device is new: it moves little, and its word counts for little."""
MAX_KEY_CHARACTERS = 400

_TOKEN = "wdt_"  # noqa: S105  a prefix
_BODY_BYTES, _TAG_BYTES = 16 + 4, 16
_USER_PRESENT, _USER_VERIFIED = 0x01, 0x04
_LEAST_AUTHENTICATOR_DATA = 32 + 1 + 4


class Device(Struct, frozen=True):
    """What an app says about the device it runs on: shown to its owner, trusted for nothing.

    `id` and `limited_until_seconds` (since 1970; 0 when nothing is limited) are ours, and empty until the device joined.
    """

    name: str | None = None
    platform: str | None = None
    app_version: str | None = None
    token: str | None = None
    id: str | None = None
    limited_until_seconds: int = 0

    def is_limited(self, now: datetime) -> bool:
        """Whether the device is new to its person."""
        return epoch_seconds(now) < self.limited_until_seconds


class Key(Struct, frozen=True):
    """A public key that a device holds the other half of: DER of its SubjectPublicKeyInfo (RFC 5280).

    `trusted_from` is when its signature begins to count for more than the PIN that it was registered with.
    """

    algorithm: Algorithm
    public_key: bytes
    added_at: datetime
    trusted_from: datetime
    signatures: int = 0
    """The authenticator's own counter when it last signed; 0 for one that does not count."""


class RegisteredDevice(Struct, frozen=True):
    """One of a person's devices."""

    id: str
    person_id: str
    name: str | None
    platform: str | None
    app_version: str | None
    added_at: datetime
    last_signed_in_at: datetime
    limited_until: datetime | None
    key: Key | None


class Site(Struct, frozen=True):
    """Where a browser's signatures must come from: the origin of our pages, and their host, which is the RP ID."""

    origin: str
    host: str


class Signature(Struct, frozen=True):
    """A device's signature. With the two documents of a browser it is over those (WebAuthn), else over the challenge."""

    signature: bytes
    authenticator_data: bytes | None = None
    client_data: bytes | None = None


def device_token(keys: Keys, person_id: str, device_id: str, limited_until_seconds: int) -> str:
    """What a device shows when it signs in again, under a tag of ours; worth nothing without the person's two factors."""
    body = decode(device_id.partition("_")[2]).to_bytes(16, "big") + limited_until_seconds.to_bytes(4, "big")
    return _token_text(body + _token_tag(keys, person_id, body, keys.current))


def read_device_token(keys: Keys, person_id: str, text: str) -> tuple[str, int] | None:
    """The device's id and until when it is limited; None when the token is not ours, or another person's."""
    if not text.startswith(_TOKEN) or not text.isascii():
        return None
    try:
        raw = urlsafe_b64decode(text.removeprefix(_TOKEN))
    except (ValueError, binascii.Error):
        return None
    # The decoder skips what it does not know; only the text that we wrote counts.
    if len(raw) != _BODY_BYTES + _TAG_BYTES or _token_text(raw) != text:
        return None
    body, tag = raw[:_BODY_BYTES], raw[_BODY_BYTES:]
    if not any(same(tag, _token_tag(keys, person_id, body, version)) for version in keys.versions):
        return None
    return f"dev_{encode(int.from_bytes(body[:16], 'big'))}", int.from_bytes(body[16:], "big")


def _token_text(raw: bytes) -> str:
    return _TOKEN + urlsafe_b64encode(raw).decode("ascii")


def _token_tag(keys: Keys, person_id: str, body: bytes, version: int) -> bytes:
    return keys.digest("device-token", person_id, body.hex(), version=version)[:_TAG_BYTES]


def read_public_key(text: str, algorithm: Algorithm) -> bytes:
    """The key's canonical DER from the base64 of its SubjectPublicKeyInfo, as WebCrypto, WebAuthn and Android give it.

    Raises Invalid for what is no such key, for another kind than it is said to be, and for a curve other than P-256.
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

    wrong = Invalid(FieldProblem("/public_key", "public_key_unusable"))
    try:
        key = load_der_public_key(b64decode(text, validate=True))
    except (ValueError, binascii.Error, UnsupportedAlgorithm):
        raise wrong from None
    if _algorithm_of(key) != algorithm:
        raise wrong
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def is_signed(key: Key, challenge: bytes, given: Signature, site: Site) -> bool:
    """Whether the device's key signed this challenge, by itself or as WebAuthn's section 7.2 wants a browser to."""
    signed = challenge
    if given.authenticator_data is not None and given.client_data is not None:
        if not _is_assertion(given.authenticator_data, given.client_data, challenge, site):
            return False
        if not _counted_on(key, given.authenticator_data):
            return False
        signed = given.authenticator_data + hashlib.sha256(given.client_data).digest()
    return _verifies(key, given.signature, signed)


def signatures_after(key: Key, given: Signature) -> int:
    """What the key's counter is after this signature."""
    return key.signatures if given.authenticator_data is None else _counter_of(given.authenticator_data)


def trusted_from(now: datetime, *, second_factor: bool) -> datetime:
    """When a key that is registered now counts for more than a PIN: at once if more than the PIN registered it."""
    return now if second_factor else now + NEW_FOR


def limited_until(now: datetime, *, first: bool) -> int:
    """Until when a device that joins now is limited, in seconds since 1970; the one that opened the wallet is not."""
    return 0 if first else epoch_seconds(now + NEW_FOR)


def moment_of(seconds: int) -> datetime | None:
    """The moment that `limited_until_seconds` names."""
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


def _is_assertion(authenticator_data: bytes, client_data: bytes, challenge: bytes, site: Site) -> bool:
    try:
        said: Any = json.loads(client_data.decode("utf-8"))
    except (ValueError, RecursionError):
        return False
    if not isinstance(said, dict) or len(authenticator_data) < _LEAST_AUTHENTICATOR_DATA:
        return False
    ours = {
        "type": "webauthn.get",
        "challenge": urlsafe_b64encode(challenge).decode("ascii").rstrip("="),
        "origin": site.origin,
    }
    flags = authenticator_data[32]
    return (
        all(said.get(name) == value for name, value in ours.items())
        and said.get("crossOrigin") in (None, False)
        and authenticator_data[:32] == hashlib.sha256(site.host.encode()).digest()
        and flags & _USER_PRESENT != 0
        and flags & _USER_VERIFIED != 0
    )


def _counted_on(key: Key, authenticator_data: bytes) -> bool:
    """A counter that does not grow belongs to a copy of the authenticator; one that is always 0 is not kept at all."""
    counter = _counter_of(authenticator_data)
    return counter > key.signatures or counter == key.signatures == 0


def _counter_of(authenticator_data: bytes) -> int:
    return int.from_bytes(authenticator_data[33:37], "big")


def _algorithm_of(key: object) -> Algorithm | None:
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    if isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1):
        return "ES256"
    return "Ed25519" if isinstance(key, Ed25519PublicKey) else None


def _verifies(key: Key, signature: bytes, signed: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    public = load_der_public_key(key.public_key)
    try:
        if isinstance(public, EllipticCurvePublicKey):
            public.verify(signature, signed, ECDSA(SHA256()))
        elif isinstance(public, Ed25519PublicKey):
            public.verify(signature, signed)
        else:
            return False
    except InvalidSignature:
        return False
    return True
