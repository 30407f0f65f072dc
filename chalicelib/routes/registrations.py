"""Registrations over HTTP."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta

from chalicelib.http import Call, Routes, endpoint
from chalicelib.identity_views import ContactPhone, DeviceIn, Email, NewPassword, SignedInView
from chalicelib.views import Body, Code, View
from wallet_api.clock import rfc3339
from wallet_api.errors import NotFound
from wallet_api.gateways.errors import MessageNotSent
from wallet_api.one_time_codes.errors import CodeExpired, CodeUsedUp, ResendTooSoon, TooManyMessages, WrongCode
from wallet_api.passwords.errors import PasswordRefused
from wallet_api.people.errors import ContactTaken
from wallet_api.rate_limits.errors import RateLimited
from wallet_api.registrations.errors import RegistrationRefused
from wallet_api.registrations.model import Pending, checked

routes = Routes(__name__)

Consent = Literal["terms", "privacy"]


class Register(Body):
    """A phone number or an e-mail address, or both: the second is where the code goes when it does not arrive."""

    phone: ContactPhone | None = None
    email: Email | None = None
    password: NewPassword
    locale: Literal["zh-CN", "en"] | None = None
    consents: Annotated[list[Consent], Meta(max_length=2, description="Both are needed to have a wallet.")]


class Resend(Body):
    """The channel to send over; the first contact's when left away."""

    channel: Literal["sms", "email"] | None = None


class Confirm(Body):
    """The code, and what the app says about its device."""

    code: Code
    device: DeviceIn | None = None


class RegistrationView(View):
    """A registration that waits for its code. Whether the contact has a wallet already is not to be seen here."""

    id: str
    object: Literal["registration"] = "registration"
    status: Literal["code_sent"] = "code_sent"
    channel: Literal["sms", "email"]
    sent_to: str
    expires_at: str
    resend_at: str
    created_at: str


@endpoint(
    routes,
    "POST",
    "/v1/registrations",
    summary="Register with a phone number or an e-mail address",
    body=Register,
    answer=RegistrationView,
    status=202,
    errors=[PasswordRefused, RegistrationRefused, RateLimited, TooManyMessages, MessageNotSent],
)
def register(call: Call[Register]) -> Any:
    """Sends a six-digit code. Somebody who has a wallet already gets a notice instead, and the answer is the same."""
    body = call.body
    wish = checked(body.phone, body.email, body.password, body.locale or call.locale, body.consents)
    admission = call.wallet.rate_limits.of_source("registration", call.source)
    return _view(call.wallet.registrations.start(wish, source=call.source, admission=admission))


@endpoint(
    routes,
    "POST",
    "/v1/registrations/{registration_id}/resend",
    summary="Have the code sent again",
    body=Resend,
    answer=RegistrationView,
    status=202,
    errors=[NotFound, ResendTooSoon, TooManyMessages, CodeUsedUp, RegistrationRefused, MessageNotSent],
)
def resend(call: Call[Resend]) -> Any:
    """Sends another code, which takes the place of the one before. Each waits twice as long as the last."""
    registration_id = call.id("registration_id", "reg")
    return _view(call.wallet.registrations.resend(registration_id, call.body.channel, source=call.source))


@endpoint(
    routes,
    "POST",
    "/v1/registrations/{registration_id}/confirm",
    summary="Prove the contact and get a wallet",
    body=Confirm,
    answer=SignedInView,
    status=201,
    errors=[NotFound, WrongCode, CodeExpired, CodeUsedUp, ContactTaken],
)
def confirm(call: Call[Confirm]) -> Any:
    """Makes the person, their wallet and their first session at once."""
    device = (call.body.device or DeviceIn()).device()
    made = call.wallet.registrations.confirm(call.id("registration_id", "reg"), call.body.code, device)
    return SignedInView.of(*made, now=call.wallet.clock.now())


def _view(pending: Pending) -> RegistrationView:
    return RegistrationView(
        id=pending.id,
        channel=pending.channel,
        sent_to=pending.sent_to,
        expires_at=rfc3339(pending.expires_at),
        resend_at=rfc3339(pending.resend_at),
        created_at=rfc3339(pending.created_at),
    )
