"""Keyed hashes: how the wallet finds a phone without storing it, tags a token, and keeps a six-digit code from being guessed.

One master secret for each version lives in the secret store. Every purpose gets a key of its own from it by HKDF (RFC 5869), so
that a hash made for one purpose says nothing to another.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping

from msgspec import field

from wallet_api.logs import Discreet


class KeysUnusable(Exception):
    """The secret store's text is not a set of master secrets."""


class Keys(Discreet, frozen=True):
    """Master secrets by version. New hashes are made with `chosen`, or else with the highest version.

    A version is known to every instance of the wallet before one of them makes anything with it: otherwise, while instances are
    replaced, the older ones would refuse what the newer ones made.
    """

    masters: Mapping[int, bytes]
    chosen: int | None = None
    _derived: dict[tuple[str, int], bytes] = field(default_factory=dict)

    @staticmethod
    def from_text(text: str) -> Keys:
        """Reads `{"1": "…", "2": "…", "current": "1"}`, or a plain text as version 1. Raises KeysUnusable below 32 characters, or
        when `current` is none of the versions.
        """
        try:
            parsed = json.loads(text)
        except ValueError:
            parsed = text
        versions = dict(parsed) if isinstance(parsed, dict) else {"1": text}
        current = versions.pop("current", None)
        if not all(version.isdecimal() and isinstance(secret, str) for version, secret in versions.items()):
            raise KeysUnusable("master secrets are texts, each under the number of its version")
        masters = {int(version): secret.encode() for version, secret in versions.items()}
        if not masters or min(map(len, masters.values())) < 32:
            raise KeysUnusable("a master secret has at least 32 characters")
        if current is None:
            return Keys(masters)
        if not isinstance(current, str) or not current.isdecimal() or int(current) not in masters:
            raise KeysUnusable("`current` is the number of one of the versions, as a text")
        return Keys(masters, int(current))

    @property
    def current(self) -> int:
        """The version that new hashes are made with."""
        return max(self.masters) if self.chosen is None else self.chosen

    @property
    def versions(self) -> list[int]:
        """All versions, the current one first, then newest first: where a hash is looked up while a rotation is under way."""
        return sorted(self.masters, key=lambda version: (version == self.current, version), reverse=True)

    def digest(self, purpose: str, *parts: str, version: int | None = None) -> bytes:
        """HMAC-SHA256 over the parts under the purpose's key; parts are joined so that no two lists look alike."""
        version = self.current if version is None else version
        text = b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)
        return hmac.digest(self._key(purpose, version), text, "sha256")

    def hex_digest(self, purpose: str, *parts: str, version: int | None = None) -> str:
        """The same as text."""
        return self.digest(purpose, *parts, version=version).hex()

    def _key(self, purpose: str, version: int) -> bytes:
        known = self._derived.get((purpose, version))
        if known is None:
            extracted = hmac.digest(b"wallet-api", self.masters[version], "sha256")
            known = hmac.digest(extracted, f"{purpose}:v{version}".encode() + b"\x01", "sha256")
            self._derived[purpose, version] = known
        return known


def same(left: bytes, right: bytes) -> bool:
    """Whether two byte strings are equal, in time that does not tell where they differ."""
    return hmac.compare_digest(left, right)


def plain_digest(*parts: str) -> str:
    """An unkeyed SHA-256 of what is random already (tokens, request ids); never of anything a person could guess."""
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()
