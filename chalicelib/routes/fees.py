"""Fees over HTTP: the public schedule, and quotes that bind."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from chalicelib.http import Call, Routes, endpoint
from chalicelib.moments import When, moment
from chalicelib.views import Body, MoneyIn, MoneyView, View
from wallet_api.cards.errors import CardExpired, CardMissing, CardNotActive, CreditCardRefused
from wallet_api.clock import rfc3339
from wallet_api.errors import FieldProblem, Invalid, NotFound
from wallet_api.fees.errors import (
    AmountBelowMinimum,
    FeeNotOffered,
    FeeScheduleMissing,
    QuoteMissing,
    QuotePayeeMissing,
    QuotePayeeSelf,
)
from wallet_api.fees.model import Bearer, FeeOperation, LineCode, Quote, QuotedOperation, Rule, Schedule
from wallet_api.fees.use_cases import QuoteRequest
from wallet_api.ids import is_id
from wallet_api.ledger.allowances import Taken
from wallet_api.ledger.errors import WalletClosed, WalletFrozen
from wallet_api.ledger.operations import Decided
from wallet_api.money import zero
from wallet_api.outlets.errors import MerchantUnavailable
from wallet_api.sessions.model import Customer

routes = Routes(__name__)

PEOPLE = (QuotePayeeMissing, QuotePayeeSelf, MerchantUnavailable, WalletFrozen, WalletClosed)
WHOM_AND_HOW = (*PEOPLE, CardMissing, CardNotActive, CardExpired, CreditCardRefused)

ObjectId = Annotated[str, Meta(min_length=1, max_length=40)]
Contact = Annotated[str, Meta(min_length=3, max_length=254)]


class ScheduleQuery(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, frozen=True):
    """`at`: a time whose schedule is wanted, or a day, whose first moment it is; now when left away."""

    at: When | None = None

    def moment(self) -> datetime | None:
        """The time. Raises Invalid for what is none."""
        return None if self.at is None else moment("at", self.at)


class RuleView(View):
    """What one operation costs: `basis_points` (hundredths of a percent) of what is above `free`, plus `fixed`, in bounds.

    `free`, `fixed`, `minimum`, `maximum`, `monthly_free_amount` and `minimum_amount` are minor units. A null `channel` or `tier` is any, no
    `categories` are all merchants'; of the rules that apply, one with categories comes first, then one with a channel, then one with a
    tier. The first `monthly_free_count` movements of a person in a month cost nothing, or `monthly_free_amount` of what they move.
    Less than `minimum_amount` is not moved at all.
    """

    operation: FeeOperation
    channel: str | None
    borne_by: Bearer
    basis_points: int
    fixed: int
    free: int
    minimum: int
    maximum: int | None
    categories: list[str]
    tier: str | None
    monthly_free_count: int
    monthly_free_amount: int
    minimum_amount: int


class ScheduleView(View):
    """The schedule in force at a time."""

    id: str
    object: Literal["fee_schedule"] = "fee_schedule"
    version: int
    effective_at: str
    rules: list[RuleView]
    created_at: str


class PayeeIn(Body):
    """The other side of a transfer, named in one way."""

    phone: Contact | None = None
    email: Contact | None = None
    user_id: ObjectId | None = None


class AskQuote(Body):
    """What is to be done. Naming the other side, the channel or the card binds the quote to them."""

    operation: QuotedOperation
    amount: MoneyIn
    channel: Literal["card", "debit_card", "credit_card"] | None = None
    card_id: ObjectId | None = None
    merchant_id: ObjectId | None = None
    payee: PayeeIn | None = None

    def request(self) -> QuoteRequest:
        """As the wallet reads it. Raises Invalid, NotFound."""
        if self.merchant_id is not None and not is_id(self.merchant_id, "mer"):
            raise NotFound
        channel = self.channel if self.channel != "card" else None
        if self.operation == "withdrawal" and channel == "credit_card":
            raise Invalid(FieldProblem("/channel", "not_with_this_operation"))
        if self.operation not in ("top_up", "withdrawal") and (self.channel or self.card_id):
            raise Invalid(FieldProblem("/channel" if self.channel else "/card_id", "not_with_this_operation"))
        payee = self._payee()
        return QuoteRequest(
            operation=self.operation,
            amount=self.amount.money(),
            channel=channel,
            card_id=self.card_id,
            merchant_id=self.merchant_id,
            phone=payee.phone,
            email=payee.email,
            person_id=payee.user_id,
        )

    def _payee(self) -> PayeeIn:
        payee = self.payee or PayeeIn()
        given = sum(name is not None for name in (payee.phone, payee.email, payee.user_id))
        if self.payee is not None and given != 1:
            raise Invalid(FieldProblem("/payee", "exactly_one", (("names", "phone, email, user_id"),)))
        if self.payee is not None and self.operation != "transfer":
            raise Invalid(FieldProblem("/payee", "not_with_this_operation"))
        if self.merchant_id is not None and self.operation != "payment":
            raise Invalid(FieldProblem("/merchant_id", "not_with_this_operation"))
        if payee.user_id is not None and not is_id(payee.user_id, "usr"):
            raise QuotePayeeMissing
        return payee


class FeeLineView(View):
    """One part of the fee; a maximum and a free allowance show as negative parts."""

    code: LineCode
    amount: MoneyView


class AllowanceView(View):
    """What the movement would take of the month's free allowance: so many `movements`, or so much of an `amount` in minor units.

    Nothing is reserved: when another movement has used it first, the quote is refused and nothing else is charged.
    """

    counts: Literal["movements", "amount"]
    taken: int
    left: int
    limit: int
    month: str


class QuoteView(View):
    """A promise, good for one movement until `expires_at`. `fee` is what the caller bears on top of `amount`.

    A fee that the merchant bears is `merchant_fee`, and the caller's `fee` is zero. `lines` add up to whichever there is.
    """

    id: str
    object: Literal["fee_quote"] = "fee_quote"
    status: Literal["open"] = "open"
    operation: FeeOperation
    channel: str | None
    amount: MoneyView
    fee: MoneyView
    total: MoneyView
    merchant_fee: MoneyView
    borne_by: Bearer
    lines: list[FeeLineView]
    allowance: AllowanceView | None
    schedule_version: int
    expires_at: str
    created_at: str


@endpoint(
    routes,
    "GET",
    "/v1/fees",
    summary="What everything costs",
    query=ScheduleQuery,
    answer=ScheduleView,
    errors=[FeeScheduleMissing],
)
def get_fees(call: Call[None]) -> Any:
    """The public fee schedule, now or at another time."""
    return _schedule(call.wallet.fees.schedule(call.query.moment()))


@endpoint(
    routes,
    "POST",
    "/v1/fee_quotes",
    summary="Ask what a movement will cost",
    callers=[Customer],
    body=AskQuote,
    answer=QuoteView,
    status=201,
    idempotency="required",
    session="in_use_case",
    errors=[*WHOM_AND_HOW, FeeNotOffered, AmountBelowMinimum, NotFound],
)
def ask_quote(call: Call[AskQuote]) -> Any:
    """What is quoted is what is charged. Pass the quote's id with the movement, within ten minutes.

    What would be refused whatever the amount has no price, and is refused here as it would be then: a frozen wallet, a card that cannot
    be used for it, a merchant that takes no payments, a payee that is not there or oneself. Balance and limits are looked at when the
    money moves.
    """
    decided = call.wallet.fees.quote(call.customer, call.body.request(), call.asked)
    return Decided(_quote(decided.value), decided.replayed)


@endpoint(
    routes,
    "GET",
    "/v1/fee_quotes/{quote_id}",
    summary="Look at a quote",
    callers=[Customer],
    answer=QuoteView,
    session="in_use_case",
    errors=[QuoteMissing],
)
def get_quote(call: Call[None]) -> Any:
    """One of the caller's quotes, while it can be used and for a while afterwards."""
    return _quote(call.wallet.fees.get(call.customer, call.id("quote_id", "quo")))


def _schedule(schedule: Schedule) -> ScheduleView:
    return ScheduleView(
        id=f"fee_schedule_{schedule.version}",
        version=schedule.version,
        effective_at=rfc3339(schedule.effective_at),
        rules=[_rule(rule) for rule in schedule.rules],
        created_at=rfc3339(schedule.published_at),
    )


def _rule(rule: Rule) -> RuleView:
    return RuleView(
        operation=rule.operation,
        channel=rule.channel,
        borne_by=rule.bearer,
        basis_points=rule.basis_points,
        fixed=rule.fixed,
        free=rule.free,
        minimum=rule.minimum,
        maximum=rule.maximum,
        categories=list(rule.categories),
        tier=rule.tier,
        monthly_free_count=rule.monthly_free_count,
        monthly_free_amount=rule.monthly_free_amount,
        minimum_amount=rule.minimum_amount,
    )


def _allowance(taken: Taken) -> AllowanceView:
    return AllowanceView(
        counts="amount" if "/" in taken.name else "movements",
        taken=taken.amount,
        left=taken.left,
        limit=taken.limit,
        month=taken.month,
    )


def _quote(quote: Quote) -> QuoteView:
    merchant_fee = quote.fee if quote.bearer == "merchant" else zero(quote.fee.currency)
    return QuoteView(
        id=quote.id,
        operation=quote.operation,
        channel=quote.channel,
        amount=MoneyView.of(quote.amount),
        fee=MoneyView.of(quote.on_top),
        total=MoneyView.of(quote.total),
        merchant_fee=MoneyView.of(merchant_fee),
        borne_by=quote.bearer,
        lines=[FeeLineView(code=line.code, amount=MoneyView.of(line.amount)) for line in quote.lines],
        allowance=None if quote.allowance is None else _allowance(quote.allowance),
        schedule_version=quote.schedule_version,
        expires_at=rfc3339(quote.expires_at),
        created_at=rfc3339(quote.created_at),
    )
