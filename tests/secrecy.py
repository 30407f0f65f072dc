"""What nobody but its owner may read: gathered from what a test's client sends and gets, and looked for in logs, tables and
events.
"""

import logging
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from dev.cloud.local import LocalCloud

SECRET_FIELDS = frozenset(
    {
        "password",
        "new_password",
        "current_password",
        "pin",
        "new_pin",
        "current_pin",
        "code",
        "number",
        "phone",
        "email",
    }
    | {
        "holder_name",
        "display_name",
        "access_token",
        "refresh_token",
        "token",
        "secret",
        "otpauth_uri",
        "recovery_codes",
    }
)
PATTERNS = {
    "a token": re.compile(r"\bw[a-z]t_[A-Za-z0-9_-]{20,}"),
    "an API key": re.compile(r"\bsk_(?:test|live)_\w{10,}"),
    "a phone": re.compile(r"(?<![\w+.-])(?:\+?86)?1[3-9][0-9]{9}(?![\w.])"),
    "an e-mail address": re.compile(r"\b[\w.+-]+@[\w-]+\.[a-z]{2,}\b"),
    "a TOTP secret": re.compile(r"otpauth://|\b[A-Z2-7]{32}\b"),
}
_DIGITS = re.compile(r"(?<![\w.+-])[0-9]{13,19}(?![\w.-])", re.ASCII)
_OF_EVERY_RECORD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def secrets_in(value: Any, named: str = "") -> Iterator[str]:
    """The secret values of a JSON document, by the names of their fields."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from secrets_in(inner, str(name))
    elif isinstance(value, list):
        for inner in value:
            yield from secrets_in(inner, named)
    elif isinstance(value, str) and named in SECRET_FIELDS and _is_telling(value):
        yield value


def _is_telling(text: str) -> bool:
    """Whether a text would be known again: not a masked phone, nor what a test sends that is no secret at all."""
    return 6 <= len(text) <= 200 and len(set(text)) >= 2 and "***" not in text and text.isprintable()


def found_in(text: str, secrets: Iterable[str]) -> list[str]:
    """What of these secrets stands in a text; one of digits alone only where it stands alone."""
    found = []
    for secret in secrets:
        bare = secret.removeprefix("+86") if secret.startswith("+86") else secret
        if bare.isdigit():
            if bare in text and re.search(rf"(?<![0-9a-f]){bare}(?![0-9a-f])", text):
                found.append(secret)
        elif bare in text:
            found.append(secret)
    return found


def looks_secret(text: str) -> list[str]:
    """What in a text has the form of a secret, whoever's it is: tokens, keys, phones, addresses, card numbers."""
    found = [f"{what}: {match.group()}" for what, pattern in PATTERNS.items() for match in pattern.finditer(text)]
    return found + [f"a card number: {digits}" for digits in _DIGITS.findall(text) if passes_luhn(digits)]


def passes_luhn(digits: str) -> bool:
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(each // 10 + each % 10 for each in doubled) % 10 == 0


class Listener(logging.Handler):
    """Everything that any logger says, with what is attached to it and the traceback."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        attached = {name: value for name, value in vars(record).items() if name not in _OF_EVERY_RECORD}
        trace = logging.Formatter().formatException(record.exc_info) if record.exc_info else ""
        self.lines.append(f"{record.name} {record.getMessage()} {attached or ''} {trace}")


@contextmanager
def listening() -> Iterator[Listener]:
    """Hears every record of every thread of this process, with the root logger at DEBUG."""
    listener, root = Listener(), logging.getLogger()
    before = root.level
    root.addHandler(listener)
    root.setLevel(logging.DEBUG)
    try:
        yield listener
    finally:
        root.setLevel(before)
        root.removeHandler(listener)


def rows_of(cloud: LocalCloud) -> Iterator[tuple[str, str]]:
    """Every item of every table as text, with the name of its table."""
    client = cloud.session.create_client("dynamodb", region_name=cloud.region)
    for name, table in cloud.wallet.settings.tables.items():
        for page in client.get_paginator("scan").paginate(TableName=table):
            yield from ((name, repr(item)) for item in page["Items"])
