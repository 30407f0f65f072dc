"""Stopping a wallet, reporting it lost without signing in, and having it back, over HTTP."""

from __future__ import annotations

from typing import Any, Literal

from chalicelib.auth import admit
from chalicelib.authorization_views import PROOF_REFUSALS
from chalicelib.http import Call, Routes, endpoint
from chalicelib.identity_views import AuthenticatorCode, ContactPhone, Email, GivenPassword
from chalicelib.views import Body, Code, Pin, View
from wallet_api.clock import rfc3339
from wallet_api.errors import FieldProblem, Invalid, NotFound
from wallet_api.freezes.errors import LossReportRefused, UnfreezeNeedsMore, WalletNotFrozen
from wallet_api.freezes.model import Shown
from wallet_api.gateways.errors import MessageNotSent
from wallet_api.ledger.errors import WalletClosed
from wallet_api.one_time_codes.errors import CodeExpired, CodeUsedUp, ResendTooSoon, TooManyMessages, WrongCode
from wallet_api.passwords.errors import WrongCurrentPassword
from wallet_api.people.errors import AccessFrozen
from wallet_api.rate_limits.errors import RateLimited
from wallet_api.second_factors.errors import WrongFactor
from wallet_api.sessions.model import Customer

routes = Routes(__name__)


class FreezeView(View):
    """Nothing goes out of the wallet, every session has ended, and no device signs. Money that comes in is kept."""

    id: str
    object: Literal["freeze"] = "freeze"
    status: Literal["frozen"] = "frozen"
    created_at: str


class ReportLoss(Body):
    """The person, named by phone or by e-mail, and the password; without it a code is sent to the contact."""

    phone: ContactPhone | None = None
    email: Email | None = None
    password: GivenPassword | None = None


class LossReportView(View):
    """With the password: `frozen`. Without: `code_sent`, whether or not the contact has a wallet."""

    id: str
    object: Literal["loss_report"] = "loss_report"
    status: Literal["frozen", "code_sent"]
    channel: Literal["sms", "email"] | None = None
    sent_to: str | None = None
    expires_at: str | None = None
    created_at: str


class ConfirmLoss(Body):
    """The code that was sent."""

    code: Code


class ReportedView(View):
    """The wallet is frozen."""

    id: str
    object: Literal["loss_report"] = "loss_report"
    status: Literal["frozen"] = "frozen"


class AskUnfreeze(Body):
    """The password."""

    password: GivenPassword


class UnfreezeView(View):
    """Two of the methods unfreeze the wallet now; one of them, but not the PIN, does from `available_at` on."""

    id: str
    object: Literal["unfreeze"] = "unfreeze"
    status: Literal["proof_required"] = "proof_required"
    methods: list[Literal["sms", "email", "authenticator", "pin"]]
    available_at: str
    expires_at: str
    created_at: str


class SendUnfreezeCode(Body):
    """The channel to send a code over."""

    method: Literal["sms", "email"]


class UnfreezeSentView(View):
    """A code is on its way."""

    id: str
    object: Literal["unfreeze"] = "unfreeze"
    status: Literal["code_sent"] = "code_sent"
    channel: Literal["sms", "email"]
    sent_to: str
    expires_at: str
    resend_at: str


class ConfirmUnfreeze(Body):
    """Two of these: the codes that were sent, one of the authenticator or a recovery code, the payment PIN."""

    sms_code: Code | None = None
    email_code: Code | None = None
    authenticator_code: AuthenticatorCode | None = None
    pin: Pin | None = None


class UnfrozenView(View):
    """Money may go out again. Other sessions have ended; register the devices' keys anew."""

    id: str
    object: Literal["unfreeze"] = "unfreeze"
    status: Literal["unfrozen"] = "unfrozen"


@endpoint(
    routes,
    "POST",
    "/v1/freezes",
    summary="Freeze your wallet",
    callers=[Customer],
    answer=FreezeView,
    status=201,
    errors=[WalletClosed],
)
def freeze(call: Call[None]) -> Any:
    """At once and without another proof: nothing goes out, every session ends (this one among them), and no device signs.

    Refunds and top-ups under way still arrive. Having it back takes more: `POST /v1/unfreezes`.
    """
    made = call.wallet.freezes.freeze(call.customer)
    return FreezeView(id=made.id, created_at=rfc3339(made.frozen_at))


@endpoint(
    routes,
    "POST",
    "/v1/loss_reports",
    summary="Report a lost phone and freeze the wallet without signing in",
    body=ReportLoss,
    answer=LossReportView,
    status=201,
    errors=[LossReportRefused, WalletClosed, RateLimited, TooManyMessages, MessageNotSent],
)
def report_loss(call: Call[ReportLoss]) -> Any:
    """One factor is enough: the password freezes at once; without it, a code goes to the contact, or word that it has no
    wallet, and the answer is the same.
    """
    body, wallet = call.body, call.wallet
    if (body.phone is None) == (body.email is None):
        raise Invalid(FieldProblem("", "exactly_one", (("names", "phone, email"),)))
    if body.password is not None:
        admission = wallet.rate_limits.of_source("sign_in", call.source)
        made = wallet.freezes.report_with_password(
            phone=body.phone, email=body.email, password=body.password, admission=admission
        )
        return LossReportView(id=made.id, status="frozen", created_at=rfc3339(made.frozen_at))
    admission = wallet.rate_limits.of_source("recovery", call.source)
    begun = wallet.recoveries.start(
        "loss_report", phone=body.phone, email=body.email, locale=call.locale, source=call.source, admission=admission
    )
    report = begun.recovery
    return LossReportView(
        id=report.id,
        status="code_sent",
        channel=report.channel,
        sent_to=begun.sent_to,
        expires_at=rfc3339(report.valid_until),
        created_at=rfc3339(report.created_at),
    )


@endpoint(
    routes,
    "POST",
    "/v1/loss_reports/{report_id}/confirm",
    summary="Freeze the wallet with the code",
    body=ConfirmLoss,
    answer=ReportedView,
    errors=[NotFound, WrongCode, CodeExpired, CodeUsedUp, WalletClosed],
)
def confirm_loss(call: Call[ConfirmLoss]) -> Any:
    """Freezes the wallet at once. Asked again after a lost answer, it is answered again."""
    report_id = call.id("report_id", "los")
    call.wallet.freezes.report_with_code(report_id, call.body.code)
    return ReportedView(id=report_id)


@endpoint(
    routes,
    "POST",
    "/v1/unfreezes",
    summary="Begin to unfreeze your wallet",
    callers=[Customer],
    body=AskUnfreeze,
    answer=UnfreezeView,
    status=201,
    session="in_use_case",
    errors=[WrongCurrentPassword, WalletNotFrozen, RateLimited],
)
def start_unfreeze(call: Call[AskUnfreeze]) -> Any:
    """Its owner is told on every channel, and may freeze the wallet again, which voids this."""
    begun = call.wallet.unfreezes.start(admit(call.wallet, call.customer, "identity"), call.body.password)
    unfreeze = begun.unfreeze
    return UnfreezeView(
        id=unfreeze.id,
        methods=list(begun.methods),
        available_at=rfc3339(begun.available_at),
        expires_at=rfc3339(unfreeze.valid_until),
        created_at=rfc3339(unfreeze.created_at),
    )


@endpoint(
    routes,
    "POST",
    "/v1/unfreezes/{unfreeze_id}/send",
    summary="Have a code sent to unfreeze your wallet",
    callers=[Customer],
    body=SendUnfreezeCode,
    answer=UnfreezeSentView,
    status=202,
    session="in_use_case",
    errors=[
        NotFound,
        WalletNotFrozen,
        UnfreezeNeedsMore,
        ResendTooSoon,
        CodeUsedUp,
        RateLimited,
        TooManyMessages,
        MessageNotSent,
    ],
)
def send_unfreeze_code(call: Call[SendUnfreezeCode]) -> Any:
    """Sends a code, or another one, which takes the place of the one before. Whoever has one method alone gets it when the
    wait is over.
    """
    unfreeze_id = call.id("unfreeze_id", "unf")
    session = admit(call.wallet, call.customer, "identity")
    sent = call.wallet.unfreezes.send(session, unfreeze_id, call.body.method, call.source)
    return UnfreezeSentView(
        id=unfreeze_id,
        channel=sent.channel,
        sent_to=sent.sent_to,
        expires_at=rfc3339(sent.expires_at),
        resend_at=rfc3339(sent.resend_at),
    )


@endpoint(
    routes,
    "POST",
    "/v1/unfreezes/{unfreeze_id}/confirm",
    summary="Prove who you are and have the wallet back",
    callers=[Customer],
    body=ConfirmUnfreeze,
    answer=UnfrozenView,
    session="in_use_case",
    errors=[
        NotFound,
        WalletNotFrozen,
        UnfreezeNeedsMore,
        AccessFrozen,
        WrongCode,
        CodeExpired,
        CodeUsedUp,
        WrongFactor,
        *PROOF_REFUSALS,
        WalletClosed,
        RateLimited,
    ],
)
def confirm_unfreeze(call: Call[ConfirmUnfreeze]) -> Any:
    """Money may go out again. Every other session ends, and fingerprint or face is set up anew on each device."""
    unfreeze_id, body = call.id("unfreeze_id", "unf"), call.body
    session = admit(call.wallet, call.customer, "identity")
    shown = Shown(body.sms_code, body.email_code, body.authenticator_code, body.pin)
    call.wallet.unfreezes.confirm(session, unfreeze_id, shown)
    return UnfrozenView(id=unfreeze_id)
