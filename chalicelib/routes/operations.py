"""Operations over HTTP: what became of the request with this Idempotency-Key, and making sure that it never happens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from msgspec.structs import replace

from chalicelib import errors, headers
from chalicelib.errors import IdempotencyKeyMalformed
from chalicelib.http import Call, Routes, endpoint
from chalicelib.routes import (
    cards,
    fees,
    mandates,
    merchant_applications,
    outlets,
    payments,
    payouts,
    refund_requests,
    refunds,
    top_ups,
    transfers,
    withdrawals,
)
from chalicelib.views import View
from wallet_api.clock import rfc3339
from wallet_api.errors import MoneyMoved, NotFound
from wallet_api.merchants.errors import ScopeMissing
from wallet_api.merchants.model import MerchantCaller
from wallet_api.operations.errors import OperationUnknown
from wallet_api.operations.model import Standing, Status
from wallet_api.sessions.model import Customer

routes = Routes(__name__)

Show = Callable[[Call[Any]], Any]
SHOWN: dict[str, tuple[str, Show, str]] = {
    "crd": ("card_id", cards.get_card, ""),
    "app": ("application_id", merchant_applications.get_application, ""),
    "man": ("mandate_id", mandates.get_mandate, "mandates:read"),
    "out": ("outlet_id", outlets.get_outlet, "outlets:read"),
    "pay": ("payment_id", payments.get_payment, "payments:read"),
    "po": ("payout_id", payouts.get_payout, "payouts:read"),
    "quo": ("quote_id", fees.get_quote, ""),
    "ref": ("refund_id", refunds.get_refund, "refunds:read"),
    "rfr": ("request_id", refund_requests.get_refund_request, "refunds:read"),
    "top": ("top_up_id", top_ups.get_top_up, ""),
    "wdr": ("withdrawal_id", withdrawals.get_withdrawal, ""),
    "trf": ("transfer_id", transfers.get_transfer, ""),
}
"""By the kind of id: how its endpoint calls it, what shows it, and the scope that a restricted key needs to see it."""


class OperationView(View):
    """What became of a request. `id` is its Idempotency-Key.

    `processing`: an outside company was asked and has not answered; ask again. `succeeded`: `result` is what was made or
    changed, as it stands now (null for a key that may not read it). `refused`: `problem` is what the request was
    answered, and is answered whenever it is repeated. `abandoned`: nothing happened under this key, and nothing can.
    """

    id: str
    object: Literal["operation"] = "operation"
    status: Status
    money_moved: MoneyMoved
    request: str | None
    result_id: str | None
    result: Any
    problem: Any
    created_at: str | None


@endpoint(
    routes,
    "GET",
    "/v1/operations/{key}",
    summary="What became of a request",
    callers=[Customer, MerchantCaller],
    scope="operations:read",
    answer=OperationView,
    session="in_use_case",
    errors=[OperationUnknown, IdempotencyKeyMalformed],
)
def get_operation(call: Call[None]) -> Any:
    """For a request whose answer was lost: ask by its own Idempotency-Key, encoded as one segment of the path.

    404 `operation_unknown` says that nothing has happened so far; the request may still arrive. To be sure, abandon it.
    """
    return _view(call, call.wallet.operations.get(call.party, _key(call)))


@endpoint(
    routes,
    "POST",
    "/v1/operations/{key}/abandon",
    summary="Make sure that a request never happens",
    callers=[Customer, MerchantCaller],
    scope="operations:write",
    answer=OperationView,
    session="in_use_case",
    errors=[IdempotencyKeyMalformed],
)
def abandon_operation(call: Call[None]) -> Any:
    """Takes the key's place, so that the request, should it still arrive, does nothing and is answered `operation_abandoned`.

    If it has happened, or an outside company has been asked already, nothing changes and the answer says so. Abandoning
    it again gives the same answer.
    """
    return _view(call, call.wallet.operations.abandon(call.party, _key(call)))


def _key(call: Call[Any]) -> str:
    return headers.well_formed(call.path["key"])


def _view(call: Call[Any], standing: Standing) -> OperationView:
    refusal, problem = standing.refusal, None
    if refusal is not None:
        problem = errors.problem(refusal, call.locale, call.request_id, call.wallet.settings.public_url)
    return OperationView(
        id=standing.key,
        status=standing.status,
        money_moved=standing.money_moved,
        request=standing.request,
        result_id=standing.subject,
        result=_result(call, standing.subject),
        problem=problem,
        created_at=None if standing.decided_at is None else rfc3339(standing.decided_at),
    )


def _result(call: Call[Any], subject: str | None) -> View | None:
    """The object as its own endpoint shows it to this caller; None for one that they may not, or no longer, see."""
    shown = SHOWN.get((subject or "").partition("_")[0])
    if subject is None or shown is None:
        return None
    name, show, scope = shown
    party = call.party
    caller = replace(party, scope=scope) if isinstance(party, MerchantCaller) else party
    try:
        found: View = show(replace(call, caller=caller, path={name: subject}))
    except (NotFound, ScopeMissing):
        return None
    return found
