"""How a settlement account says no.

SettlementAccountMissing   the merchant has none yet
"""

from __future__ import annotations

from wallet_api.errors import NotFound


class SettlementAccountMissing(NotFound):
    """The merchant has given no account yet."""

    code = "settlement_account_missing"
