"""Identifiers: a prefix that names the type and a ULID that sorts by time, such as `pay_01KAMS3Q0V5T1C9D9SZ3GZ2WQY`."""

from __future__ import annotations

import re
import secrets
from datetime import UTC, datetime, timedelta

from wallet_api.clock import epoch_milliseconds

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS = [high + low for high in _ALPHABET for low in _ALPHABET]
_SHIFTS = range(120, -1, -10)
_AS_PYTHON_COUNTS = str.maketrans(_ALPHABET, "0123456789abcdefghijklmnopqrstuv")
_ULID = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}", re.ASCII)
_ID = re.compile(r"[a-z]{2,4}_[0-7][0-9A-HJKMNP-TV-Z]{25}", re.ASCII)


def new_id(prefix: str, now: datetime) -> str:
    """A fresh id: 48 bits of time in milliseconds and 80 random bits, in Crockford's base 32 (the ULID format)."""
    return made_id(prefix, now, secrets.token_bytes(10))


def made_id(prefix: str, now: datetime, entropy: bytes) -> str:
    """An id whose last 80 bits are given, so that what is projected twice gets one id. Raises ValueError for other sizes."""
    if len(entropy) != 10:
        raise ValueError("an id takes 10 bytes")
    return f"{prefix}_{encode(epoch_milliseconds(now) << 80 | int.from_bytes(entropy, 'big'))}"


def first_id(prefix: str, moment: datetime) -> str:
    """The bound below every id of this moment and above every earlier one; it is itself nobody's id."""
    return f"{prefix}_{encode(max(0, epoch_milliseconds(moment)) << 80)}"


def made_at(identifier: str) -> datetime:
    """The time that is in an id, to the millisecond; an id may be made up, and its time beyond the last year there is."""
    milliseconds = decode(identifier.partition("_")[2]) >> 80
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)


def first_id_after(prefix: str, month: datetime) -> str:
    """An id that every id of the month sorts before; `month` is its first moment."""
    return made_id(prefix, (month + timedelta(days=32)).replace(day=1), bytes(10))


def encode(number: int) -> str:
    """128 bits as the 26 digits of a ULID."""
    return "".join([_PAIRS[number >> shift & 1023] for shift in _SHIFTS])


def decode(ulid: str) -> int:
    """The 128 bits of a ULID's 26 digits. Raises ValueError for another text."""
    if _ULID.fullmatch(ulid) is None:
        raise ValueError("not a ULID")
    return int(ulid.translate(_AS_PYTHON_COUNTS), 32)


def is_id(text: str, prefix: str) -> bool:
    """Whether a text has the form of an id of this type, so that nothing else ever reaches a storage key."""
    return _ID.fullmatch(text) is not None and text.startswith(prefix + "_")
