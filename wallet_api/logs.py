"""Logs: what a record shows of itself, and what the libraries under the wallet may say.

The libraries log their calls' arguments, which are people's secrets: PynamoDB and botocore write every request and answer at
DEBUG, with hashes, tokens on their way to a phone, texts of messages, plain data keys from KMS.
Somebody who turns DEBUG on at night to find a fault must not thereby write all that to a log
that is kept for years. So it is not a matter of levels: the records of these libraries below WARNING lose their text
where they are made, before any handler or filter sees them.
"""

from __future__ import annotations

import logging
from typing import Any

from msgspec import Struct

TALKATIVE = ("botocore", "boto3", "pynamodb", "s3transfer", "urllib3")
WITHHELD = "(withheld: this library logs arguments)"


class Discreet(Struct, frozen=True):
    """A record that shows none of its values, in no log and in no traceback."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"


class _Discreet:
    """A factory of log records around the one that was there."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    def __call__(
        self, name: str, level: int, path: str, line: int, message: object, arguments: Any, *more: Any, **named: Any
    ) -> logging.LogRecord:
        if level < logging.WARNING and name.partition(".")[0] in TALKATIVE:
            message, arguments = WITHHELD, ()
        made: logging.LogRecord = self.inner(name, level, path, line, message, arguments, *more, **named)
        return made


def be_discreet() -> None:
    """Makes it so for this process, once. The levels are raised as well, since a line without its text helps nobody."""
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    if not isinstance(logging.getLogRecordFactory(), _Discreet):
        logging.setLogRecordFactory(_Discreet(logging.getLogRecordFactory()))
