"""The caller's own wallet and payment PIN over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Literal

from chalicelib.auth import admit
from chalicelib.http import Call, Routes, endpoint
from chalicelib.identity_views import AuthenticatorCode, GivenPassword
from chalicelib.views import Body, Code, MoneyView, Pin, View
from wallet_api.authorizations.errors import (
    CurrentPinRequired,
    PinBusy,
    PinCoolingDown,
    PinLocked,
    PinTooSimple,
    WrongPin,
)
from wallet_api.authorizations.use_cases import AskingReset
from wallet_api.clock import rfc3339
from wallet_api.devices.model import Device
from wallet_api.errors import NotFound
from wallet_api.gateways.errors import MessageNotSent
from wallet_api.ledger import chart
from wallet_api.ledger import limits as tiers
from wallet_api.ledger.accounts import MAX_ATTEMPTS, Account
from wallet_api.ledger.limits import PERIODS, Period, ends_at, limits_of
from wallet_api.ledger.spending import spent_in
from wallet_api.money import Money, zero
from wallet_api.one_time_codes.errors import CodeExpired, CodeUsedUp, TooManyMessages, WrongCode
from wallet_api.passwords.errors import PasswordRequired, WrongCurrentPassword
from wallet_api.people.errors import AccessFrozen
from wallet_api.rate_limits.errors import RateLimited
from wallet_api.second_factors.errors import WrongFactor
from wallet_api.sessions.model import Customer

routes = Routes(__name__)
HOME_CURRENCY = "CNY"


class BalanceView(View):
    """What the person has in one currency; `held` is set aside and not part of `amount`."""

    amount: int
    currency: str
    held: int


class LimitView(View):
    """What may go out in one period: `used` of `limit` did; what a payment sets aside counts at once. It begins anew at `resets_at`."""

    limit: MoneyView
    used: MoneyView
    remaining: MoneyView
    resets_at: str


class NarrowerView(View):
    """A smaller limit that holds beside the tier's own; `until` when it ends, null for one that stays."""

    per_transaction: MoneyView
    daily: LimitView
    until: str | None


class LimitsView(View):
    """What may go out in one transaction, and in one day, month and year, which begin at midnight in Beijing; null where a tier has
    no such limit. Smaller ones hold as well: for a device that is new to the person (null for any other), for codes on walls, for
    shown payment codes that pay without a PIN, and for withdrawals to cards that were bound a short while ago.
    """

    per_transaction: MoneyView
    daily: LimitView | None
    monthly: LimitView | None
    yearly: LimitView | None
    new_device: NarrowerView | None
    static_codes: NarrowerView
    payment_codes: NarrowerView
    new_cards: NarrowerView


class FrozenView(View):
    """Since when nothing goes out, and where it is unfrozen."""

    frozen_at: str
    unfreeze_with: Literal["POST /v1/unfreezes"] = "POST /v1/unfreezes"


class WalletView(View):
    """The caller's wallet. `freeze` is there while `status` is `frozen`: money comes in and none goes out."""

    object: Literal["wallet"] = "wallet"
    id: str
    status: str
    freeze: FrozenView | None
    tier: str
    balances: list[BalanceView]
    limits: LimitsView
    payment_pin: Literal["not_set", "set", "locked"]
    created_at: str


class SetPin(Body):
    """A new PIN; the current one when one is set."""

    pin: Pin
    current_pin: Pin | None = None


class PinView(View):
    """That a PIN is set; never the PIN."""

    object: Literal["payment_pin"] = "payment_pin"
    status: Literal["set"] = "set"


@endpoint(
    routes,
    "GET",
    "/v1/wallet",
    summary="Balance and limits",
    callers=[Customer],
    answer=WalletView,
    session="in_use_case",
)
def get_wallet(call: Call[None]) -> Any:
    """The caller's balances by currency, tier and limits."""
    accounts, name = call.wallet.ledger.accounts, chart.customer(call.customer.id)
    session, account = call.wallet.sessions.while_live(call.customer, lambda trip: accounts.reading(name, trip))
    return WalletView(
        id=call.customer.id,
        status=account.status,
        freeze=_freeze_of(call, account),
        tier=account.tier,
        balances=_balances(account),
        limits=_limits(account, session.device, call.wallet.clock.now()),
        payment_pin=_pin_state(account),
        created_at=rfc3339(account.opened_at),
    )


@endpoint(
    routes,
    "PUT",
    "/v1/payment_pin",
    summary="Set or change the payment PIN",
    callers=[Customer],
    body=SetPin,
    answer=PinView,
    errors=[PinTooSimple, CurrentPinRequired, AccessFrozen, PinCoolingDown, WrongPin, PinLocked, PinBusy],
)
def set_payment_pin(call: Call[SetPin]) -> Any:
    """Sets the PIN that confirms every payment. Changing it needs the current one."""
    call.wallet.payment_pins.set(call.customer.id, call.body.pin, call.body.current_pin)
    return PinView()


class StartPinReset(Body):
    """Where the code goes: the registered phone unless asked otherwise. The password may be left away for 15 minutes after
    signing in. `authenticator_code`, of the authenticator or a recovery code, ends the wait that a new password brings.
    """

    channel: Literal["sms", "email"] | None = None
    password: GivenPassword | None = None
    authenticator_code: AuthenticatorCode | None = None


class PinResetView(View):
    """A code on its way to a registered contact, which is shown masked."""

    id: str
    object: Literal["payment_pin_reset"] = "payment_pin_reset"
    status: Literal["code_sent"] = "code_sent"
    channel: Literal["sms", "email"]
    sent_to: str
    created_at: str
    expires_at: str
    resend_at: str


class ConfirmPinReset(Body):
    """The code that was sent, and the new PIN."""

    code: Code
    pin: Pin


@endpoint(
    routes,
    "POST",
    "/v1/payment_pin_resets",
    summary="Begin to replace a forgotten or locked payment PIN",
    callers=[Customer],
    body=StartPinReset,
    answer=PinResetView,
    status=202,
    session="in_use_case",
    errors=[
        PasswordRequired,
        WrongCurrentPassword,
        WrongFactor,
        AccessFrozen,
        PinCoolingDown,
        TooManyMessages,
        MessageNotSent,
        RateLimited,
    ],
)
def start_payment_pin_reset(call: Call[StartPinReset]) -> Any:
    """Sends a code to the caller's registered phone or e-mail. Not for 72 hours after a password that a code alone set, unless
    the authenticator is shown, nor for 24 hours after a contact changed: a phone number by itself is worth no PIN.
    """
    session = admit(call.wallet, call.customer, "identity")
    asked = AskingReset(call.body.channel, call.body.password, call.body.authenticator_code)
    reset = call.wallet.pin_resets.start(session, asked, call.source)
    return PinResetView(
        id=reset.id,
        channel=reset.channel,
        sent_to=reset.sent_to,
        created_at=rfc3339(reset.created_at),
        expires_at=rfc3339(reset.expires_at),
        resend_at=rfc3339(reset.resend_at),
    )


@endpoint(
    routes,
    "POST",
    "/v1/payment_pin_resets/{reset_id}/confirm",
    summary="Set a new payment PIN with the code",
    callers=[Customer],
    body=ConfirmPinReset,
    answer=PinView,
    errors=[PinTooSimple, AccessFrozen, PinCoolingDown, WrongCode, CodeExpired, CodeUsedUp, NotFound],
)
def confirm_payment_pin_reset(call: Call[ConfirmPinReset]) -> Any:
    """Replaces the PIN and ends its lock. A code sets one PIN."""
    call.wallet.pin_resets.confirm(call.customer.id, call.id("reset_id", "otc"), call.body.code, call.body.pin)
    return PinView()


def _balances(account: Account) -> list[BalanceView]:
    currencies = sorted({HOME_CURRENCY, *account.balances}, key=lambda code: (code != HOME_CURRENCY, code))
    return [
        BalanceView(amount=account.balances.get(code, 0), currency=code, held=account.held.get(code, 0))
        for code in currencies
    ]


def _limits(account: Account, device: Device, now: datetime) -> LimitsView:
    limits = limits_of(account.tier, HOME_CURRENCY)
    sums = {period: (limits.of(period), spent_in(account, period, HOME_CURRENCY, now)) for period in PERIODS}
    day, month, year = (
        None if limit is None else _limit(period, limit, used, now) for period, (limit, used) in sums.items()
    )
    until = datetime.fromtimestamp(device.limited_until_seconds, UTC) if device.is_limited(now) else None
    return LimitsView(
        per_transaction=MoneyView.of(limits.per_transaction),
        daily=day,
        monthly=month,
        yearly=year,
        new_device=_narrower(account, tiers.NEW_DEVICE, now, until) if until else None,
        static_codes=_narrower(account, tiers.STATIC_CODE, now),
        payment_codes=_narrower(account, tiers.PAYMENT_CODE, now),
        new_cards=_narrower(account, tiers.NEW_CARD, now),
    )


def _narrower(account: Account, kind: str, now: datetime, until: datetime | None = None) -> NarrowerView:
    limits, used = limits_of(kind, HOME_CURRENCY), spent_in(account, "day", HOME_CURRENCY, now, of=kind)
    daily = _limit("day", limits.daily, used, now)
    return NarrowerView(
        per_transaction=MoneyView.of(limits.per_transaction), daily=daily, until=rfc3339(until) if until else None
    )


def _limit(period: Period, limit: Money, used: Money, now: datetime) -> LimitView:
    return LimitView(
        limit=MoneyView.of(limit),
        used=MoneyView.of(used),
        remaining=MoneyView.of(max(limit - used, zero(HOME_CURRENCY))),
        resets_at=rfc3339(ends_at(period, now)),
    )


def _freeze_of(call: Call[None], account: Account) -> FrozenView | None:
    if account.status != "frozen":
        return None
    frozen_since = call.wallet.people.require(call.customer.id).frozen_since
    return None if frozen_since is None else FrozenView(frozen_at=rfc3339(frozen_since))


def _pin_state(account: Account) -> Literal["not_set", "set", "locked"]:
    if account.pin_hash is None:
        return "not_set"
    return "locked" if account.attempts >= MAX_ATTEMPTS else "set"
