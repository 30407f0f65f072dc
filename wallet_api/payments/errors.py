"""How a payment says no.

OrderIdTaken         the merchant asked for this order before; `payment_id` is that payment
PaymentAlreadyPaid   this customer has paid it
PaymentTaken         another customer has paid it
PaymentCanceled      the merchant canceled it
PaymentExpired       nobody paid it in time
"""

from __future__ import annotations

from wallet_api.errors import Conflict


class OrderIdTaken(Conflict):
    """The merchant has a payment for this order: `payment_id`. An order is asked for once, under whatever key."""

    code = "order_id_taken"


class PaymentAlreadyPaid(Conflict):
    """The caller has paid this payment already."""

    code = "payment_already_paid"


class PaymentTaken(Conflict):
    """The payment was paid, by somebody else than the caller as far as the caller may know."""

    code = "payment_paid_by_another"


class PaymentCanceled(Conflict):
    """The merchant canceled the payment."""

    code = "payment_canceled"


class PaymentExpired(Conflict):
    """The payment's time was over at `expired_at`."""

    code = "payment_expired"
