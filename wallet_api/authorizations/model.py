"""The payment PIN: six digits, kept as a keyed hash whose key is not in the tables.

A slow hash does not save a million possibilities; the key outside the table and the attempt counter do (see docs/decisions).
"""

from __future__ import annotations

import secrets

from wallet_api.authorizations.errors import PinTooSimple
from wallet_api.storage.keys import Keys, same

_RUNS = "01234567890123456789"
_WELL_KNOWN = frozenset(
    {"112233", "121212", "123123", "123321", "131313", "147258", "159357", "520520", "521521", "131452", "520131"}
)


def require_hard_to_guess(pin: str) -> None:
    """Raises PinTooSimple for one repeated digit, a run up or down, and the handful that everybody tries first."""
    if len(set(pin)) <= 1 or pin in _RUNS or pin in _RUNS[::-1] or pin in _WELL_KNOWN or pin[:3] == pin[3:]:
        raise PinTooSimple


def hash_pin(keys: Keys, person_id: str, pin: str) -> tuple[str, int]:
    """A fresh salted hash of a PIN, `salt$hash`, and the version of the key that made it."""
    salt = secrets.token_hex(8)
    return f"{salt}${keys.hex_digest('payment-pin', person_id, salt, pin)}", keys.current


def pin_matches(keys: Keys, person_id: str, pin: str, stored: str, version: int) -> bool:
    """Whether a PIN is the one that was hashed."""
    salt, _, digest = stored.partition("$")
    return same(keys.digest("payment-pin", person_id, salt, pin, version=version), bytes.fromhex(digest))
