"""Why money did not move: one closed list for payments, top-ups, withdrawals, transfers and payouts, in codes that stay the same for ever.

A decline's code is that of the refusal that told it. What a merchant is told of its customer is less: whether there was too
little money, whether a limit stood in the way, and nothing else about the person.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

Reason = Literal[
    "balance", "limit", "card", "wallet", "merchant", "payee", "risk", "time", "proof", "network", "mandate"
]
"""What kind of thing stood in the way."""

DeclineCode = Literal[
    "insufficient_funds",
    "transaction_limit_exceeded",
    "daily_limit_reached",
    "monthly_limit_reached",
    "yearly_limit_reached",
    "card_declined",
    "card_insufficient_funds",
    "card_expired",
    "card_not_active",
    "card_verification_failed",
    "confirmation_expired",
    "charge_not_received",
    "refund_declined",
    "refund_not_received",
    "withdrawal_declined",
    "withdrawal_not_received",
    "withdrawal_returned",
    "withdrawal_to_credit_card",
    "withdrawal_card_too_new",
    "amount_below_minimum",
    "wallet_frozen",
    "wallet_closed",
    "merchant_unavailable",
    "outlet_closed",
    "payee_unavailable",
    "transfer_to_self",
    "risk_declined",
    "payment_expired",
    "quote_expired",
    "step_up_required",
    "step_up_unavailable",
    "payment_pin_locked",
    "storage_busy",
    "outcome_unknown",
    "mandate_revoked",
    "mandate_limit_exceeded",
    "payout_account_missing",
    "payout_account_cooling_down",
    "payout_below_minimum",
    "payout_exceeds_available",
    "limit_exceeded",
    "declined_by_wallet",
]

REASONS: Mapping[DeclineCode, Reason] = {
    "insufficient_funds": "balance",
    "transaction_limit_exceeded": "limit",
    "daily_limit_reached": "limit",
    "monthly_limit_reached": "limit",
    "yearly_limit_reached": "limit",
    "card_declined": "card",
    "card_insufficient_funds": "card",
    "card_expired": "card",
    "card_not_active": "card",
    "card_verification_failed": "card",
    "confirmation_expired": "time",
    "charge_not_received": "network",
    "refund_declined": "card",
    "refund_not_received": "network",
    "withdrawal_declined": "card",
    "withdrawal_not_received": "network",
    "withdrawal_returned": "card",
    "withdrawal_to_credit_card": "card",
    "withdrawal_card_too_new": "card",
    "amount_below_minimum": "limit",
    "wallet_frozen": "wallet",
    "wallet_closed": "wallet",
    "merchant_unavailable": "merchant",
    "outlet_closed": "merchant",
    "payee_unavailable": "payee",
    "transfer_to_self": "payee",
    "risk_declined": "risk",
    "payment_expired": "time",
    "quote_expired": "time",
    "step_up_required": "proof",
    "step_up_unavailable": "proof",
    "payment_pin_locked": "proof",
    "storage_busy": "network",
    "outcome_unknown": "network",
    "mandate_revoked": "mandate",
    "mandate_limit_exceeded": "mandate",
    "payout_account_missing": "payee",
    "payout_account_cooling_down": "payee",
    "payout_below_minimum": "limit",
    "payout_exceeds_available": "balance",
    "limit_exceeded": "limit",
    "declined_by_wallet": "wallet",
}

TO_MERCHANTS: tuple[DeclineCode, ...] = ("limit_exceeded", "declined_by_wallet")
"""What only merchants are told, in the place of what is their customer's own affair."""


def decline_code_of(refusal_code: str) -> DeclineCode | None:
    """The decline that a refusal is; None for a refusal that is none, such as a typing error."""
    return next((code for code in get_args(DeclineCode) if code == refusal_code and code not in TO_MERCHANTS), None)


def told_to_merchants(code: DeclineCode) -> DeclineCode:
    """How a merchant is told of what its customer was refused for."""
    if REASONS[code] == "limit":
        return "limit_exceeded"
    return code if REASONS[code] in ("balance", "merchant", "risk", "time", "mandate") else "declined_by_wallet"
