"""What can be done with refund requests, a verb in each file: customers ask, merchants decide, the schedule escalates."""

from __future__ import annotations

from wallet_api.refund_requests.use_cases.approving import Approving
from wallet_api.refund_requests.use_cases.asking import Asking, Wish
from wallet_api.refund_requests.use_cases.ending import Ending
from wallet_api.refund_requests.use_cases.escalating import Escalating
from wallet_api.refund_requests.use_cases.looking import Looking

__all__ = ["RefundRequests", "Wish"]


class RefundRequests(Asking, Approving, Ending, Escalating, Looking, frozen=True):
    """Customers' wishes to have their money back."""
