"""What may become a password, and when an owner is reminded to change it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from datetime import datetime, timedelta

from msgspec import Struct

from wallet_api.errors import FieldProblem
from wallet_api.passwords.errors import PasswordRefused

MIN_LENGTH = 8
MAX_LENGTH = 128
"""In Unicode code points after normalisation."""

REMIND_AFTER = timedelta(days=90)
"""A reminder and never a block: a forced change makes people count their passwords up (NIST SP 800-63B-4)."""

FRESH_FOR = timedelta(minutes=15)
"""How long a sign-in, which takes the password, stands for it: an unlocked phone that changes hands later proves nothing."""

_PRODUCT_WORDS = ("walletapi", "wallet", "数字钱包", "钱包")
_LOOKALIKES = str.maketrans("013457@$!", "oieastasi")
_DECORATION = 6
_PADDED_NUMBER = re.compile(r"[^\W\d_]{0,3}(?P<number>[0-9]{4,})[^\W\d_]{0,3}")
_DATE = re.compile(r"(?:19|20)\d{2}[01]\d[0-3]\d|[0-3]\d[01]\d(?:19|20)\d{2}|[01]\d[0-3]\d(?:19|20)\d{2}", re.ASCII)
_RUNS = (
    "01234567890123456789",
    "09876543210987654321",
    "abcdefghijklmnopqrstuvwxyz",
    "zyxwvutsrqponmlkjihgfedcba",
    "qwertyuiopasdfghjklzxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
    "1q2w3e4r5t6y7u8i9o0p",
    "poiuytrewqlkjhgfdsamnbvcxz",
    "qazwsxedcrfvtgbyhnujm",
)


class PasswordAge(Struct, frozen=True):
    """When a password was set, and whether its owner is to be reminded that it may be time for another."""

    changed_at: datetime
    reminder: bool


def age_of(changed_at: datetime, now: datetime) -> PasswordAge:
    """The age of a password as its owner is told of it."""
    return PasswordAge(changed_at, reminder=now - changed_at > REMIND_AFTER)


def normalised(password: str) -> str:
    """The form that is hashed, so that a phone and a laptop that compose é differently mean one password (NFKC)."""
    return unicodedata.normalize("NFKC", password)


def admit(password: str, common: Collection[str], personal: Collection[str], pointer: str) -> str:
    """The normalised password. Raises PasswordRefused with the reason.

    `common` holds the stems of what attackers try first; `personal` the person's phone number, e-mail name and name.
    """
    plain = normalised(password)
    if len(plain) < MIN_LENGTH:
        raise PasswordRefused(FieldProblem(pointer, "password_too_short", (("limit", MIN_LENGTH),)))
    if len(plain) > MAX_LENGTH:
        raise PasswordRefused(FieldProblem(pointer, "password_too_long", (("limit", MAX_LENGTH),)))
    folded = plain.casefold()
    if any(len(word) >= 4 and word.casefold() in folded for word in personal):
        raise PasswordRefused(FieldProblem(pointer, "password_holds_contact"))
    if _is_mostly_product(folded):
        raise PasswordRefused(FieldProblem(pointer, "password_holds_product"))
    if is_common(folded, common):
        raise PasswordRefused(FieldProblem(pointer, "password_common"))
    return plain


def is_common(folded: str, common: Collection[str]) -> bool:
    """Whether attackers would try this early: one character repeated, a run of keys, a date, or a common word,
    decorated.

    A word is decorated by a few digits and signs around it, by look-alikes in it (`p@ssw0rd`), or by being said twice.
    """
    letters = re.sub(r"[\W_]+", "", folded)
    if len(set(folded)) == 1 or _DATE.fullmatch(letters) or any(_is_run(text) for text in (folded, letters)):
        return True
    padded = _PADDED_NUMBER.fullmatch(letters)
    if padded and padded["number"] in common:
        return True
    forms = {folded, letters}
    for simpler in (_undecorated, _once, _undecorated, _read_lookalikes):
        forms |= {simpler(form, common) for form in forms}
    return not forms.isdisjoint(common)


def _is_run(text: str) -> bool:
    return len(text) >= MIN_LENGTH and any(text in run for run in _RUNS)


def _undecorated(text: str, common: Collection[str]) -> str:
    """The text without the digits and signs around it, unless they are so many, or so uncommon, that they are the
    password.
    """
    bare = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", text)
    around = text.replace(bare, "", 1)
    return bare if len(around) <= _DECORATION or re.sub(r"\D", "", around) in common else text


def _read_lookalikes(text: str, _: Collection[str]) -> str:
    return text.translate(_LOOKALIKES)


def _once(text: str, _: Collection[str]) -> str:
    """The word of a text that says it two or more times; the text itself otherwise."""
    for size in range(1, len(text) // 2 + 1):
        if len(text) % size == 0 and text[:size] * (len(text) // size) == text:
            return text[:size]
    return text


def _is_mostly_product(folded: str) -> bool:
    rest = folded
    for word in _PRODUCT_WORDS:
        rest = rest.replace(word, "")
    return rest != folded and len(rest) < MIN_LENGTH
