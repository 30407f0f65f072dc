"""How an application says no.

ApplicationApproved     it was approved, so the merchant itself is changed
ApplicationIncomplete   something is missing, so it cannot be approved
ApplicationDecided      an operator decided it already
"""

from __future__ import annotations

from wallet_api.errors import Conflict


class ApplicationApproved(Conflict):
    """The application was approved: `merchant_id` is what can be changed now."""

    code = "application_approved"
    decides = False


class ApplicationIncomplete(Conflict):
    """The application lacks `missing`."""

    code = "application_incomplete"
    decides = False


class ApplicationDecided(Conflict):
    """The application waits for no decision."""

    code = "application_decided"
    decides = False
