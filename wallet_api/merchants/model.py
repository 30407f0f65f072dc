"""What a merchant is, and the keys that its servers call with."""

from __future__ import annotations

import binascii
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from wallet_api.errors import FieldProblem, Invalid
from wallet_api.ids import decode, encode, made_id, new_id
from wallet_api.merchants.errors import ScopeMissing
from wallet_api.names import is_written
from wallet_api.signatures.model import SignedRequest
from wallet_api.storage.keys import Keys, plain_digest, same

ACTIVE = "active"
SUSPENDED = "suspended"
REVOKED = "revoked"

Scope = Literal[
    "merchant:read",
    "merchant:write",
    "outlets:read",
    "outlets:write",
    "keys:read",
    "keys:write",
    "payments:read",
    "payments:write",
    "mandates:read",
    "mandates:write",
    "refunds:read",
    "refunds:write",
    "events:read",
    "webhooks:read",
    "webhooks:write",
    "operations:read",
    "operations:write",
    "reports:read",
    "payouts:read",
    "payouts:write",
]
"""What a restricted key may be allowed. To write includes to read."""

MAX_API_KEYS = 50
MAX_OVERLAP = timedelta(days=7)
"""How long a key that was rolled may go on beside its successor."""
USE_NOTED_EVERY = timedelta(hours=1)

_KEY = re.compile(r"sk_(test|live)_([A-Za-z0-9_-]{96})", re.ASCII)
SECRET_BYTES = 24
_TAG_BYTES = 16
LATIN_FORMS = ("latin_name", "latin_city", "label")
"""What a QR code carries of a name in another script."""
_LATIN = re.compile(r"[\x20-\x7e]+", re.ASCII)
_CATEGORY = re.compile(r"[0-9]{4}", re.ASCII)
_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)


class MerchantCaller(Struct, frozen=True):
    """A merchant's server that presented a key of ours: its tag was checked, the key's record not yet.

    `scope` is what the endpoint that it calls asks of a key; a restricted key is refused where nothing is named. `signed` is the
    request itself when it carries a signature.
    """

    id: str
    key_id: str
    key_hash: str
    mode: str
    scope: str = ""
    signed: SignedRequest | None = None


class ApiKey(Struct, frozen=True):
    """A key's record. `scopes` is None for a key that may do everything; `last4` are the last signs of its text."""

    id: str
    merchant_id: str
    name: str
    mode: str
    status: str
    key_hash: str
    last4: str
    scopes: tuple[str, ...] | None
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None
    rolled_to: str | None = None

    def status_at(self, now: datetime) -> Literal["active", "expired", "revoked"]:
        """As its owner sees it."""
        if self.status != ACTIVE:
            return "revoked"
        return "expired" if self.expires_at is not None and self.expires_at <= now else "active"

    def admits(self, caller: MerchantCaller, now: datetime) -> bool:
        """Whether this is the key that the caller showed, and it still lives."""
        hashes_agree = same(self.key_hash.encode(), caller.key_hash.encode())
        return self.status_at(now) == ACTIVE and self.mode == caller.mode and hashes_agree

    def require_scope(self, scope: str) -> None:
        """Raises ScopeMissing unless the key may do what this scope names."""
        if not allows(self.scopes, scope):
            raise ScopeMissing(scope=scope)


def allows(scopes: tuple[str, ...] | None, scope: str) -> bool:
    """Whether a key with these scopes may do what one names: everything without any, to read what it may write."""
    return scopes is None or scope in scopes or (scope.endswith(":read") and f"{scope[:-5]}:write" in scopes)


def why_wrong(field: str) -> str:
    """What is told of a field that does not hold: a Latin form stands where none was given, and the name is none itself."""
    return "latin_form_required" if field in LATIN_FORMS else "wrong_format"


class Profile(Struct, frozen=True):
    """How a merchant is named towards payers. The Latin forms are what an EMVCo code holds in its tags 59 and 60.

    `category` is the four-digit merchant category code (ISO 18245), `country` ISO 3166-1 alpha-2.
    """

    name: str
    latin_name: str
    city: str
    latin_city: str
    country: str
    category: str

    def __post_init__(self) -> None:
        problems = [FieldProblem(f"/{name}", why_wrong(name)) for name, good in self._checks() if not good]
        if problems:
            raise Invalid(*problems)

    def _checks(self) -> tuple[tuple[str, bool], ...]:
        return (
            ("name", len(self.name) <= 140 and is_written(self.name)),
            ("latin_name", bool(_LATIN.fullmatch(self.latin_name))),
            ("city", len(self.city) <= 140 and is_written(self.city)),
            ("latin_city", bool(_LATIN.fullmatch(self.latin_city))),
            ("country", bool(_COUNTRY.fullmatch(self.country))),
            ("category", bool(_CATEGORY.fullmatch(self.category))),
        )


class Merchant(Struct, frozen=True):
    """A company or shop that takes payments. `owner_id` is the person who applied for it, None for one that an operator
    made; `suspension_reason` is the operator's, while it is suspended.
    """

    id: str
    status: str
    profile: Profile
    created_at: datetime
    owner_id: str | None = None
    website: str | None = None
    signed_requests_only: bool = False
    suspension_reason: str | None = None
    revision: int = 0

    def updated(self, changes: Mapping[str, Any]) -> Merchant:
        """The merchant with some of what it says of itself changed, its profile's fields among it. Raises Invalid."""
        names = set(Profile.__struct_fields__)
        profile = replace(self.profile, **{name: value for name, value in changes.items() if name in names})
        rest = {name: value for name, value in changes.items() if name not in names}
        return replace(self, profile=profile, **rest)

    @property
    def standing(self) -> Standing:
        """What an outlet's or a payment's customer may know of it."""
        return Standing(self.id, self.status, self.profile)


class Standing(Struct, frozen=True):
    """Whether a merchant may take payments now, and how it is named towards payers."""

    merchant_id: str
    status: str
    profile: Profile

    @property
    def takes_payments(self) -> bool:
        """False while it is suspended."""
        return self.status == ACTIVE


def mark_of(identifier: str) -> str:
    """The 48 bits by which a merchant is found from its own id, and from every id made by `id_of_merchants`."""
    return f"{decode(identifier.partition('_')[2]) >> 32 & 0xFFFF_FFFF_FFFF:012x}"


def id_of_merchants(prefix: str, merchant_id: str, now: datetime, entropy: bytes) -> str:
    """An id for something of a merchant's, such as an outlet: 48 bits of time, the merchant's mark, 32 random bits.

    Whoever is given nothing but this id reads the merchant's standing in the same trip as the thing itself.
    """
    return made_id(prefix, now, bytes.fromhex(mark_of(merchant_id)) + entropy)


class NewKey(Struct, frozen=True):
    """A key to be. `scopes` is None for one that may do everything."""

    name: str
    scopes: tuple[str, ...] | None = None
    expires_at: datetime | None = None


def made_key(
    keys: Keys, merchant_id: str, mode: str, wanted: NewKey, now: datetime, entropy: bytes
) -> tuple[ApiKey, str]:
    """A key's record and its text, which the record holds a hash of."""
    key_id = new_id("key", now)
    text = api_key(keys, merchant_id, key_id, mode, entropy)
    key = ApiKey(
        id=key_id,
        merchant_id=merchant_id,
        name=wanted.name,
        mode=mode,
        status=ACTIVE,
        key_hash=plain_digest(text),
        last4=text[-4:],
        scopes=wanted.scopes,
        created_at=now,
        expires_at=wanted.expires_at,
    )
    return key, text


def api_key(keys: Keys, merchant_id: str, key_id: str, mode: str, entropy: bytes) -> str:
    """The text of a key: `sk_test_` or `sk_live_`, then the two ids, 24 random bytes and a tag under our own key."""
    body = _ulid_bytes(merchant_id) + _ulid_bytes(key_id) + entropy
    return f"sk_{mode}_" + urlsafe_b64encode(body + _tag(keys, mode, body, keys.current)).decode("ascii")


def mode_of(text: str) -> str | None:
    """The mode that a text claims to be a key of; None for what has no key's form."""
    matched = _KEY.fullmatch(text)
    return None if matched is None else matched[1]


def read_api_key(keys: Keys, text: str) -> MerchantCaller | None:
    """Whom a key names, or None for a text that we did not make. Asks no storage."""
    matched = _KEY.fullmatch(text)
    if matched is None:
        return None
    mode = matched[1]
    try:
        raw = urlsafe_b64decode(matched[2])
    except (ValueError, binascii.Error):
        return None
    body, tag = raw[:-_TAG_BYTES], raw[-_TAG_BYTES:]
    if not any(same(tag, _tag(keys, mode, body, version)) for version in keys.versions):
        return None
    merchant_id = f"mer_{encode(int.from_bytes(body[:16], 'big'))}"
    key_id = f"key_{encode(int.from_bytes(body[16:32], 'big'))}"
    return MerchantCaller(id=merchant_id, key_id=key_id, key_hash=plain_digest(text), mode=mode)


def _tag(keys: Keys, mode: str, body: bytes, version: int) -> bytes:
    return keys.digest("merchant-api-key", mode, body.hex(), version=version)[:_TAG_BYTES]


def _ulid_bytes(identifier: str) -> bytes:
    return decode(identifier.partition("_")[2]).to_bytes(16, "big")
