"""The authenticator app over HTTP."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta

from chalicelib.auth import admit
from chalicelib.http import Call, Routes, endpoint
from chalicelib.identity_views import ProveOwner
from chalicelib.views import Body, Code, View
from wallet_api.passwords.errors import PasswordRequired, WrongCurrentPassword
from wallet_api.people.errors import AccessFrozen
from wallet_api.rate_limits.errors import RateLimited
from wallet_api.second_factors.errors import TotpEnabled, TotpNotEnabled, TotpNotStarted, WrongFactor
from wallet_api.sessions.model import Customer

routes = Routes(__name__)


class ConfirmTotp(Body):
    """A code that the app shows now."""

    code: Code


class ProveTotp(Body):
    """A code of the authenticator, or a recovery code."""

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
    body=ProveOwner,
    answer=TotpView,
    status=201,
    session="in_use_case",
    errors=[TotpEnabled, PasswordRequired, WrongCurrentPassword, RateLimited],
)
def enrol(call: Call[ProveOwner]) -> Any:
    """A new secret, also as the address that a QR code carries. Asking again replaces one that was not confirmed. It takes the
    password, unless the caller signed in within 15 minutes.
    """
    session = admit(call.wallet, call.customer, "identity")
    call.wallet.reauthentication.require(session, call.body.password)
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
    session="in_use_case",
    errors=[TotpNotStarted, AccessFrozen, WrongFactor, RateLimited],
)
def confirm(call: Call[ConfirmTotp]) -> Any:
    """Makes the authenticator count, and gives the recovery codes."""
    admit(call.wallet, call.customer, "identity")
    return RecoveryCodesView(recovery_codes=call.wallet.second_factors.confirm(call.customer.id, call.body.code))


@endpoint(
    routes,
    "DELETE",
    "/v1/totp",
    summary="Remove the authenticator app",
    callers=[Customer],
    body=ProveTotp,
    answer=None,
    status=204,
    session="in_use_case",
    errors=[TotpNotEnabled, AccessFrozen, WrongFactor, RateLimited],
)
def remove(call: Call[ProveTotp]) -> None:
    """Removes the authenticator and its recovery codes; needs a code of either."""
    admit(call.wallet, call.customer, "identity")
    call.wallet.second_factors.remove(call.customer.id, call.body.code)


@endpoint(
    routes,
    "POST",
    "/v1/recovery_codes",
    summary="Have new recovery codes",
    callers=[Customer],
    body=ProveTotp,
    answer=RecoveryCodesView,
    session="in_use_case",
    errors=[TotpNotEnabled, WrongFactor, RateLimited],
)
def renew_recovery_codes(call: Call[ProveTotp]) -> Any:
    """Ten new codes, shown this once, for a code of the authenticator or a recovery code. All old ones stop working."""
    admit(call.wallet, call.customer, "identity")
    factors = call.wallet.second_factors
    return RecoveryCodesView(recovery_codes=factors.renew_recovery_codes(call.customer.id, call.body.code))
