"""How the ledger says no.

AccountMissing               no such account
WalletFrozen, WalletClosed   the account takes no debit in this state
PayeeUnavailable             the account takes no transfer in this state
InsufficientFunds            the balance is smaller than what is to go out
DailyLimitReached            the day's outgoing sum would pass the tier's limit
MonthlyLimitReached          so would the month's
YearlyLimitReached           so would the year's
TransactionLimitExceeded     the amount is more than one transaction may move
IdempotencyKeyReused         the key belongs to another request
IdempotencyKeyInUse          the first request under this key is still running
OperationAbandoned           the caller made sure that nothing happens under this key
"""

from __future__ import annotations

from typing import ClassVar

from wallet_api.errors import Conflict, Declined, MoneyMoved, NotFound, Retry, WalletError


class AccountMissing(NotFound):
    """The account that money should leave or reach does not exist."""

    code = "account_missing"


class WalletFrozen(Declined):
    """The wallet is frozen: nothing goes out until its owner has proven who they are."""

    code = "wallet_frozen"


class WalletClosed(Declined):
    """The wallet is closed."""

    code = "wallet_closed"


class PayeeUnavailable(Declined):
    """The other side cannot receive money now."""

    code = "payee_unavailable"


class InsufficientFunds(Declined):
    """The balance is smaller than what is to go out; `needed` says how much that is, fee included."""

    code = "insufficient_funds"


class DailyLimitReached(Declined):
    """The day's outgoing sum would pass `limit`."""

    code = "daily_limit_reached"


class MonthlyLimitReached(Declined):
    """The month's outgoing sum would pass `limit`."""

    code = "monthly_limit_reached"


class YearlyLimitReached(Declined):
    """The year's outgoing sum would pass `limit`."""

    code = "yearly_limit_reached"


class TransactionLimitExceeded(Declined):
    """The amount is more than `limit`, which one transaction of this tier may move."""

    code = "transaction_limit_exceeded"


class IdempotencyKeyReused(WalletError):
    """The key was used for another request (another endpoint or body), which stands as it was decided."""

    code = "idempotency_key_reused"
    retry: ClassVar[Retry] = "new_key"


class IdempotencyKeyInUse(Conflict):
    """The first request under this key is still running, and may move money yet."""

    code = "idempotency_key_in_use"
    retry: ClassVar[Retry] = "after"
    money_moved: ClassVar[MoneyMoved] = "unknown"
    decides = False


class OperationAbandoned(Conflict):
    """The caller abandoned the key before a request under it was decided: none ever will be."""

    code = "operation_abandoned"
    retry: ClassVar[Retry] = "new_key"
    decides = False
