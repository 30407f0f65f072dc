"""The person's own page over HTTP."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from chalicelib.http import Call, Routes, endpoint
from chalicelib.identity_views import NAME, UserView
from chalicelib.views import Body, View
from wallet_api.clock import rfc3339
from wallet_api.names import require_seen
from wallet_api.sessions.model import Customer

routes = Routes(__name__)


class ChangeMe(Body):
    """What to change; what is left away stays."""

    display_name: Annotated[str, Meta(min_length=1, max_length=60, pattern=NAME)] | None = None
    locale: Literal["zh-CN", "en"] | None = None


class PasswordView(View):
    """`reminder` says that the password is older than 90 days: worth a hint, never a reason to refuse anything."""

    changed_at: str
    reminder: bool


class MeView(UserView):
    """A person as they see themselves, with what only they are told."""

    password: PasswordView

    @staticmethod
    def of_caller(call: Call[Any]) -> MeView:
        """The wire form of who calls."""
        shown = UserView.of(call.wallet.people.profile(call.customer.id))
        age = call.wallet.passwords.age(call.customer.id)
        password = PasswordView(changed_at=rfc3339(age.changed_at), reminder=age.reminder)
        return MeView(**msgspec.structs.asdict(shown), password=password)


@endpoint(routes, "GET", "/v1/me", summary="See yourself", callers=[Customer], answer=MeView)
def get_me(call: Call[None]) -> Any:
    """The caller; phone and e-mail are masked."""
    return MeView.of_caller(call)


@endpoint(
    routes,
    "PATCH",
    "/v1/me",
    summary="Change your name or language",
    callers=[Customer],
    body=ChangeMe,
    answer=MeView,
)
def change_me(call: Call[ChangeMe]) -> Any:
    """Changes what needs no proof: the name that others see, and the language of messages."""
    name = None if call.body.display_name is None else require_seen(call.body.display_name, "/display_name")
    call.wallet.people.change(call.customer.id, display_name=name, locale=call.body.locale)
    return MeView.of_caller(call)
