"""Outlets over HTTP: the places where a merchant takes payments."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, UnsetType

from chalicelib.http import Call, Routes, endpoint
from chalicelib.payment_views import MerchantRef
from chalicelib.routes.merchants import given
from chalicelib.views import Body, Line, ListView, PageQuery, View
from wallet_api.clock import rfc3339
from wallet_api.errors import FieldProblem, Invalid, NotFound
from wallet_api.ids import is_id
from wallet_api.ledger.operations import Decided
from wallet_api.merchants.model import MerchantCaller
from wallet_api.outlets.model import MAX_LABEL, Place
from wallet_api.outlets.use_cases import Opening
from wallet_api.sessions.model import Customer
from wallet_api.storage.pages import Page

routes = Routes(__name__)

MerchantId = Annotated[str, Meta(min_length=1, max_length=40)]
Label = Annotated[str, Meta(min_length=1, max_length=MAX_LABEL, pattern=r"^[ -~]+$", examples=["CUIHU LAKE"])]
Address = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\n\r\t]+$")]


class CreateOutlet(Body):
    """`merchant_id` is for an owner who has several; a merchant's key speaks for its own. `label` is the name in ASCII, which the QR
    code carries; it may be left away when the name is ASCII.
    """

    name: Line
    label: Label | None = None
    address: Address | None = None
    merchant_id: MerchantId | None = None


class ChangeOutlet(Body):
    """What is to change. At a closed outlet nobody can pay; it may be opened again. `address` may be null."""

    name: Line | UnsetType = UNSET
    label: Label | UnsetType = UNSET
    address: Address | UnsetType | None = UNSET
    status: Literal["active", "closed"] | UnsetType = UNSET


class OutletView(View):
    """An outlet. `merchant` is named as payers see it; `qr` is the text of the static code that hangs on its wall,
    `checkout_url` a page that shows it, to print or to send.
    """

    id: str
    object: Literal["outlet"] = "outlet"
    status: Literal["active", "closed"]
    merchant: MerchantRef
    name: str
    label: str
    address: str | None
    qr: str
    checkout_url: str
    created_at: str


class OutletQuery(PageQuery, frozen=True):
    """`merchant_id` is for an owner; a merchant's key lists its own."""

    merchant_id: MerchantId | None = None


@endpoint(
    routes,
    "POST",
    "/v1/outlets",
    summary="Open an outlet",
    callers=[Customer, MerchantCaller],
    scope="outlets:write",
    body=CreateOutlet,
    answer=OutletView,
    status=201,
    idempotency="required",
    session="in_use_case",
    errors=[NotFound],
)
def create_outlet(call: Call[CreateOutlet]) -> Any:
    """A place with a static QR code of its own."""
    body = call.body
    opening = Opening(_merchant_id(call, body.merchant_id, "/merchant_id"), body.name, body.label, body.address)
    decided = call.wallet.outlets.create(call.party, opening, call.asked)
    return Decided(_view(decided.value, call), decided.replayed)


@endpoint(
    routes,
    "GET",
    "/v1/outlets",
    summary="See the outlets",
    callers=[Customer, MerchantCaller],
    scope="outlets:read",
    query=OutletQuery,
    answer=ListView[OutletView],
    session="in_use_case",
    errors=[NotFound],
)
def list_outlets(call: Call[None]) -> Any:
    """Newest first, a moment after the facts."""
    merchant_id = _merchant_id(call, call.query.merchant_id, "merchant_id")
    page = call.wallet.outlets.list(call.party, merchant_id, call.query.page())
    return ListView.of(Page(tuple(_view(place, call) for place in page.rows), page.next_cursor))


@endpoint(
    routes,
    "GET",
    "/v1/outlets/{outlet_id}",
    summary="Look at an outlet",
    callers=[Customer, MerchantCaller],
    scope="outlets:read",
    answer=OutletView,
    session="in_use_case",
    errors=[NotFound],
)
def get_outlet(call: Call[None]) -> Any:
    """For the merchant's owner and its keys. Whoever wants to pay scans the outlet's code."""
    return _view(call.wallet.outlets.get(call.party, call.id("outlet_id", "out")), call)


@endpoint(
    routes,
    "PATCH",
    "/v1/outlets/{outlet_id}",
    summary="Change an outlet",
    callers=[Customer, MerchantCaller],
    scope="outlets:write",
    body=ChangeOutlet,
    answer=OutletView,
    session="in_use_case",
    errors=[NotFound],
)
def change_outlet(call: Call[ChangeOutlet]) -> Any:
    """Renames, moves, closes it, or opens it again. The code that hangs on its wall stays good."""
    return _view(call.wallet.outlets.change(call.party, call.id("outlet_id", "out"), given(call.body)), call)


def _merchant_id(call: Call[Any], named: str | None, pointer: str) -> str:
    """The merchant that is meant. Raises Invalid when an owner names none, NotFound for what is no merchant's id."""
    if named is None and isinstance(call.party, MerchantCaller):
        return call.party.id
    if named is None:
        raise Invalid(FieldProblem(pointer, "required"))
    if not is_id(named, "mer"):
        raise NotFound
    return named


def _view(place: Place, call: Call[Any]) -> OutletView:
    outlet, standing = place.outlet, place.standing
    return OutletView(
        id=outlet.id,
        status=outlet.status,
        merchant=MerchantRef(id=standing.merchant_id, name=standing.profile.name),
        name=outlet.name,
        label=outlet.label,
        address=outlet.address,
        qr=call.wallet.scans.code_of_outlet(place),
        checkout_url=f"{call.wallet.settings.public_url}/checkout/outlets/{outlet.id}",
        created_at=rfc3339(outlet.created_at),
    )
