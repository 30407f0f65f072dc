"""The ledger's items: operations with their entries, accounts with their balances, and lines."""

from __future__ import annotations

from typing import Any, cast, get_args

from pynamodb.attributes import Attribute
from pynamodb.constants import LIST

from wallet_api.errors import Recorded
from wallet_api.ledger.entry import Entry, Posting
from wallet_api.ledger.operations import Decision, Operation, Outcome
from wallet_api.money import Money
from wallet_api.storage.items import Counters, Document, Item, Moment, Raw, UnicodeAttribute, WholeNumber

OPERATION = "operation"
BALANCE = "balance"


class PostingsAttribute(Attribute[tuple[Posting, ...]]):
    """Postings as a list of [account, amount, currency]."""

    attr_type = LIST

    def serialize(self, value: tuple[Posting, ...]) -> list[dict[str, Any]]:
        return [
            {"L": [{"S": each.account}, {"N": str(each.money.amount)}, {"S": each.money.currency}]} for each in value
        ]

    def deserialize(self, value: list[dict[str, Any]]) -> tuple[Posting, ...]:
        rows = [each["L"] for each in value]
        return tuple(Posting(row[0]["S"], Money(int(row[1]["N"]), row[2]["S"])) for row in rows)


class OperationItem(Item):
    """pk = caller/mode/hashed key, sk = `operation`. Written once, never changed. `holder` is the account whose money the entry
    sets aside, or sets free.
    """

    table = "ledger"

    outcome = UnicodeAttribute()
    fingerprint = UnicodeAttribute()
    kind = UnicodeAttribute()
    subject = UnicodeAttribute(null=True)
    decided_at = Moment()
    answer = Document()
    entry_id = UnicodeAttribute(null=True)
    entry_kind = UnicodeAttribute(null=True)
    postings = PostingsAttribute(null=True)
    holder = UnicodeAttribute(null=True)
    request_id = UnicodeAttribute(null=True)
    locale = UnicodeAttribute(null=True)

    def entry(self) -> Entry | None:
        """The entry of an operation that moved money. Raises ValueError for a record that is here in part."""
        known: set[object] = {self.outcome, self.decided_at, self.fingerprint}
        if self.outcome not in get_args(Outcome) or None in known or bool(self.entry_id) is not bool(self.postings):
            raise ValueError("an operation is here in part")
        if not self.entry_id:
            return None
        return Entry(self.entry_id, self.entry_kind or "", self.decided_at, self.subject or "", self.postings or ())

    def decision(self) -> Decision:
        """The record as the ledger speaks of it."""
        return Decision(
            outcome=cast(Outcome, self.outcome),
            fingerprint=self.fingerprint,
            kind=self.kind,
            subject=self.subject or "",
            decided_at=self.decided_at,
            answer=self.answer,
            entry=self.entry(),
            recorded=Recorded(self.request_id or "", self.locale or ""),
        )


class AccountItem(Item):
    """pk = account, sk = `balance`. A customer's also carries the PIN's counter and what was spent, which guard its debits.

    `spent` is counted in the day `spent_day`, the other two in that day's month and year. `free_used` is what was taken of free
    allowances, by month and allowance; `freezes` how often it was frozen.
    """

    table = "accounts"

    status = UnicodeAttribute()
    opened_at = Moment()
    balances = Counters()
    held = Counters()
    tier = UnicodeAttribute(null=True)
    spent_day = UnicodeAttribute(null=True)
    spent = Counters(null=True)
    spent_in_month = Counters(null=True)
    spent_in_year = Counters(null=True)
    free_used = Counters(null=True)
    pin_hash = UnicodeAttribute(null=True)
    pin_version = WholeNumber(null=True)
    attempts = WholeNumber(null=True)
    wrong_pins = WholeNumber(null=True)
    reserved_at = Moment(null=True)
    freezes = WholeNumber(null=True)


class LineItem(Item):
    """pk = account (with day and shard for a folded one), sk = `line/{entry id}/{currency}`."""

    table = "accounts"

    account = UnicodeAttribute()
    entry_id = UnicodeAttribute()
    kind = UnicodeAttribute()
    subject = UnicodeAttribute()
    at = Moment()
    amount = WholeNumber()
    currency = UnicodeAttribute()
    other = UnicodeAttribute(null=True)
    operation = UnicodeAttribute()


def operation_item(
    kind: type[OperationItem], operation: Operation, outcome: str, answer: Any, entry: Entry | None, subject: str | None
) -> OperationItem:
    """The record of a decision."""
    return kind(
        operation.place,
        OPERATION,
        outcome=outcome,
        fingerprint=operation.fingerprint,
        kind=operation.kind,
        subject=subject or (entry.subject if entry else None),
        decided_at=entry.at if entry else operation.requested_at,
        answer=answer,
        entry_id=entry.id if entry else None,
        entry_kind=entry.kind if entry else None,
        postings=entry.postings if entry else None,
        request_id=operation.request_id or None,
        locale=operation.locale or None,
    )


def decision_from_raw(kind: type[OperationItem], raw: Raw) -> Decision:
    """The decision in a raw item, as a failed condition shows it."""
    return kind.from_raw_data(raw).decision()
