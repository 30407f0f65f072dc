"""What can go wrong between the wallet and its tables, apart from a condition that says no."""

from __future__ import annotations

from typing import Any

from wallet_api.errors import Unavailable

BUSY_CODES = frozenset(
    {
        "InternalServerError",
        "LimitExceededException",
        "ProvisionedThroughputExceeded",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestTimeout",
        "ServiceUnavailable",
        "ThrottlingError",
        "ThrottlingException",
        "TransactionConflict",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)
"""Codes, of calls and of cancellation reasons, after which the same request may succeed."""

SURELY_NOT_APPLIED = BUSY_CODES - {
    "InternalServerError",
    "RequestTimeout",
    "ServiceUnavailable",
    "TransactionInProgressException",
}
"""Busy codes that DynamoDB gives before it applies anything; after the others the write may be there."""


class StorageBusy(Unavailable):
    """The tables were too busy until the deadline. Nothing was written."""

    code = "storage_busy"


class StorageFault(Exception):
    """A request that DynamoDB refuses as wrong: a defect of the wallet, never of the caller."""


def code_of(error: Any) -> str | None:
    """The code DynamoDB answered with, or None when no answer came.

    PynamoDB's own `cause_response_code` raises AttributeError on a timeout, just when the outcome is unknown.
    """
    cause = getattr(error, "cause", None) or error
    response = getattr(cause, "response", None)
    code = response.get("Error", {}).get("Code") if isinstance(response, dict) else None
    return str(code) if code else None
