"""How a refund says no.

RefundExceedsPayment   more is asked back than is left; `refundable` says how much that is
PaymentNotRefundable   the payment was never paid; `payment_status` says where it stands
RefundCurrencyDiffers  money goes back in the `currency` that it came in
TooManyRefunds         a payment takes `limit` refunds

RefundsRaced is no refusal: another refund of the payment was counted at the same moment, and this one is worked out anew.
"""

from __future__ import annotations

from wallet_api.errors import Conflict


class RefundExceedsPayment(Conflict):
    """More is asked back than is left of the payment: `refundable`."""

    code = "refund_exceeds_payment"


class PaymentNotRefundable(Conflict):
    """Nothing was paid, so nothing can go back."""

    code = "payment_not_refundable"


class RefundCurrencyDiffers(Conflict):
    """The refund names another currency than the payment's `currency`."""

    code = "refund_currency_differs"


class TooManyRefunds(Conflict):
    """The payment was refunded `limit` times already."""

    code = "too_many_refunds"


class RefundsRaced(Exception):
    """Another refund of the same payment was counted since it was read."""
