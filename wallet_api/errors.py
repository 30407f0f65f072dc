"""The ways the wallet says no. A capability's errors.py names facts; this tree says what kind of fact each is.

    WalletError
    ├── Malformed          the request cannot be read
    ├── Invalid            a field is not acceptable
    ├── Unauthenticated    nobody we know is asking
    ├── Forbidden          this caller may not, or has not proven it
    ├── NotFound           no such thing, or none of the caller's
    ├── Conflict           the thing is in another state than the request needs
    ├── Declined           a rule about money says no
    ├── TooMany            slow down
    └── Unavailable        something we stand on does not answer

Only the edge knows what an HTTP status is. `decides` says whether the refusal is a decision that an Idempotency-Key keeps
for ever; a missing proof, a typing error and an outage are not decisions, so the same key may be tried again.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from msgspec import Struct

from wallet_api.money import Money

Fact = str | int | Money
"""What an error may carry: ids, amounts, counts; never personal data, since refusals are kept in the ledger."""

MoneyMoved = Literal["no", "yes", "unknown"]
Retry = Literal["never", "same_key", "new_key", "after"]


class WalletError(Exception):
    """A refusal with a stable code. Facts fill the message's placeholders and the answer's extra fields."""

    code: ClassVar[str] = ""
    retry: ClassVar[Retry] = "never"
    money_moved: ClassVar[MoneyMoved] = "no"
    decides: ClassVar[bool] = False
    by_code: ClassVar[dict[str, type[WalletError]]] = {}

    def __init__(self, **facts: Fact) -> None:
        super().__init__(self.code, facts)
        self.facts = facts
        self.recorded: Recorded | None = None

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        code = cls.__dict__.get("code")
        if code and WalletError.by_code.setdefault(code, cls).__qualname__ != cls.__qualname__:
            raise TypeError(f"two errors are called {code!r}")


class Recorded(Struct, frozen=True):
    """Where a refusal was first given: its replay answers with the same request id and in the same language."""

    request_id: str
    locale: str


class Malformed(WalletError):
    """The request cannot be read as what it claims to be."""


class FieldProblem(Struct, frozen=True):
    """One field that is not acceptable: an RFC 6901 pointer into the body (or a parameter's name) and a code for why."""

    pointer: str
    code: str
    facts: tuple[tuple[str, Fact], ...] = ()


class Invalid(WalletError):
    """At least one field is not acceptable; `problems` names each."""

    code = "invalid_request"
    retry: ClassVar[Retry] = "new_key"

    def __init__(self, *problems: FieldProblem, **facts: Fact) -> None:
        super().__init__(**facts)
        self.problems = problems


class Unauthenticated(WalletError):
    """The caller's credentials are missing, wrong or no longer valid."""

    retry: ClassVar[Retry] = "same_key"


class Forbidden(WalletError):
    """The caller is known and may not do this, or has not proven enough."""

    retry: ClassVar[Retry] = "same_key"


class NotFound(WalletError):
    """There is no such thing, or it is somebody else's: the two are never told apart."""

    code = "not_found"


class Conflict(WalletError):
    """The thing is in another state than the request needs."""

    decides = True


class Declined(WalletError):
    """A rule about money says no: balance, limit, card, frozen wallet."""

    decides = True
    retry: ClassVar[Retry] = "new_key"


class TooMany(WalletError):
    """Too many tries; the fact `retry_after_seconds` says when the next is welcome."""

    retry: ClassVar[Retry] = "after"


class Unavailable(WalletError):
    """Something the wallet stands on does not answer; nothing of the request was done."""

    code = "unavailable"
    retry: ClassVar[Retry] = "same_key"


class OutcomeUnknown(Unavailable):
    """The write was sent and no answer came, or what an earlier request with this key did cannot be read.

    It is wholly there or wholly absent: the same key tells which.
    """

    code = "outcome_unknown"
    money_moved: ClassVar[MoneyMoved] = "unknown"
