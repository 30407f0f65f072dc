"""A mandate as each of its two sides sees it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from chalicelib.payment_views import MerchantRef
from chalicelib.views import MoneyView, View
from wallet_api.clock import rfc3339
from wallet_api.errors import WalletError
from wallet_api.mandates.errors import (
    MandateCanceled,
    MandateCurrencyDiffers,
    MandateExpired,
    MandateLimitExceeded,
    MandateNotConfirmed,
    MandateRevoked,
)
from wallet_api.mandates.model import CANCELED, REQUIRES_CONFIRMATION, Mandate, Status, counted_month
from wallet_api.merchants.model import MerchantCaller
from wallet_api.payment_codes.errors import PaymentDeclined
from wallet_api.sessions.model import Customer
from wallet_api.wallet import Wallet

NOT_CHARGEABLE: tuple[type[WalletError], ...] = (
    MandateNotConfirmed,
    MandateRevoked,
    MandateCanceled,
    MandateExpired,
    MandateLimitExceeded,
    MandateCurrencyDiffers,
    PaymentDeclined,
)
"""What speaks against a charge, by the mandate and the wallet behind it."""


class MandateView(View):
    """A standing consent: the merchant may charge up to `max_per_payment` at a time and `max_per_month` in a month (Beijing time)
    without asking again. `charged_this_month` counts what was charged, also what was refunded since.

    `reference`, `qr` and `checkout_url` are the merchant's alone. `suspended` is the customer's alone: nothing is charged while the
    wallet is frozen, and the mandate goes on afterwards.
    """

    id: str
    object: Literal["mandate"] = "mandate"
    status: Status
    description: str
    reference: str | None
    merchant: MerchantRef
    max_per_payment: MoneyView
    max_per_month: MoneyView
    charged_this_month: MoneyView
    suspended: bool | None
    qr: str | None
    checkout_url: str | None
    cancellation_reason: Literal["expired", "requested_by_merchant"] | None
    expires_at: str | None
    confirmed_at: str | None
    ended_at: str | None
    created_at: str


def mandate_view(
    mandate: Mandate, viewer: Customer | MerchantCaller, wallet: Wallet, *, suspended: bool | None = None
) -> MandateView:
    """The mandate as this side sees it."""
    merchants, waits = isinstance(viewer, MerchantCaller), mandate.status == REQUIRES_CONFIRMATION
    return MandateView(
        id=mandate.id,
        status=mandate.status,
        description=mandate.terms.description,
        reference=mandate.terms.reference if merchants else None,
        merchant=MerchantRef(id=mandate.merchant_id, name=mandate.merchant.name),
        max_per_payment=MoneyView.of(mandate.terms.max_per_payment),
        max_per_month=MoneyView.of(mandate.terms.max_per_month),
        charged_this_month=MoneyView.of(mandate.charged_in(counted_month(wallet.clock.now()))),
        suspended=suspended,
        qr=wallet.scans.code_of_mandate(mandate) if merchants and waits else None,
        checkout_url=f"{wallet.settings.public_url}/checkout/mandates/{mandate.id}" if merchants and waits else None,
        cancellation_reason=_cancellation_reason(mandate),
        expires_at=rfc3339(mandate.expires_at) if waits else None,
        confirmed_at=_time(mandate.confirmed_at),
        ended_at=_time(mandate.ended_at),
        created_at=rfc3339(mandate.created_at),
    )


def mandate_views(wallet: Wallet, customer: Customer, mandates: tuple[Mandate, ...]) -> list[MandateView]:
    """A person's mandates; whether they are suspended is asked once for all."""
    suspended = wallet.mandates.is_suspended(customer) if mandates else None
    return [mandate_view(each, customer, wallet, suspended=suspended and not each.ended) for each in mandates]


def _cancellation_reason(mandate: Mandate) -> Literal["expired", "requested_by_merchant"] | None:
    if mandate.status != CANCELED:
        return None
    return "expired" if mandate.ran_out else "requested_by_merchant"


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else rfc3339(moment)
