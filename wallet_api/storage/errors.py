"""What can go wrong between the wallet and its tables, apart from a condition that says no.

StorageBusy    the tables were too busy until the deadline: the caller may try again
StorageFault   DynamoDB refuses the request as wrong: the code is
"""

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
    """The code DynamoDB answered with, or None when no answer came. An unheard-of code with an HTTP status of 500 or more
    counts as InternalServerError: a proxy on the way has codes of its own.

    PynamoDB's own `cause_response_code` raises AttributeError on a timeout, just when the outcome is unknown.
    """
    cause = getattr(error, "cause", None) or error
    code = _answer(cause).get("Error", {}).get("Code")
    # PynamoDB keeps the error alone; the status is with the botocore error that it was made from.
    status = _answer(cause.__cause__ or cause).get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if status >= 500 and code not in BUSY_CODES:
        return "InternalServerError"
    return str(code) if code else None


def _answer(error: Any) -> dict[str, Any]:
    response = getattr(error, "response", None)
    return response if isinstance(response, dict) else {}
