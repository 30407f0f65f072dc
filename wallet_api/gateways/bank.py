"""The bank: the company that pays merchants' money out to their accounts, asked by our reference and never twice for one.

A bank speaks over a `Wire`: bytes out, bytes back. `WireBank` is what stands between it and the wallet: an answer has so much time
and so much length, must have the very form that is written down here, and counts only when reference, amount and currency are
those of the order it is asked about (OWASP API10: an outside company's answer is input like any other).
"""

from __future__ import annotations

import json
import logging
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from datetime import datetime
from typing import Any, Literal, Protocol, get_args

from msgspec import Struct

from wallet_api.clock import rfc3339
from wallet_api.errors import Unavailable
from wallet_api.logs import Discreet
from wallet_api.money import Money

TIMEOUT_SECONDS = 5
MAX_ANSWER = 16_384
"""More bytes than any answer has; a longer one is none."""
AT_ONCE = 8

BankStatus = Literal["pending", "paid", "rejected", "returned"]
BankReason = Literal[
    "account_closed", "account_unknown", "holder_name_differs", "amount_refused", "order_not_received", "bank_refused"
]
"""Why a bank did not pay, or sent back what it had paid. The list is closed: whatever else a bank says is `bank_refused`."""

logger = logging.getLogger(__name__)


class BankSilent(Unavailable):
    """The bank did not answer, or not in a form that counts. What it did with an order is not known until `find` tells."""

    code = "bank_unavailable"


class BankOrder(Discreet, frozen=True):
    """A payout as we ordered it. `reference` is ours and names it for ever; `ordered_at` is when it was first sent."""

    reference: str
    amount: Money
    bank: str
    holder_name: str
    account_number: str
    ordered_at: datetime


class BankOutcome(Struct, frozen=True):
    """How an order stands. Paid and rejected are told as ends; a paid one may still be returned days later."""

    status: BankStatus
    reason: BankReason | None = None
    bank_reference: str | None = None


class Bank(Protocol):
    """What the wallet asks of a bank. Every call may raise BankSilent and may be repeated."""

    def pay(self, order: BankOrder) -> BankOutcome:
        """Pays once for a reference, however often it is called."""

    def find(self, order: BankOrder) -> BankOutcome:
        """How an order stands. One that never arrived is closed for ever and answered as `order_not_received`."""


class Wire(Protocol):
    """The way to a bank and back."""

    def ask(self, request: bytes, timeout_seconds: int) -> bytes:
        """Sends a request and brings the answer's body, of which no more than MAX_ANSWER + 1 bytes are read. May raise OSError."""


class WireBank:
    """A bank behind a wire; what it answers is checked here."""

    def __init__(self, wire: Wire, timeout_seconds: int = TIMEOUT_SECONDS) -> None:
        self._wire = wire
        self._timeout_seconds = timeout_seconds
        self._pool: ThreadPoolExecutor | None = None

    def pay(self, order: BankOrder) -> BankOutcome:
        """Orders a payment."""
        return self._asked("pay", order)

    def find(self, order: BankOrder) -> BankOutcome:
        """Asks about one."""
        return self._asked("find", order)

    def _asked(self, what: str, order: BankOrder) -> BankOutcome:
        # A wire that forgets its own timeout must not hold a request, or the schedule's run, for longer.
        if self._pool is None:
            self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="bank")
        asked = self._pool.submit(self._wire.ask, request_of(what, order), self._timeout_seconds)
        try:
            return outcome_of(asked.result(self._timeout_seconds), order)
        except (TookTooLong, OSError) as error:
            raise BankSilent from error
        except AnswerUnusable as error:
            logger.error("a bank's answer does not count: %s", error, extra={"payout_id": order.reference})
            raise BankSilent from error


class AnswerUnusable(Exception):
    """What a bank answered is too long, has another form, or is about another order; the text says which, never what it said."""


def request_of(what: str, order: BankOrder) -> bytes:
    """An order on the wire."""
    document = {
        "call": what,
        "reference": order.reference,
        "amount": order.amount.amount,
        "currency": order.amount.currency,
        "bank": order.bank,
        "holder_name": order.holder_name,
        "account_number": order.account_number,
        "ordered_at": rfc3339(order.ordered_at),
    }
    return json.dumps(document, ensure_ascii=False).encode()


def outcome_of(answer: bytes, order: BankOrder) -> BankOutcome:
    """What an answer says of an order. Raises AnswerUnusable unless it is about this very order, in the form that is agreed."""
    if len(answer) > MAX_ANSWER:
        raise AnswerUnusable(f"longer than {MAX_ANSWER} bytes")
    try:
        told = json.loads(answer, parse_float=_no_fraction, parse_constant=_no_fraction)
    except (ValueError, RecursionError):
        raise AnswerUnusable("not JSON") from None
    if not isinstance(told, dict) or not set(told) <= {
        "reference",
        "amount",
        "currency",
        "status",
        "reason",
        "bank_reference",
    }:
        raise AnswerUnusable("another form")
    wanted = (order.reference, order.amount.amount, order.amount.currency)
    found = tuple(told.get(name) for name in ("reference", "amount", "currency"))
    if found != wanted or type(found[1]) is not int:
        raise AnswerUnusable("about another order")
    status: Any = told.get("status")
    own = told.get("bank_reference")
    if status not in get_args(BankStatus) or not (
        own is None or (isinstance(own, str) and len(own) <= 64 and own.isascii())
    ):
        raise AnswerUnusable("another form")
    return BankOutcome(status, _reason(status, told.get("reason")), own)


def _reason(status: str, given: Any) -> BankReason | None:
    if status not in ("rejected", "returned"):
        return None
    return given if given in get_args(BankReason) else "bank_refused"


def _no_fraction(text: str) -> Any:
    raise ValueError(f"an answer holds no {text}")
