"""How payment codes say no.

PaymentCodeRefused   the code pays nothing: wrong, expired, used, unknown, or its owner stopped it; the till is not told which
PaymentDeclined      the code is good and a rule about money says no; `decline_code` is what a till may know of it

These are no refusals:
AliasTaken           another secret has the alias that was drawn, and another is drawn
ChangedMeanwhile     another request was first, and this one is worked out anew
NothingToGiveBack    a try that was counted is counted no more
"""

from __future__ import annotations

from wallet_api.errors import Declined, Forbidden


class PaymentCodeRefused(Forbidden):
    """The code pays nothing. One answer for every reason, so that nobody learns from it whose code it is or was."""

    code = "payment_code_refused"


class PaymentDeclined(Declined):
    """The code is genuine and the payment is not: `decline_code`, from the closed list, as a merchant may know it."""

    code = "payment_declined"


class AliasTaken(Exception):
    """Another secret has this alias."""


class ChangedMeanwhile(Exception):
    """Another request gave the device a secret, or changed the settings, first."""


class NothingToGiveBack(Exception):
    """The secret is gone, or a good code has begun the count anew."""
