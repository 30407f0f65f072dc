"""How a refund says no.

RefundExceedsPayment   more is asked back than is left; `refundable` says how much that is
PaymentNotRefundable   the payment is not paid; `payment_status` says where it stands. One that is processing has no end yet
                       (payments' PaymentProcessing)
RefundCurrencyDiffers  money goes back in the `currency` that it came in
TooManyRefunds         a payment takes `limit` refunds

These are no refusals:
RefundsRaced           another refund of the payment was counted at the same moment, and this one is worked out anew
RefundMoved            another request, or the schedule, brought the refund on first
WayStopped             the money cannot go where it should, and why; it goes another way
ForbiddenTransition    the code is wrong
"""

from __future__ import annotations

from typing import ClassVar, Literal

from wallet_api.errors import Conflict, Retry


class RefundExceedsPayment(Conflict):
    """More is asked back than is left of the payment: `refundable`."""

    code = "refund_exceeds_payment"
    retry: ClassVar[Retry] = "new_key"


class PaymentNotRefundable(Conflict):
    """Nothing was paid, so nothing can go back."""

    code = "payment_not_refundable"


class RefundCurrencyDiffers(Conflict):
    """The refund names another currency than the payment's `currency`."""

    code = "refund_currency_differs"
    retry: ClassVar[Retry] = "new_key"


class TooManyRefunds(Conflict):
    """The payment was refunded `limit` times already."""

    code = "too_many_refunds"


class RefundsRaced(Exception):
    """Another refund of the same payment was counted since it was read."""


class RefundMoved(Exception):
    """Another request, or the schedule, brought this refund on first."""


class WayStopped(Exception):
    """The customer's wallet is frozen or closed."""

    def __init__(self, reason: Literal["wallet_frozen", "wallet_closed"]) -> None:
        super().__init__(reason)
        self.reason = reason


class ForbiddenTransition(Exception):
    """A refund was to go into a state that its own does not lead to."""
