"""How a payment says no.

OrderIdTaken            the merchant asked for this order before; `payment_id` is that payment
PaymentAlreadyPaid      this customer has paid it
PaymentAlreadyConfirmed this customer has said yes; the money is set aside, or the answer is on its way
PaymentTaken            another customer has paid it, or has said yes
PaymentCanceled         it was taken back, or its hold was voided
PaymentExpired          nobody paid it in time
PaymentFailed           it was tried and failed for good
PaymentProcessing       its end is not known yet, so it can be neither taken back nor captured now
PaymentNotAuthorized    no money is set aside for it that could be captured
PaymentAlreadyCaptured  it was captured before, once
CaptureTooLate          the time to capture was over at `capture_before`; the money is back with the customer
CaptureExceedsHold      more is to be captured than was set aside: `authorized`
CaptureCurrencyDiffers  the capture names another currency than the payment's `currency`

ForbiddenTransition is no refusal: it says that the code is wrong.
"""

from __future__ import annotations

from typing import ClassVar

from wallet_api.errors import Conflict, Retry


class OrderIdTaken(Conflict):
    """The merchant has a payment for this order: `payment_id`. An order is asked for once, under whatever key."""

    code = "order_id_taken"


class PaymentAlreadyPaid(Conflict):
    """The caller has paid this payment already."""

    code = "payment_already_paid"


class PaymentAlreadyConfirmed(Conflict):
    """The caller has said yes to this payment already: the money is set aside until the merchant takes it."""

    code = "payment_already_confirmed"


class PaymentTaken(Conflict):
    """The payment was paid, by somebody else than the caller as far as the caller may know."""

    code = "payment_paid_by_another"


class PaymentCanceled(Conflict):
    """The payment was canceled."""

    code = "payment_canceled"


class PaymentExpired(Conflict):
    """The payment's time was over at `expired_at`."""

    code = "payment_expired"


class PaymentFailed(Conflict):
    """The payment was tried and failed; it never turns into another state."""

    code = "payment_failed"


class PaymentProcessing(Conflict):
    """How the payment ends is not known yet. Nothing is decided by this answer: the same key may ask again."""

    code = "payment_processing"
    retry: ClassVar[Retry] = "after"
    decides = False


class PaymentNotAuthorized(Conflict):
    """Nobody has said yes to the payment, or its money was never set aside: there is nothing to capture."""

    code = "payment_not_authorized"
    retry: ClassVar[Retry] = "new_key"


class PaymentAlreadyCaptured(Conflict):
    """A hold is captured once."""

    code = "payment_already_captured"


class CaptureTooLate(Conflict):
    """The hold could be captured until `capture_before`; its money went back to the customer."""

    code = "capture_too_late"


class CaptureExceedsHold(Conflict):
    """More is to be captured than the customer said yes to: `authorized`."""

    code = "capture_exceeds_authorization"
    retry: ClassVar[Retry] = "new_key"


class CaptureCurrencyDiffers(Conflict):
    """A hold is captured in the `currency` that it was made in."""

    code = "capture_currency_differs"
    retry: ClassVar[Retry] = "new_key"


class ForbiddenTransition(Exception):
    """A payment was to go where its machine does not lead: a defect, never an answer."""
