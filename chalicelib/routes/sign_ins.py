"""Signing in over HTTP: the password first, then always a second factor."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta

from chalicelib.http import Call, Routes, endpoint
from chalicelib.identity_views import ContactPhone, DeviceIn, Email, GivenPassword, SignedInView
from chalicelib.views import Body, View
from wallet_api.clock import rfc3339
from wallet_api.devices.errors import DeviceRemoved
from wallet_api.errors import FieldProblem, Invalid, NotFound
from wallet_api.gateways.errors import MessageNotSent
from wallet_api.one_time_codes.errors import CodeExpired, CodeUsedUp, ResendTooSoon, TooManyMessages
from wallet_api.rate_limits.errors import RateLimited
from wallet_api.sign_ins.errors import InvalidCredentials, MethodNotOffered, WrongSecondFactor

routes = Routes(__name__)


class SignIn(Body):
    """The person, named by phone or by e-mail, and their password."""

    phone: ContactPhone | None = None
    email: Email | None = None
    password: GivenPassword
    device: DeviceIn | None = None


class SendCode(Body):
    """The channel to send a code over."""

    method: Literal["sms", "email"]


class ProveSecondFactor(Body):
    """A code by one of the offered methods: six digits, or a recovery code."""

    method: Literal["totp", "sms", "email", "recovery_code"]
    code: Annotated[str, Meta(pattern=r"^[0-9A-Za-z -]{6,40}$", description="Six ASCII digits, or a recovery code.")]


class ChallengeView(View):
    """The password was right; one of the methods must follow."""

    object: Literal["sign_in_challenge"] = "sign_in_challenge"
    status: Literal["second_factor_required"] = "second_factor_required"
    challenge_id: str
    methods: list[str]
    expires_at: str


class SentView(View):
    """A code is on its way."""

    object: Literal["sign_in_challenge"] = "sign_in_challenge"
    status: Literal["code_sent"] = "code_sent"
    challenge_id: str
    channel: Literal["sms", "email"]
    sent_to: str
    expires_at: str
    resend_at: str


@endpoint(
    routes,
    "POST",
    "/v1/sessions",
    summary="Sign in with a password",
    body=SignIn,
    answer=ChallengeView,
    errors=[InvalidCredentials, RateLimited],
)
def sign_in(call: Call[SignIn]) -> Any:
    """Checks the password. An unknown person, a wrong password and a locked account get the same answer."""
    body = call.body
    if (body.phone is None) == (body.email is None):
        raise Invalid(FieldProblem("", "exactly_one", (("names", "phone, email"),)))
    device = (body.device or DeviceIn()).device()
    wallet, admission = call.wallet, call.wallet.rate_limits.of_source("sign_in", call.source)
    offered = wallet.sign_ins.start(
        phone=body.phone, email=body.email, password=body.password, device=device, admission=admission
    )
    return ChallengeView(
        challenge_id=offered.token, methods=list(offered.methods), expires_at=rfc3339(offered.valid_until)
    )


@endpoint(
    routes,
    "POST",
    "/v1/sessions/challenges/{challenge}/send",
    summary="Have a sign-in code sent",
    body=SendCode,
    answer=SentView,
    status=202,
    errors=[NotFound, MethodNotOffered, ResendTooSoon, TooManyMessages, CodeUsedUp, MessageNotSent],
)
def send_code(call: Call[SendCode]) -> Any:
    """Sends a code, or another one, which takes the place of the one before."""
    challenge = call.path["challenge"]
    sent = call.wallet.sign_ins.send(challenge, call.body.method, source=call.source)
    return SentView(
        challenge_id=challenge,
        channel=sent.channel,
        sent_to=sent.sent_to,
        expires_at=rfc3339(sent.expires_at),
        resend_at=rfc3339(sent.resend_at),
    )


@endpoint(
    routes,
    "POST",
    "/v1/sessions/challenges/{challenge}/verify",
    summary="Prove the second factor and get a session",
    body=ProveSecondFactor,
    answer=SignedInView,
    status=201,
    errors=[NotFound, MethodNotOffered, WrongSecondFactor, CodeExpired, CodeUsedUp, RateLimited, DeviceRemoved],
)
def verify(call: Call[ProveSecondFactor]) -> Any:
    """Gives a session for the right code, once."""
    admission = call.wallet.rate_limits.of_source("second_factor", call.source)
    made = call.wallet.sign_ins.verify(call.path["challenge"], call.body.method, call.body.code, admission)
    return SignedInView.of(*made, now=call.wallet.clock.now())
