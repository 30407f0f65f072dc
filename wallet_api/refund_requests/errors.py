"""How a refund request says no.

RefundRequestOpen       the payment has an open request: `refund_request_id`
RefundRequestEnded      it was decided or taken back before; `request_status` says how
RefundExceedsRequest    the merchant approves more than was asked for: `requested`
TooManyRefundRequests   `limit` requests were made for this payment before

These are no refusals: RequestMoved says that the request changed since it was read, SlotMoved that another one was made for its
payment, ForbiddenTransition that the code is wrong.
"""

from __future__ import annotations

from typing import ClassVar

from wallet_api.errors import Conflict, Retry


class RefundRequestOpen(Conflict):
    """The payment has an open request, `refund_request_id`; one at a time."""

    code = "refund_request_open"


class RefundRequestEnded(Conflict):
    """The request was decided or taken back before: `request_status`."""

    code = "refund_request_ended"


class RefundExceedsRequest(Conflict):
    """More is to be given back than was asked for: `requested`."""

    code = "refund_exceeds_request"
    retry: ClassVar[Retry] = "new_key"


class TooManyRefundRequests(Conflict):
    """`limit` requests were made for this payment before."""

    code = "too_many_refund_requests"


class RequestMoved(Exception):
    """The request came into another state since it was read."""


class SlotMoved(Exception):
    """Another request was made for the payment since its requests were read."""


class ForbiddenTransition(Exception):
    """A request was to go into a state that its own does not lead to."""
