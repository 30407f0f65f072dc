"""Merchants over HTTP: what a merchant says of itself, to its owner and its servers."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, UnsetType, structs

from chalicelib.http import Call, Routes, endpoint
from chalicelib.views import Body, Line, ListView, PageQuery, View
from wallet_api.clock import rfc3339
from wallet_api.errors import NotFound
from wallet_api.merchants.model import Merchant, MerchantCaller
from wallet_api.sessions.model import Customer
from wallet_api.signatures.errors import SigningKeyMissing
from wallet_api.storage.pages import Page

routes = Routes(__name__)

Latin = Annotated[str, Meta(min_length=1, max_length=100, pattern=r"^[ -~]+$")]
Website = Annotated[str, Meta(min_length=10, max_length=200, pattern=r"^https://[!-~]+$")]
Category = Annotated[str, Meta(pattern=r"^[0-9]{4}$", description="The merchant category code of ISO 18245.")]
Country = Annotated[str, Meta(pattern=r"^[A-Z]{2}$", description="ISO 3166-1 alpha-2.")]


class ChangeMerchant(Body):
    """What is to change. The Latin forms are what QR codes carry; `signed_requests_only` refuses every request of the merchant's
    keys that is not signed. `website` may be null. Category and country are the operator's business.
    """

    name: Line | UnsetType = UNSET
    latin_name: Latin | UnsetType = UNSET
    city: Line | UnsetType = UNSET
    latin_city: Latin | UnsetType = UNSET
    website: Website | UnsetType | None = UNSET
    signed_requests_only: bool | UnsetType = UNSET


class MerchantView(View):
    """A merchant as its owner and its servers see it. `suspension_reason` is the operator's, while it is suspended."""

    id: str
    object: Literal["merchant"] = "merchant"
    status: Literal["active", "suspended"]
    name: str
    latin_name: str
    city: str
    latin_city: str
    country: str
    category: str
    website: str | None
    mode: Literal["test", "live"]
    signed_requests_only: bool
    suspension_reason: str | None
    created_at: str


@endpoint(
    routes,
    "GET",
    "/v1/merchants",
    summary="See your merchants",
    callers=[Customer],
    query=PageQuery,
    answer=ListView[MerchantView],
    session="in_use_case",
)
def list_merchants(call: Call[None]) -> Any:
    """Those that the caller applied for, newest first, a moment after the facts."""
    page = call.wallet.merchants.owned(call.customer, call.query.page())
    return ListView.of(Page(tuple(_view(call, merchant) for merchant in page.rows), page.next_cursor))


@endpoint(
    routes,
    "GET",
    "/v1/merchants/{merchant_id}",
    summary="Look at a merchant",
    callers=[Customer, MerchantCaller],
    scope="merchant:read",
    answer=MerchantView,
    session="in_use_case",
    errors=[NotFound],
)
def get_merchant(call: Call[None]) -> Any:
    """For its owner, and for its own keys."""
    return _view(call, call.wallet.merchants.get(call.party, call.id("merchant_id", "mer")))


@endpoint(
    routes,
    "PATCH",
    "/v1/merchants/{merchant_id}",
    summary="Change a merchant",
    callers=[Customer, MerchantCaller],
    scope="merchant:write",
    body=ChangeMerchant,
    answer=MerchantView,
    session="in_use_case",
    errors=[NotFound, SigningKeyMissing],
)
def change_merchant(call: Call[ChangeMerchant]) -> Any:
    """Payments that were asked for before keep the name that they were shown with."""
    return _view(call, call.wallet.merchants.update(call.party, call.id("merchant_id", "mer"), given(call.body)))


def given(body: Body) -> dict[str, Any]:
    """The fields that a body names, also those that it sets to null."""
    return {name: value for name, value in structs.asdict(body).items() if value is not UNSET}


def _view(call: Call[Any], merchant: Merchant) -> MerchantView:
    profile = merchant.profile
    return MerchantView(
        id=merchant.id,
        status="active" if merchant.standing.takes_payments else "suspended",
        name=profile.name,
        latin_name=profile.latin_name,
        city=profile.city,
        latin_city=profile.latin_city,
        country=profile.country,
        category=profile.category,
        website=merchant.website,
        mode=call.wallet.settings.mode,
        signed_requests_only=merchant.signed_requests_only,
        suspension_reason=merchant.suspension_reason,
        created_at=rfc3339(merchant.created_at),
    )
