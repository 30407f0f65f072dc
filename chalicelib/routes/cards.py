"""Bank cards over HTTP."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta

from chalicelib.http import Call, Routes, endpoint
from chalicelib.views import Body, Code, ListView, NothingView, PageQuery, View
from wallet_api.cards.errors import (
    CardAlreadyBound,
    CardCodeExhausted,
    CardCodeExpired,
    CardMissing,
    CardNotActive,
    CardVerificationFailed,
    TooManyBindings,
    TooManyCards,
    WrongCardCode,
)
from wallet_api.cards.model import Card, CardBox, Kind, Status, full_year
from wallet_api.clock import rfc3339
from wallet_api.errors import FieldProblem, Invalid
from wallet_api.gateways.acquirer import AcquirerSilent, CardDetails
from wallet_api.ledger.operations import Decided
from wallet_api.names import person_name
from wallet_api.people.model import canonical_phone
from wallet_api.sessions.model import Customer

routes = Routes(__name__)

Number = Annotated[str, Meta(pattern=r"^[0-9]{12,19}$", description="The card's number: digits without spaces.")]
Month = Annotated[int, Meta(ge=1, le=12)]
Year = Annotated[int, Meta(ge=0, le=2099, description="As the card prints it (27) or in full (2027).")]
Name = Annotated[str, Meta(min_length=2, max_length=64, description="As the card prints it.")]
Phone = Annotated[str, Meta(min_length=5, max_length=32, description="The phone that the issuer knows.")]


class BindCard(Body):
    """A card to bind. The number, name and phone go to the acquirer and are not kept."""

    number: Number
    expiry_month: Month
    expiry_year: Year
    holder_name: Name
    phone: Phone

    def details(self) -> CardDetails:
        """As the acquirer takes it. Raises Invalid for a phone or a name that cannot be one."""
        phone = canonical_phone(self.phone)
        holder = person_name(self.holder_name, "/holder_name")
        return CardDetails(self.number, self.expiry_month, full_year(self.expiry_year), holder, phone)


class VerifyCard(Body):
    """The code that the issuer sent."""

    code: Code


class ChangeCard(Body):
    """Makes a card the default; to take that from a card, give it to another."""

    default: bool


class CardView(View):
    """A card as its owner sees it. `bank` is null when the issuer is not known to us."""

    id: str
    object: Literal["card"] = "card"
    status: Status
    brand: str
    bank: str | None
    kind: Kind
    last4: str
    expiry_month: int
    expiry_year: int
    default: bool
    code_expires_at: str | None
    created_at: str


@endpoint(
    routes,
    "POST",
    "/v1/cards",
    summary="Begin to bind a card",
    callers=[Customer],
    body=BindCard,
    answer=CardView,
    status=201,
    idempotency="required",
    session="in_use_case",
    errors=[CardAlreadyBound, TooManyCards, TooManyBindings, AcquirerSilent],
)
def bind_card(call: Call[BindCard]) -> Any:
    """The issuer sends a six-digit code to the phone; confirm the card with it. If it got lost, bind the card again."""
    decided = call.wallet.cards.bind(call.customer, call.body.details(), call.asked)
    return Decided(_view(decided.value, None), decided.replayed)


@endpoint(
    routes,
    "POST",
    "/v1/cards/{card_id}/verify",
    summary="Confirm a card with the issuer's code",
    callers=[Customer],
    body=VerifyCard,
    answer=CardView,
    session="in_use_case",
    errors=[CardMissing, WrongCardCode, CardCodeExpired, CardCodeExhausted, CardVerificationFailed, AcquirerSilent],
)
def verify_card(call: Call[VerifyCard]) -> Any:
    """Five attempts, ten minutes. The person's first active card becomes the default."""
    card = call.wallet.cards.verify(call.customer, call.id("card_id", "crd"), call.body.code)
    return _of(call.wallet.cards.list(call.customer), card.id)


@endpoint(
    routes,
    "GET",
    "/v1/cards",
    summary="List the cards",
    callers=[Customer],
    query=PageQuery,
    answer=ListView[CardView],
    session="in_use_case",
)
def list_cards(call: Call[None]) -> Any:
    """Newest first, those that the issuer has not confirmed among them."""
    cards, page = call.wallet.cards.page(call.customer, call.query.page())
    return ListView(data=[_view(card, cards.default()) for card in page.rows], next_cursor=page.next_cursor)


@endpoint(
    routes,
    "GET",
    "/v1/cards/{card_id}",
    summary="Look at a card",
    callers=[Customer],
    answer=CardView,
    session="in_use_case",
    errors=[CardMissing],
)
def get_card(call: Call[None]) -> Any:
    """One of the caller's cards."""
    return _of(call.wallet.cards.list(call.customer), call.id("card_id", "crd"))


@endpoint(
    routes,
    "PATCH",
    "/v1/cards/{card_id}",
    summary="Make a card the default",
    callers=[Customer],
    body=ChangeCard,
    answer=CardView,
    session="in_use_case",
    errors=[CardMissing, CardNotActive],
)
def change_card(call: Call[ChangeCard]) -> Any:
    """There is one default whenever a card is active: the chosen one, else the one that has been active longest."""
    if not call.body.default:
        raise Invalid(FieldProblem("/default", "default_needs_another"))
    card_id = call.id("card_id", "crd")
    return _of(call.wallet.cards.make_default(call.customer, card_id), card_id)


@endpoint(
    routes,
    "DELETE",
    "/v1/cards/{card_id}",
    summary="Unbind a card",
    callers=[Customer],
    answer=NothingView,
    session="in_use_case",
    errors=[CardMissing, AcquirerSilent],
)
def unbind_card(call: Call[None]) -> Any:
    """Forgets the card here and at the acquirer. A top-up that is on its way still ends."""
    card_id = call.id("card_id", "crd")
    call.wallet.cards.unbind(call.customer, card_id)
    return NothingView(object="card", id=card_id)


def card_views(cards: CardBox) -> list[CardView]:
    """All of a person's cards, newest first."""
    return [_view(card, cards.default()) for card in cards.newest_first()]


def _of(cards: CardBox, card_id: str) -> CardView:
    return _view(cards.find(card_id), cards.default())


def _view(card: Card, default: Card | None) -> CardView:
    waiting = card.status == "verification_required"
    return CardView(
        id=card.id,
        status=card.status,
        brand=card.brand,
        bank=card.bank,
        kind=card.kind,
        last4=card.last4,
        expiry_month=card.expiry_month,
        expiry_year=card.expiry_year,
        default=default is not None and default.id == card.id,
        code_expires_at=rfc3339(card.code_expires_at) if waiting else None,
        created_at=rfc3339(card.created_at),
    )
