"""The password of somebody who is signed in, over HTTP."""

from __future__ import annotations

from typing import Any, Literal

from chalicelib.auth import admit
from chalicelib.http import Call, Routes, endpoint
from chalicelib.identity_views import GivenPassword, NewPassword
from chalicelib.views import Body, View
from wallet_api.passwords.errors import PasswordRefused, WrongCurrentPassword
from wallet_api.rate_limits.errors import RateLimited
from wallet_api.sessions.model import Customer

routes = Routes(__name__)


class ChangePassword(Body):
    """The present password, and the new one."""

    current_password: GivenPassword
    new_password: NewPassword


class PasswordView(View):
    """That the password is a new one; never the password."""

    object: Literal["password"] = "password"
    status: Literal["changed"] = "changed"


@endpoint(
    routes,
    "PUT",
    "/v1/password",
    summary="Change the password",
    callers=[Customer],
    body=ChangePassword,
    answer=PasswordView,
    session="in_use_case",
    errors=[WrongCurrentPassword, PasswordRefused, RateLimited],
)
def change_password(call: Call[ChangePassword]) -> Any:
    """Sets a new password and signs out every other device; this one stays. The person is told on every channel."""
    admit(call.wallet, call.customer, "identity")
    call.wallet.password_changes.change(call.customer, call.body.current_password, call.body.new_password)
    return PasswordView()
