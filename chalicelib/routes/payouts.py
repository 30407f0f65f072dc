"""Payouts over HTTP: what a merchant has, and what it has paid out."""

from __future__ import annotations

from typing import Any, Literal

from chalicelib.http import Call, Routes, endpoint
from chalicelib.views import Body, Currency, ListView, MoneyIn, MoneyView, PageQuery, View
from wallet_api.clock import rfc3339
from wallet_api.errors import FieldProblem, Invalid, NotFound
from wallet_api.gateways.bank import BankReason
from wallet_api.ledger.operations import Decided
from wallet_api.merchants.model import MerchantCaller
from wallet_api.money import is_currency
from wallet_api.payouts.errors import (
    PayoutAccountCoolingDown,
    PayoutAccountMissing,
    PayoutBelowMinimum,
    PayoutExceedsAvailable,
    PayoutMissing,
)
from wallet_api.payouts.model import Funds, Kind, Payout, Status
from wallet_api.payouts.use_cases import Wish
from wallet_api.sessions.model import Customer
from wallet_api.storage.pages import Page

routes = Routes(__name__)


class CreatePayout(Body):
    """Without an amount, all that is available in the currency is paid out. The fee comes out of the balance on top."""

    amount: MoneyIn | None = None
    currency: Currency | None = None

    def wish(self) -> Wish:
        """As the use case reads it. Raises Invalid when neither is given, the currency is none, or the two differ."""
        if self.amount is not None:
            if self.currency not in (None, self.amount.currency):
                raise Invalid(FieldProblem("/currency", "unknown_value"))
            return Wish(self.amount.money(), self.amount.currency)
        if self.currency is None:
            raise Invalid(FieldProblem("/currency", "required"))
        if not is_currency(self.currency):
            raise Invalid(FieldProblem("/currency", "unknown_value"))
        return Wish(None, self.currency)


class DestinationView(View):
    """The settlement account as it was when the payout was made."""

    bank: str
    last4: str


class PayoutView(View):
    """A payout. `amount` is what arrives; `total` is what the balance gave. `day` is the day that a scheduled one settles;
    `failure_code` says why the bank did not pay, or sent the money back.
    """

    id: str
    object: Literal["payout"] = "payout"
    status: Status
    kind: Kind
    day: str | None
    amount: MoneyView
    fee: MoneyView
    total: MoneyView
    destination: DestinationView
    bank_reference: str | None
    failure_code: BankReason | None
    settled_at: str | None
    returned_at: str | None
    created_at: str


class FundsView(View):
    """What a merchant has in one currency: `amount` is `available` and `pending` together. `pending` was earned since midnight
    in China and is available tomorrow; `reserved` is on its way to the bank, and in none of the others. `available` is negative when
    more went back to customers than was there: it is made good by what is earned next.
    """

    currency: str
    amount: int
    available: int
    pending: int
    reserved: int

    @staticmethod
    def of(funds: Funds) -> FundsView:
        """The wire form."""
        return FundsView(
            currency=funds.balance.currency,
            amount=funds.balance.amount,
            available=funds.available.amount,
            pending=funds.pending.amount,
            reserved=funds.reserved.amount,
        )


class BalanceView(View):
    """A merchant's money by currency, in minor units. It follows the payments by seconds; `as_of` is when it was read."""

    object: Literal["balance"] = "balance"
    merchant_id: str
    as_of: str
    balances: list[FundsView]


@endpoint(
    routes,
    "GET",
    "/v1/balance",
    summary="See the merchant's balance",
    callers=[MerchantCaller],
    scope="payouts:read",
    answer=BalanceView,
    session="in_use_case",
)
def get_own_balance(call: Call[None]) -> Any:
    """Available, pending and reserved, by currency."""
    return _balance(call, call.merchant.id)


@endpoint(
    routes,
    "GET",
    "/v1/merchants/{merchant_id}/balance",
    summary="See a merchant's balance",
    callers=[Customer, MerchantCaller],
    scope="payouts:read",
    answer=BalanceView,
    session="in_use_case",
    errors=[NotFound],
)
def get_balance(call: Call[None]) -> Any:
    """The same for its owner, and for its own keys."""
    return _balance(call, call.id("merchant_id", "mer"))


@endpoint(
    routes,
    "POST",
    "/v1/payouts",
    summary="Pay out to the settlement account",
    callers=[MerchantCaller],
    scope="payouts:write",
    body=CreatePayout,
    answer=PayoutView,
    status=201,
    idempotency="required",
    errors=[
        PayoutAccountMissing,
        PayoutAccountCoolingDown,
        PayoutBelowMinimum,
        PayoutExceedsAvailable,
    ],
)
def create_payout(call: Call[CreatePayout]) -> Any:
    """Sets the money aside and orders its payment. What was earned until the last midnight is paid out by itself every night,
    for nothing; a payout on request has the fee of the schedule's `payout`.

    `processing` means that the bank has not answered yet: ask again with the same key or look at the payout; it ends by itself.
    `failed` means that the money is the merchant's again. A paid one may still be `returned` within days.
    """
    decided = call.wallet.payouts.create(call.merchant, call.body.wish(), call.asked)
    return Decided(_view(decided.value), decided.replayed)


@endpoint(
    routes,
    "GET",
    "/v1/payouts",
    summary="List the payouts",
    callers=[MerchantCaller],
    scope="payouts:read",
    query=PageQuery,
    answer=ListView[PayoutView],
    session="in_use_case",
)
def list_payouts(call: Call[None]) -> Any:
    """Newest first, a moment after the facts."""
    page = call.wallet.payouts.newest(call.merchant, call.query.page())
    return ListView.of(Page(tuple(_view(payout) for payout in page.rows), page.next_cursor))


@endpoint(
    routes,
    "GET",
    "/v1/payouts/{payout_id}",
    summary="Look at a payout",
    callers=[MerchantCaller],
    scope="payouts:read",
    answer=PayoutView,
    session="in_use_case",
    errors=[NotFound, PayoutMissing],
)
def get_payout(call: Call[None]) -> Any:
    """One of the merchant's payouts as it stands now."""
    return _view(call.wallet.payouts.get(call.merchant, call.id("payout_id", "po")))


def _balance(call: Call[None], merchant_id: str) -> BalanceView:
    funds = call.wallet.payouts.funds(call.party, merchant_id)
    as_of = rfc3339(call.wallet.clock.now())
    return BalanceView(merchant_id=merchant_id, as_of=as_of, balances=[FundsView.of(each) for each in funds])


def _view(payout: Payout) -> PayoutView:
    return PayoutView(
        id=payout.id,
        status=payout.status,
        kind=payout.kind,
        day=payout.day,
        amount=MoneyView.of(payout.amount),
        fee=MoneyView.of(payout.fee),
        total=MoneyView.of(payout.total),
        destination=DestinationView(bank=payout.bank, last4=payout.last4),
        bank_reference=payout.bank_reference,
        failure_code=payout.failure_code,
        settled_at=rfc3339(payout.settled_at) if payout.settled_at else None,
        returned_at=rfc3339(payout.ended_at) if payout.ended_at and payout.status == "returned" else None,
        created_at=rfc3339(payout.created_at),
    )
