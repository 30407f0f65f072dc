"""A forgotten password and a locked sign-in over HTTP: for who cannot sign in."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta

from chalicelib.http import Call, Routes, endpoint
from chalicelib.identity_views import ContactPhone, Email, NewPassword
from chalicelib.views import Body, Code, View
from wallet_api.clock import rfc3339
from wallet_api.errors import FieldProblem, Invalid, NotFound
from wallet_api.gateways.errors import MessageNotSent
from wallet_api.one_time_codes.errors import CodeExpired, CodeUsedUp, TooManyMessages, WrongCode
from wallet_api.passwords.errors import PasswordRefused
from wallet_api.rate_limits.errors import RateLimited
from wallet_api.recoveries.errors import RecoveryNeedsMore, UnlockMethodUnknown
from wallet_api.recoveries.model import Begun, Kind

routes = Routes(__name__)


class Recover(Body):
    """The person, named by phone or by e-mail."""

    phone: ContactPhone | None = None
    email: Email | None = None


class NewPasswordWithCode(Body):
    """The code that was sent, and the new password."""

    code: Code
    new_password: NewPassword


class ProveUnlock(Body):
    """A code by one of the offered methods: six digits, or a recovery code."""

    method: Literal["totp", "sms", "email", "recovery_code"]
    code: Annotated[str, Meta(pattern=r"^[0-9A-Za-z -]{6,40}$", description="Six ASCII digits, or a recovery code.")]


class PasswordResetView(View):
    """A message is on its way. Whether the contact has a wallet is not to be seen here."""

    id: str
    object: Literal["password_reset"] = "password_reset"
    status: Literal["code_sent"] = "code_sent"
    channel: Literal["sms", "email"]
    sent_to: str
    expires_at: str
    created_at: str


class PasswordResetDoneView(View):
    """The password is a new one, and every session has ended: sign in with it and the second factor."""

    id: str
    object: Literal["password_reset"] = "password_reset"
    status: Literal["completed"] = "completed"


class UnlockView(View):
    """A message is on its way; any of the methods ends the lock. The same for everybody."""

    id: str
    object: Literal["unlock"] = "unlock"
    status: Literal["code_sent"] = "code_sent"
    methods: list[str]
    channel: Literal["sms", "email"]
    sent_to: str
    expires_at: str
    created_at: str


class UnlockedView(View):
    """No lock keeps the person from signing in any more; the password and a second factor are asked as ever."""

    id: str
    object: Literal["unlock"] = "unlock"
    status: Literal["unlocked"] = "unlocked"


@endpoint(
    routes,
    "POST",
    "/v1/password_resets",
    summary="Begin to replace a forgotten password",
    body=Recover,
    answer=PasswordResetView,
    status=202,
    errors=[RateLimited, TooManyMessages, MessageNotSent],
)
def start_reset(call: Call[Recover]) -> Any:
    """Sends a code to the contact, or word that it has no wallet; the answer is the same."""
    begun = _begin(call, "password_reset")
    reset = begun.recovery
    return PasswordResetView(
        id=reset.id,
        channel=reset.channel,
        sent_to=begun.sent_to,
        expires_at=rfc3339(reset.valid_until),
        created_at=rfc3339(reset.created_at),
    )


@endpoint(
    routes,
    "POST",
    "/v1/password_resets/{reset_id}/confirm",
    summary="Set a new password with the code",
    body=NewPasswordWithCode,
    answer=PasswordResetDoneView,
    errors=[NotFound, WrongCode, CodeExpired, CodeUsedUp, RecoveryNeedsMore, PasswordRefused],
)
def confirm_reset(call: Call[NewPasswordWithCode]) -> Any:
    """Sets the password and ends every session. It signs nobody in, and the second factor is asked as ever: the
    authenticator where there is one, else another channel than this code's, for 72 hours, where there is one.
    """
    reset_id = call.id("reset_id", "pwr")
    call.wallet.recoveries.reset_password(reset_id, call.body.code, call.body.new_password)
    return PasswordResetDoneView(id=reset_id)


@endpoint(
    routes,
    "POST",
    "/v1/unlocks",
    summary="Begin to unlock signing in",
    body=Recover,
    answer=UnlockView,
    status=202,
    errors=[RateLimited, TooManyMessages, MessageNotSent],
)
def start_unlock(call: Call[Recover]) -> Any:
    """Sends a code to the contact, or word that it has no wallet; the answer is the same, locked or not."""
    begun = _begin(call, "unlock")
    unlock = begun.recovery
    return UnlockView(
        id=unlock.id,
        methods=list(unlock.methods),
        channel=unlock.channel,
        sent_to=begun.sent_to,
        expires_at=rfc3339(unlock.valid_until),
        created_at=rfc3339(unlock.created_at),
    )


@endpoint(
    routes,
    "POST",
    "/v1/unlocks/{unlock_id}/confirm",
    summary="Unlock signing in with a code or a second factor",
    body=ProveUnlock,
    answer=UnlockedView,
    errors=[NotFound, UnlockMethodUnknown, WrongCode, CodeExpired, CodeUsedUp],
)
def confirm_unlock(call: Call[ProveUnlock]) -> Any:
    """Ends the lock on the password and on second factors; a password never does. Five tries, of all methods together."""
    unlock_id = call.id("unlock_id", "unl")
    call.wallet.recoveries.unlock(unlock_id, call.body.method, call.body.code)
    return UnlockedView(id=unlock_id)


def _begin(call: Call[Recover], kind: Kind) -> Begun:
    body = call.body
    if (body.phone is None) == (body.email is None):
        raise Invalid(FieldProblem("", "exactly_one", (("names", "phone, email"),)))
    admission = call.wallet.rate_limits.of_source("recovery", call.source)
    return call.wallet.recoveries.start(
        kind, phone=body.phone, email=body.email, locale=call.locale, source=call.source, admission=admission
    )
