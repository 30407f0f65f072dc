"""Asking what the server wants signed or proven for one move of money."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Any, Literal

from msgspec import Meta

from chalicelib.authorization_views import PROOF_REFUSALS
from chalicelib.http import Call, Routes, endpoint
from chalicelib.routes.mandates import NOT_CONFIRMABLE
from chalicelib.routes.payments import NOT_PAYABLE
from chalicelib.routes.transfers import DelayIn, PayeeIn, delay_of
from chalicelib.routes.withdrawals import CARD_REFUSALS
from chalicelib.spending_refusals import LIMIT_REFUSALS
from chalicelib.views import Body, MoneyIn, Pin, View
from wallet_api.authorizations.errors import MethodNotAccepted, PinProofRequired, StepUpUnavailable
from wallet_api.authorizations.use_cases import Asked
from wallet_api.clock import rfc3339
from wallet_api.errors import FieldProblem, Invalid, NotFound
from wallet_api.gateways.errors import MessageNotSent
from wallet_api.ids import is_id
from wallet_api.one_time_codes.errors import CodeUsedUp, ResendTooSoon, TooManyMessages
from wallet_api.outlets.errors import MerchantUnavailable, OutletClosed
from wallet_api.sessions.model import Customer
from wallet_api.transfers.errors import PayeeNotFound, TransferToSelf
from wallet_api.withdrawals.model import Asking

routes = Routes(__name__)


class MoveIn(Body):
    """What is going to be asked for: `payment_id` of a payment, `outlet_id` and `amount` of a payment at an outlet, `to` and
    `amount` of a transfer and its `delay`, `card_id` and `amount` of a withdrawal, or `mandate_id` of a mandate; the quote, if there
    is one.
    """

    payment_id: Annotated[str, Meta(max_length=40)] | None = None
    mandate_id: Annotated[str, Meta(max_length=40)] | None = None
    outlet_id: Annotated[str, Meta(max_length=40)] | None = None
    card_id: Annotated[str, Meta(max_length=40)] | None = None
    to: PayeeIn | None = None
    amount: MoneyIn | None = None
    delay: DelayIn | None = None
    quote_id: Annotated[str, Meta(max_length=40)] | None = None


class AskAuthorization(Body):
    """The move, and the payment PIN if a code is to be used: codes are offered to who shows the PIN."""

    operation: Literal["payment", "outlet_payment", "transfer", "withdrawal", "mandate"]
    fields: MoveIn
    pin: Pin | None = None


class AuthorizationView(View):
    """A challenge for one move. `challenge` is base64url of 32 bytes, the SHA-256 of `text`; a device may show the text and
    hash it by itself before it signs.
    """

    object: Literal["authorization"] = "authorization"
    status: Literal["open"] = "open"
    challenge_id: str
    methods: list[Literal["pin", "device_signature", "totp", "sms"]]
    challenge: str
    text: str
    expires_at: str

    @staticmethod
    def of(asked: Asked) -> AuthorizationView:
        """The wire form."""
        challenge = asked.challenge
        return AuthorizationView(
            challenge_id=challenge.id,
            methods=list(asked.methods),
            challenge=challenge.wire,
            text=asked.text,
            expires_at=rfc3339(challenge.valid_until),
        )


class SendCode(Body):
    """The method whose code is to be sent."""

    method: Literal["sms"]


class CodeSentView(View):
    """A code is on its way; the challenge takes that one from now on."""

    object: Literal["authorization"] = "authorization"
    status: Literal["code_sent"] = "code_sent"
    challenge_id: str
    channel: Literal["sms", "email"]
    sent_to: str
    expires_at: str
    resend_at: str


@endpoint(
    routes,
    "POST",
    "/v1/authorizations",
    summary="Ask what a move of money has to be signed or proven with",
    callers=[Customer],
    body=AskAuthorization,
    answer=AuthorizationView,
    status=201,
    session="in_use_case",
    errors=[
        NotFound,
        *NOT_PAYABLE,
        *NOT_CONFIRMABLE,
        MerchantUnavailable,
        OutletClosed,
        PayeeNotFound,
        TransferToSelf,
        *CARD_REFUSALS,
        *LIMIT_REFUSALS,
        StepUpUnavailable,
        PinProofRequired,
        *PROOF_REFUSALS,
    ],
)
def ask_authorization(call: Call[AskAuthorization]) -> Any:
    """The server chooses the methods by the risk of this move. The challenge is good for this move, this session, once, and
    for five minutes; anything changed voids it. A PIN that is enough needs no challenge.
    """
    asked, fields = call.body, call.body.fields
    if asked.operation == "payment":
        _require_exactly(fields, {"payment_id"})
        payment_id = fields.payment_id or ""
        if not is_id(payment_id, "pay"):
            raise NotFound
        return AuthorizationView.of(call.wallet.payments.ask(call.customer, payment_id, fields.quote_id, asked.pin))
    if asked.operation == "outlet_payment":
        return AuthorizationView.of(_asked_at_outlet(call))
    if asked.operation == "mandate":
        return AuthorizationView.of(_asked_for_mandate(call))
    if asked.operation == "withdrawal":
        return AuthorizationView.of(_asked_for_withdrawal(call))
    return AuthorizationView.of(_asked_for_transfer(call))


@endpoint(
    routes,
    "POST",
    "/v1/authorizations/{challenge_id}/send",
    summary="Have a code sent for a move of money",
    callers=[Customer],
    body=SendCode,
    answer=CodeSentView,
    status=202,
    session="in_use_case",
    errors=[
        NotFound,
        PinProofRequired,
        MethodNotAccepted,
        ResendTooSoon,
        TooManyMessages,
        CodeUsedUp,
        MessageNotSent,
    ],
)
def send_authorization_code(call: Call[SendCode]) -> Any:
    """Sends a code to the registered phone, for a challenge that was asked for with the PIN."""
    challenge_id = call.id("challenge_id", "chl")
    issued, sent_to = call.wallet.challenges.send(call.customer, challenge_id, call.source)
    return CodeSentView(
        challenge_id=challenge_id,
        channel=issued.channel,
        sent_to=sent_to,
        expires_at=rfc3339(issued.expires_at),
        resend_at=rfc3339(issued.resend_at),
    )


def _asked_for_transfer(call: Call[AskAuthorization]) -> Asked:
    fields = call.body.fields
    _require_exactly(fields, {"to", "amount"}, may={"delay"})
    if fields.to is None or fields.amount is None:
        raise Invalid(FieldProblem("/fields", "required"))
    payee, amount = fields.to.payee("/fields/to"), fields.amount.money("/fields/amount")
    asking, delay = (
        (payee, amount, fields.quote_id, call.body.pin, "/fields/to"),
        delay_of(fields.delay, "/fields/delay"),
    )
    return call.wallet.transfers.ask(call.customer, *asking, delay=delay)


def _asked_at_outlet(call: Call[AskAuthorization]) -> Asked:
    fields = call.body.fields
    _require_exactly(fields, {"outlet_id", "amount"})
    outlet_id, amount = fields.outlet_id or "", fields.amount
    if amount is None or not is_id(outlet_id, "out"):
        raise NotFound
    money = amount.money("/fields/amount")
    return call.wallet.payments.ask_at_outlet(call.customer, outlet_id, money, fields.quote_id, call.body.pin)


def _asked_for_withdrawal(call: Call[AskAuthorization]) -> Asked:
    fields = call.body.fields
    _require_exactly(fields, {"card_id", "amount"})
    if fields.amount is None:
        raise Invalid(FieldProblem("/fields/amount", "required"))
    asking = Asking(fields.amount.money("/fields/amount"), fields.card_id or "", fields.quote_id)
    return call.wallet.withdrawals.ask(call.customer, asking, call.body.pin)


def _asked_for_mandate(call: Call[AskAuthorization]) -> Asked:
    fields = call.body.fields
    _require_exactly(fields, {"mandate_id"})
    if fields.quote_id is not None:
        raise Invalid(FieldProblem("/fields/quote_id", "unknown_field"))
    mandate_id = fields.mandate_id or ""
    if not is_id(mandate_id, "man"):
        raise NotFound
    return call.wallet.mandates.ask(call.customer, mandate_id, call.body.pin)


def _require_exactly(fields: MoveIn, wanted: set[str], *, may: Collection[str] = ()) -> None:
    """Raises Invalid naming what this operation needs and was not given, and what it does not take; `may` is given or not."""
    given = {
        name
        for name in ("payment_id", "mandate_id", "outlet_id", "card_id", "to", "amount", "delay")
        if getattr(fields, name) is not None
    }
    problems = [FieldProblem(f"/fields/{name}", "required") for name in sorted(wanted - given)]
    problems += [FieldProblem(f"/fields/{name}", "unknown_field") for name in sorted(given - wanted - set(may))]
    if problems:
        raise Invalid(*problems)
