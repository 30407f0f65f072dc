"""Sessions over HTTP: refreshing one, seeing them all, ending one."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta

from chalicelib.auth import admit
from chalicelib.http import Call, Routes, endpoint
from chalicelib.identity_views import ProveOwner, SessionView, TokensView
from chalicelib.views import Body, ListView, PageQuery, View
from wallet_api.errors import NotFound
from wallet_api.passwords.errors import PasswordRequired, WrongCurrentPassword
from wallet_api.rate_limits.errors import RateLimited
from wallet_api.sessions.errors import SessionEnded
from wallet_api.sessions.model import Customer

routes = Routes(__name__)


class Refresh(Body):
    """The refresh token that came with the access token."""

    refresh_token: Annotated[str, Meta(min_length=1, max_length=200)]


class RefreshedView(View):
    """The session with its new tokens."""

    session: TokensView


@endpoint(
    routes,
    "POST",
    "/v1/sessions/refresh",
    summary="Get new tokens",
    body=Refresh,
    answer=RefreshedView,
    errors=[SessionEnded],
)
def refresh(call: Call[Refresh]) -> Any:
    """Each refresh token works once; asked again within 30 seconds, as after a lost answer, it gives the same tokens.

    Later use of an old one means that it was copied, and ends the session.
    """
    signed_in = call.wallet.sessions.refresh(call.body.refresh_token)
    return RefreshedView(session=TokensView.of(signed_in, call.wallet.clock.now()))


@endpoint(
    routes,
    "GET",
    "/v1/sessions",
    summary="See where you are signed in",
    callers=[Customer],
    query=PageQuery,
    answer=ListView[SessionView],
)
def list_sessions(call: Call[None]) -> Any:
    """The caller's live sessions, newest first."""
    page = call.wallet.sessions.list(call.customer, call.query.page())
    views = [SessionView.of(session, call.customer.session_id) for session in page.rows]
    return ListView(data=views, next_cursor=page.next_cursor)


@endpoint(routes, "DELETE", "/v1/sessions/current", summary="Sign out", callers=[Customer], answer=None, status=204)
def sign_out(call: Call[None]) -> None:
    """Ends the session; its tokens are refused from the very next call."""
    call.wallet.sessions.end(call.customer, call.customer.session_id)


@endpoint(
    routes,
    "DELETE",
    "/v1/sessions/{session_id}",
    summary="Sign out elsewhere",
    callers=[Customer],
    body=ProveOwner,
    answer=None,
    status=204,
    session="in_use_case",
    errors=[NotFound, PasswordRequired, WrongCurrentPassword, RateLimited],
)
def end_session(call: Call[ProveOwner]) -> None:
    """Ends one of the caller's sessions. Ending another than the present one takes the password, unless the caller signed in
    within 15 minutes: a thief of the unlocked phone must not be able to shut its owner out.
    """
    session_id = call.id("session_id", "ses")
    session = admit(call.wallet, call.customer, "identity")
    if session_id != session.id:
        call.wallet.reauthentication.require(session, call.body.password)
    call.wallet.sessions.end(call.customer, session_id)
