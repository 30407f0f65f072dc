"""The authenticator app over HTTP."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta

from chalicelib.http import Call, Routes, endpoint
from chalicelib.views import Body, Code, View
from wallet_api.second_factors.errors import TotpEnabled, TotpNotEnabled, TotpNotStarted, WrongFactor
from wallet_api.sessions.model import Customer

routes = Routes(__name__)


class ConfirmTotp(Body):
    """A code that the app shows now."""

    code: Code


class RemoveTotp(Body):
    """A code of the authenticator that is to be removed, or a recovery code."""

    code: Annotated[str, Meta(pattern=r"^[0-9A-Za-z -]{6,40}$")]


class TotpView(View):
    """What an authenticator app needs, shown this once. It counts after a code of it is confirmed."""

    object: Literal["totp"] = "totp"
    status: Literal["unconfirmed"] = "unconfirmed"
    secret: str
    otpauth_uri: str


class RecoveryCodesView(View):
    """Ten codes for the day the authenticator is lost, each good once, shown this once."""

    object: Literal["totp"] = "totp"
    status: Literal["enabled"] = "enabled"
    recovery_codes: list[str]


@endpoint(
    routes,
    "POST",
    "/v1/totp",
    summary="Set up an authenticator app",
    callers=[Customer],
    answer=TotpView,
    status=201,
    errors=[TotpEnabled],
)
def enrol(call: Call[None]) -> Any:
    """A new secret, also as the address that a QR code carries. Asking again replaces one that was not confirmed."""
    made = call.wallet.second_factors.enrol(call.customer.id)
    return TotpView(secret=made.secret, otpauth_uri=made.otpauth_uri)


@endpoint(
    routes,
    "POST",
    "/v1/totp/confirm",
    summary="Confirm the authenticator app",
    callers=[Customer],
    body=ConfirmTotp,
    answer=RecoveryCodesView,
    errors=[TotpNotStarted, WrongFactor],
)
def confirm(call: Call[ConfirmTotp]) -> Any:
    """Makes the authenticator count, and gives the recovery codes."""
    return RecoveryCodesView(recovery_codes=call.wallet.second_factors.confirm(call.customer.id, call.body.code))


@endpoint(
    routes,
    "DELETE",
    "/v1/totp",
    summary="Remove the authenticator app",
    callers=[Customer],
    body=RemoveTotp,
    answer=None,
    status=204,
    errors=[TotpNotEnabled, WrongFactor],
)
def remove(call: Call[RemoveTotp]) -> None:
    """Removes the authenticator and its recovery codes; needs a code of either."""
    call.wallet.second_factors.remove(call.customer.id, call.body.code)
