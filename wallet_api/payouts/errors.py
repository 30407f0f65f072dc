"""How payouts say no.

PayoutMissing              no such payout, or another merchant's
PayoutAccountMissing       there is no account to pay to
PayoutAccountCoolingDown   the account is too new to be paid to
PayoutBelowMinimum         so little is not paid out
PayoutExceedsAvailable     more than was earned before midnight and is there

These are no refusals:
NothingScheduled           the merchant is paid out on request only, and its night passes without a payout
PayoutMoved                another request, or the schedule, brought the payout on first
"""

from __future__ import annotations

from wallet_api.errors import Declined, NotFound


class NothingScheduled(Exception):
    """The merchant is paid out on request only."""


class PayoutMoved(Exception):
    """Another request, or the schedule, brought this payout on first."""


class PayoutMissing(NotFound):
    """There is no such payout, or it is another merchant's."""

    code = "payout_not_found"


class PayoutAccountMissing(Declined):
    """The merchant has given no account to be paid out to."""

    code = "payout_account_missing"


class PayoutAccountCoolingDown(Declined):
    """The settlement account took another's place lately; it is paid to from `usable_from` on."""

    code = "payout_account_cooling_down"


class PayoutBelowMinimum(Declined):
    """Less than `minimum` is not paid out."""

    code = "payout_below_minimum"


class PayoutExceedsAvailable(Declined):
    """The amount and its fee are more than `available`."""

    code = "payout_exceeds_available"
