"""The person's own page over HTTP."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta

from chalicelib.http import Call, Routes, endpoint
from chalicelib.identity_views import UserView
from chalicelib.views import Body
from wallet_api.sessions.model import Customer

routes = Routes(__name__)


class ChangeMe(Body):
    """What to change; what is left away stays."""

    display_name: Annotated[str, Meta(min_length=1, max_length=60, pattern=r"^[^\n\r\t]+$")] | None = None
    locale: Literal["zh-CN", "en"] | None = None


@endpoint(routes, "GET", "/v1/me", summary="See yourself", callers=[Customer], answer=UserView)
def get_me(call: Call[None]) -> Any:
    """The caller; phone and e-mail are masked."""
    return UserView.of(call.wallet.people.profile(call.customer.id))


@endpoint(
    routes,
    "PATCH",
    "/v1/me",
    summary="Change your name or language",
    callers=[Customer],
    body=ChangeMe,
    answer=UserView,
)
def change_me(call: Call[ChangeMe]) -> Any:
    """Changes what needs no proof: the name that others see, and the language of messages."""
    people = call.wallet.people
    people.change(call.customer.id, display_name=call.body.display_name, locale=call.body.locale)
    return UserView.of(people.profile(call.customer.id))
