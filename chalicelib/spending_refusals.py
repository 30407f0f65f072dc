"""What moving money out of a wallet may be answered with, whatever it is moved for: one list for every endpoint that does."""

from __future__ import annotations

from chalicelib.authorization_views import AUTHORIZATION_REFUSALS
from wallet_api.errors import WalletError
from wallet_api.fees.errors import QuoteExpired, QuoteMismatch, QuoteMissing, QuoteUsed
from wallet_api.ledger.errors import (
    DailyLimitReached,
    InsufficientFunds,
    MonthlyLimitReached,
    TransactionLimitExceeded,
    WalletClosed,
    WalletFrozen,
    YearlyLimitReached,
)

LIMIT_REFUSALS: tuple[type[WalletError], ...] = (
    DailyLimitReached,
    MonthlyLimitReached,
    YearlyLimitReached,
    TransactionLimitExceeded,
)
"""By how much a tier may move."""

QUOTE_REFUSALS: tuple[type[WalletError], ...] = (QuoteMissing, QuoteExpired, QuoteUsed, QuoteMismatch)
"""What a `quote_id` may be answered with."""

SPENDING_REFUSALS: tuple[type[WalletError], ...] = (
    InsufficientFunds,
    WalletFrozen,
    WalletClosed,
    *LIMIT_REFUSALS,
    *AUTHORIZATION_REFUSALS,
    *QUOTE_REFUSALS,
)
"""What a person's yes to a payment or a transfer may be answered with, beside what speaks against the other side."""
