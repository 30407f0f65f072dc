"""Everything that has access to the caller's wallet, in one place."""

from __future__ import annotations

from typing import Any, Literal

from chalicelib.http import Call, Routes, endpoint
from chalicelib.identity_views import SessionView
from chalicelib.mandate_views import MandateView, mandate_views
from chalicelib.routes.cards import CardView, card_views
from chalicelib.routes.devices import RegisteredDeviceView
from chalicelib.views import View
from wallet_api.sessions.model import Customer
from wallet_api.storage.pages import PageRequest

routes = Routes(__name__)

MOST = 100


class AccessView(View):
    """What may be revoked: sessions (`DELETE /v1/sessions/{id}`), devices (`DELETE /v1/devices/{id}`), cards
    (`DELETE /v1/cards/{id}`), and what merchants may charge without asking (`DELETE /v1/mandates/{id}`, which asks for no password:
    a consent is as easy to take back as it can be). The newest hundred of each.
    """

    object: Literal["access"] = "access"
    devices: list[RegisteredDeviceView]
    sessions: list[SessionView]
    cards: list[CardView]
    merchant_authorizations: list[MandateView]


@endpoint(
    routes,
    "GET",
    "/v1/access",
    summary="See every device, session, card and merchant that has access to the wallet",
    callers=[Customer],
    answer=AccessView,
    session="in_use_case",
)
def get_access(call: Call[None]) -> Any:
    """Look through it now and then, and revoke what you do not know."""
    wallet, customer = call.wallet, call.customer
    session = wallet.sessions.require_live(customer)
    page = PageRequest(MOST, None)
    return AccessView(
        devices=[RegisteredDeviceView.of(each, session) for each in wallet.devices.list(customer.id)],
        sessions=[SessionView.of(each, session.id) for each in wallet.sessions.list(customer, page).rows],
        cards=card_views(wallet.cards.list(customer)),
        merchant_authorizations=mandate_views(wallet, customer, wallet.mandates.granted(customer, page).rows),
    )
