"""Payment codes over HTTP: a device's secret, and up to how much its codes pay by themselves."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta

from chalicelib.authorization_views import PROOF_REFUSALS
from chalicelib.http import Call, Routes, endpoint
from chalicelib.views import Body, MoneyView, Pin, View
from wallet_api.authorizations.errors import PinProofRequired
from wallet_api.clock import rfc3339
from wallet_api.devices.errors import DeviceRemoved
from wallet_api.errors import NotFound
from wallet_api.ledger.limits import PAYMENT_CODE, limits_of
from wallet_api.money import Money
from wallet_api.payment_codes.model import ALGORITHM, DIGITS, LARGEST_SMALL, OTP_DIGITS, PERIOD_SECONDS, PREFIX
from wallet_api.payment_codes.use_cases import Issued
from wallet_api.people.errors import AccessFrozen
from wallet_api.sessions.model import Customer

routes = Routes(__name__)

HOME_CURRENCY = "CNY"


class AskForSecret(Body):
    """The payment PIN: from then on a small payment takes nothing but the device."""

    pin: Pin


class SmallAmountIn(Body):
    """An amount that may be zero: then every payment by a code has to be confirmed."""

    amount: Annotated[int, Meta(ge=0, le=LARGEST_SMALL, description="Minor units.", examples=[20_000])]
    currency: Literal["CNY"]


class SetPaymentCodes(Body):
    """`limit` is up to how much a code pays by itself. More than before takes the payment PIN."""

    limit: SmallAmountIn
    pin: Pin | None = None


class SecretView(View):
    """What the device derives its codes from, shown this once.

    A code is `prefix`, `alias` and the one-time password of RFC 6238: HMAC by `algorithm` with the base 32 `secret`, `otp_digits`
    digits, a new one every `period` seconds since 1970. `issued_at` is the server's time: keep what the device's clock differs
    from it. Up to `small_amount_limit` a code pays by itself. At `expires_at`, or when anything ends the session, the device asks
    for another.
    """

    id: str
    object: Literal["payment_code_secret"] = "payment_code_secret"
    status: Literal["active"] = "active"
    device_id: str
    secret: str
    prefix: str
    alias: str
    digits: int
    otp_digits: int
    period: int
    algorithm: str
    small_amount_limit: MoneyView
    issued_at: str
    expires_at: str
    created_at: str

    @staticmethod
    def of(issued: Issued) -> SecretView:
        """The wire form."""
        secret = issued.secret
        return SecretView(
            id=secret.id,
            device_id=secret.device_id,
            secret=issued.shared,
            prefix=PREFIX,
            alias=secret.alias,
            digits=DIGITS,
            otp_digits=OTP_DIGITS,
            period=PERIOD_SECONDS,
            algorithm=ALGORITHM,
            small_amount_limit=_small(issued.small),
            issued_at=rfc3339(secret.issued_at),
            expires_at=rfc3339(secret.valid_until),
            created_at=rfc3339(secret.issued_at),
        )


class PaymentCodeSettingsView(View):
    """Up to `limit` a code pays by itself; `daily_limit` is how much codes pay so in one day. Above, the customer confirms."""

    object: Literal["payment_code_settings"] = "payment_code_settings"
    limit: MoneyView
    daily_limit: MoneyView
    largest_limit: MoneyView

    @staticmethod
    def of(small: int) -> PaymentCodeSettingsView:
        """The wire form."""
        daily = limits_of(PAYMENT_CODE, HOME_CURRENCY).daily
        return PaymentCodeSettingsView(
            limit=_small(small), daily_limit=MoneyView.of(daily), largest_limit=_small(LARGEST_SMALL)
        )


@endpoint(
    routes,
    "POST",
    "/v1/devices/current/payment_code_secret",
    summary="Get the secret that this device's payment codes are made from",
    callers=[Customer],
    body=AskForSecret,
    answer=SecretView,
    status=201,
    session="in_use_case",
    errors=[AccessFrozen, DeviceRemoved, *PROOF_REFUSALS],
)
def issue_secret(call: Call[AskForSecret]) -> Any:
    """Takes the place of the one that the device had, whose codes pay nothing any more. It ends with the session: signing out,
    removing the device, a freeze and a new password end it at once.
    """
    return SecretView.of(call.wallet.payment_codes.issue(call.customer, call.body.pin))


@endpoint(
    routes,
    "DELETE",
    "/v1/devices/current/payment_code_secret",
    summary="Stop this device's payment codes",
    callers=[Customer],
    answer=None,
    status=204,
    session="in_use_case",
    errors=[NotFound],
)
def end_secret(call: Call[None]) -> None:
    """No code that this device shows pays any more, until it asks for another secret."""
    call.wallet.payment_codes.end(call.customer)


@endpoint(
    routes,
    "GET",
    "/v1/payment_code_settings",
    summary="See up to how much payment codes pay by themselves",
    callers=[Customer],
    answer=PaymentCodeSettingsView,
    session="in_use_case",
)
def get_settings(call: Call[None]) -> Any:
    """The same for all of a person's devices."""
    return PaymentCodeSettingsView.of(call.wallet.payment_codes.small(call.customer))


@endpoint(
    routes,
    "PUT",
    "/v1/payment_code_settings",
    summary="Say up to how much payment codes pay by themselves",
    callers=[Customer],
    body=SetPaymentCodes,
    answer=PaymentCodeSettingsView,
    session="in_use_case",
    errors=[PinProofRequired, AccessFrozen, *PROOF_REFUSALS],
)
def put_settings(call: Call[SetPaymentCodes]) -> Any:
    """Nothing, and every payment by a code has to be confirmed on the phone. It holds from the next payment on."""
    body = call.body
    return PaymentCodeSettingsView.of(call.wallet.payment_codes.set_small(call.customer, body.limit.amount, body.pin))


def _small(amount: int) -> MoneyView:
    return MoneyView.of(Money(amount, HOME_CURRENCY))
