"""How a mandate says no.

ReferenceTaken           the merchant asked for a mandate of this reference before; `mandate_id` is that one
MandateNotConfirmed      its customer has not said yes yet
MandateAlreadyConfirmed  this customer has said yes to it
MandateTaken             another customer has
MandateRevoked           its customer ended it
MandateCanceled          its merchant ended it
MandateExpired           nobody said yes in time
MandateLimitExceeded     the charge is more than it allows at a time, or than is left of its month
MandateCurrencyDiffers   the charge names another currency than the mandate's
"""

from __future__ import annotations

from typing import ClassVar

from wallet_api.errors import Conflict, Declined, Retry


class ReferenceTaken(Conflict):
    """The merchant has a mandate of this reference: `mandate_id`. A consent is asked for once, under whatever key."""

    code = "mandate_reference_taken"


class MandateNotConfirmed(Conflict):
    """The customer has not said yes, so nothing can be charged."""

    code = "mandate_not_confirmed"
    retry: ClassVar[Retry] = "new_key"


class MandateAlreadyConfirmed(Conflict):
    """The caller has said yes to this mandate already."""

    code = "mandate_already_confirmed"


class MandateTaken(Conflict):
    """Another customer has said yes to this mandate."""

    code = "mandate_confirmed_by_another"


class MandateRevoked(Declined):
    """The customer has ended the mandate: nothing is charged by it any more."""

    code = "mandate_revoked"


class MandateCanceled(Conflict):
    """The merchant has ended the mandate."""

    code = "mandate_canceled"


class MandateExpired(Conflict):
    """The mandate could be confirmed until `expired_at`."""

    code = "mandate_expired"


class MandateLimitExceeded(Declined):
    """The charge is more than the mandate allows: `left` is the most that it would let through now."""

    code = "mandate_limit_exceeded"


class MandateCurrencyDiffers(Conflict):
    """The mandate is for charges in `currency`."""

    code = "mandate_currency_differs"
    retry: ClassVar[Retry] = "new_key"
