"""Another phone number or e-mail address, or a second one, over HTTP."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta

from chalicelib.auth import admit
from chalicelib.http import Call, Routes, endpoint
from chalicelib.identity_views import ContactPhone, Email, GivenPassword, UserView
from chalicelib.views import Body, Code, View
from wallet_api.clock import rfc3339
from wallet_api.contact_changes.errors import ContactRefused
from wallet_api.contact_changes.model import Begun, wanted
from wallet_api.errors import FieldProblem, Invalid, NotFound
from wallet_api.gateways.errors import MessageNotSent
from wallet_api.one_time_codes.errors import CodeExpired, CodeUsedUp, ResendTooSoon, TooManyMessages, WrongCode
from wallet_api.passwords.errors import WrongCurrentPassword
from wallet_api.people.errors import AccessFrozen, ContactChangedMeanwhile, ContactTaken
from wallet_api.people.model import Channel
from wallet_api.rate_limits.errors import RateLimited
from wallet_api.second_factors.errors import WrongFactor
from wallet_api.sessions.model import Customer

routes = Routes(__name__)


class ChangeContact(Body):
    """The new phone number or e-mail address, or which one to remove, and the password."""

    phone: ContactPhone | None = None
    email: Email | None = None
    remove: Literal["phone", "email"] | None = None
    current_password: GivenPassword


class SendProof(Body):
    """The present channel to send a code over."""

    method: Literal["sms", "email"]


class ConfirmContact(Body):
    """The code that the new contact got (none for a removal), and one by a present method: sent, an authenticator's or a
    recovery code.
    """

    code: Code | None = None
    method: Literal["totp", "sms", "email", "recovery_code"]
    factor_code: Annotated[
        str, Meta(pattern=r"^[0-9A-Za-z -]{6,40}$", description="Six ASCII digits, or a recovery code.")
    ]


class ContactChangeView(View):
    """`code_sent`: a code is on its way to the new contact, and one of the methods proves the change besides. `proof_required`:
    one of the methods proves the removal.
    """

    id: str
    object: Literal["contact_change"] = "contact_change"
    status: Literal["code_sent", "proof_required"]
    channel: Literal["sms", "email"]
    sent_to: str | None
    methods: list[str]
    expires_at: str
    resend_at: str | None
    created_at: str


class ProofSentView(View):
    """A code is on its way to a contact that the person has already."""

    id: str
    object: Literal["contact_change"] = "contact_change"
    status: Literal["code_sent"] = "code_sent"
    channel: Literal["sms", "email"]
    sent_to: str
    expires_at: str
    resend_at: str


@endpoint(
    routes,
    "POST",
    "/v1/contact_changes",
    summary="Begin to change your phone or e-mail, to add one, or to remove one",
    callers=[Customer],
    body=ChangeContact,
    answer=ContactChangeView,
    status=202,
    session="in_use_case",
    errors=[ContactRefused, WrongCurrentPassword, RateLimited, TooManyMessages, MessageNotSent],
)
def start(call: Call[ChangeContact]) -> Any:
    """Sends a code to the new contact. Somebody who has it already gets a notice instead, and the answer is the same. A
    removal sends nothing: have a code sent to the contact that stays, or use the authenticator.
    """
    body = call.body
    if [body.phone, body.email, body.remove].count(None) != 2:
        raise Invalid(FieldProblem("", "exactly_one", (("names", "phone, email, remove"),)))
    changes = call.wallet.contact_changes
    if body.remove is not None:
        admit(call.wallet, call.customer, "identity")
        channel: Channel = "sms" if body.remove == "phone" else "email"
        return _view(changes.start_removal(call.customer, channel, password=body.current_password))
    new = wanted(body.phone, body.email, call.locale)
    admit(call.wallet, call.customer, "identity")
    return _view(changes.start(call.customer, new, password=body.current_password, source=call.source))


@endpoint(
    routes,
    "POST",
    "/v1/contact_changes/{change_id}/resend",
    summary="Have the new contact's code sent again",
    callers=[Customer],
    answer=ContactChangeView,
    status=202,
    session="in_use_case",
    errors=[ResendTooSoon, CodeUsedUp, RateLimited, TooManyMessages, MessageNotSent],
)
def resend(call: Call[None]) -> Any:
    """Sends another code, which takes the place of the one before."""
    change_id = call.id("change_id", "ctc")
    admit(call.wallet, call.customer, "identity")
    return _view(call.wallet.contact_changes.resend(call.customer, change_id, call.source))


@endpoint(
    routes,
    "POST",
    "/v1/contact_changes/{change_id}/send",
    summary="Have a code sent to a present contact",
    callers=[Customer],
    body=SendProof,
    answer=ProofSentView,
    status=202,
    session="in_use_case",
    errors=[ContactRefused, ResendTooSoon, CodeUsedUp, RateLimited, TooManyMessages, MessageNotSent],
)
def send(call: Call[SendProof]) -> Any:
    """Sends a code to prove the change with, where there is no authenticator."""
    change_id = call.id("change_id", "ctc")
    admit(call.wallet, call.customer, "identity")
    sent = call.wallet.contact_changes.send(call.customer, change_id, call.body.method, call.source)
    return ProofSentView(
        id=change_id,
        channel=sent.channel,
        sent_to=sent.sent_to,
        expires_at=rfc3339(sent.expires_at),
        resend_at=rfc3339(sent.resend_at),
    )


@endpoint(
    routes,
    "POST",
    "/v1/contact_changes/{change_id}/confirm",
    summary="Prove both, and have the new contact",
    callers=[Customer],
    body=ConfirmContact,
    answer=UserView,
    session="in_use_case",
    errors=[
        NotFound,
        ContactRefused,
        WrongFactor,
        WrongCode,
        CodeExpired,
        CodeUsedUp,
        AccessFrozen,
        ContactTaken,
        ContactChangedMeanwhile,
        RateLimited,
    ],
)
def confirm(call: Call[ConfirmContact]) -> Any:
    """Puts the new contact in its place, or takes the old one away, and tells both. Large payments need more proof for a day."""
    change_id, body = call.id("change_id", "ctc"), call.body
    admit(call.wallet, call.customer, "identity")
    call.wallet.contact_changes.confirm(
        call.customer, change_id, code=body.code, method=body.method, factor_code=body.factor_code
    )
    return UserView.of(call.wallet.people.profile(call.customer.id))


def _view(begun: Begun) -> ContactChangeView:
    change = begun.change
    return ContactChangeView(
        id=change.id,
        status="proof_required" if begun.sent_to is None else "code_sent",
        channel=change.channel,
        sent_to=begun.sent_to,
        methods=list(begun.methods),
        expires_at=rfc3339(begun.expires_at),
        resend_at=None if begun.resend_at is None else rfc3339(begun.resend_at),
        created_at=rfc3339(change.created_at),
    )
