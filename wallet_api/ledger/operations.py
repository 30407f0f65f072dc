"""Operations: what a caller asked for under an Idempotency-Key, decided once.

The operation's record *is* the journal record and the key is its identity, so success and refusal compete for one place and
exactly one can ever exist (draft-ietf-httpapi-idempotency-key-header).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Generic, Literal, TypeVar

from msgspec import Struct

from wallet_api.errors import Recorded, WalletError
from wallet_api.ledger.entry import Entry
from wallet_api.money import Money
from wallet_api.storage.keys import plain_digest

T = TypeVar("T")

Outcome = Literal["succeeded", "refused", "abandoned"]


class Operation(Struct, frozen=True):
    """A request that wants to be decided: who asks (`caller`), in which mode, under which key, and for what.

    `fingerprint` is a keyed hash over method, path and canonical body without the person's authorization.
    """

    caller: str
    mode: str
    key: str
    fingerprint: str
    kind: str
    requested_at: datetime
    request_id: str = ""
    locale: str = ""
    recorded_place: str = ""
    """The place of an operation that was written down while an outside company was asked; its key itself is not kept."""

    @property
    def place(self) -> str:
        """The partition key of the operation's record. The caller's key is hashed: people put odd things into keys."""
        return self.recorded_place or f"{self.caller}/{self.mode}/{plain_digest(self.key)[:40]}"


class Decision(Struct, frozen=True):
    """How an operation ended. `answer` holds what the record alone does not tell (ids, amounts, states at that time).

    An abandoned one never began: its record holds the place, so that whatever is still on its way finds it taken.
    """

    outcome: Outcome
    fingerprint: str
    kind: str
    subject: str
    decided_at: datetime
    answer: Mapping[str, Any]
    entry: Entry | None
    recorded: Recorded

    def refusal(self) -> WalletError:
        """The refusal as it was given the first time. Raises LookupError for a decision that is not one."""
        if self.outcome != "refused":
            raise LookupError(f"the operation {self.outcome}")
        kind = WalletError.by_code[self.answer["code"]]
        error = kind(**{name: _fact(value) for name, value in self.answer["facts"].items()})
        error.recorded = self.recorded
        return error


class Decided(Struct, Generic[T], frozen=True):
    """A use case's answer, and whether it is the repetition of an earlier one."""

    value: T
    replayed: bool = False


class AlreadyDecided(Exception):
    """Another request with this key was decided first; its decision stands and is the answer."""

    def __init__(self, decision: Decision) -> None:
        super().__init__(decision.outcome)
        self.decision = decision


def refusal_answer(error: WalletError) -> dict[str, Any]:
    """What is kept of a refusal: its code and facts."""
    return {"code": error.code, "facts": dict(error.facts)}


def _fact(value: Any) -> str | int | Money:
    if isinstance(value, dict):
        return Money(value["amount"], value["currency"])
    return value if isinstance(value, int) else str(value)
