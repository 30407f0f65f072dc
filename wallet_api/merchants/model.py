"""What a merchant is, and the keys that its servers call with."""

from __future__ import annotations

import binascii
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime

from wallet_api.errors import FieldProblem, Invalid
from wallet_api.ids import decode, encode, made_id
from wallet_api.storage.keys import Keys, plain_digest, same

ACTIVE = "active"
SUSPENDED = "suspended"
REVOKED = "revoked"

_KEY = re.compile(r"sk_(test|live)_([A-Za-z0-9_-]{96})", re.ASCII)
SECRET_BYTES = 24
_TAG_BYTES = 16
_LATIN = re.compile(r"[\x20-\x7e]+", re.ASCII)
_CATEGORY = re.compile(r"[0-9]{4}", re.ASCII)
_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class MerchantCaller:
    """A merchant's server that presented a key of ours: its tag was checked, the key's record not yet."""

    id: str
    key_id: str
    key_hash: str
    mode: str


@dataclass(frozen=True, slots=True)
class Profile:
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
        problems = [FieldProblem(f"/{name}", "wrong_format") for name, good in self._checks() if not good]
        if problems:
            raise Invalid(*problems)

    def _checks(self) -> tuple[tuple[str, bool], ...]:
        return (
            ("name", 0 < len(self.name) <= 100 and self.name.isprintable()),
            ("latin_name", bool(_LATIN.fullmatch(self.latin_name))),
            ("city", 0 < len(self.city) <= 60 and self.city.isprintable()),
            ("latin_city", bool(_LATIN.fullmatch(self.latin_city))),
            ("country", bool(_COUNTRY.fullmatch(self.country))),
            ("category", bool(_CATEGORY.fullmatch(self.category))),
        )


@dataclass(frozen=True, slots=True)
class Merchant:
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

    @property
    def standing(self) -> Standing:
        """What an outlet's or a payment's customer may know of it."""
        return Standing(self.id, self.status, self.profile)


@dataclass(frozen=True, slots=True)
class Standing:
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


def api_key(keys: Keys, merchant_id: str, key_id: str, mode: str, entropy: bytes) -> str:
    """The text of a key: `sk_test_` or `sk_live_`, then the two ids, 24 random bytes and a tag under our own key."""
    body = _ulid_bytes(merchant_id) + _ulid_bytes(key_id) + entropy
    return f"sk_{mode}_" + urlsafe_b64encode(body + _tag(keys, mode, body, keys.current)).decode("ascii")


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
