"""One file for each capability: `every` is what the OpenAPI document is made of, and what app.py registers."""

from __future__ import annotations

from importlib import import_module

from chalicelib.http import Routes

# In the order of the document.
CAPABILITIES = (
    "registrations",
    "sign_ins",
    "sessions",
    "devices",
    "payment_codes",
    "access",
    "authorizations",
    "recoveries",
    "freezes",
    "passwords",
    "second_factors",
    "contact_changes",
    "people",
    "wallets",
    "cards",
    "top_ups",
    "withdrawals",
    "fees",
    "merchant_applications",
    "merchants",
    "settlement_accounts",
    "api_keys",
    "signing_keys",
    "outlets",
    "payments",
    "outlet_payments",
    "mandates",
    "scans",
    "checkouts",
    "refunds",
    "refund_requests",
    "payouts",
    "payout_schedules",
    "reconciliation",
    "transfers",
    "operations",
    "transactions",
    "declines",
    "events",
    "webhooks",
    "deliveries",
    "inbox",
    "notification_preferences",
    "clients",
    "docs",
)


def every() -> tuple[Routes, ...]:
    """The routes of every capability. Imports the files of all."""
    return tuple(of(capability) for capability in CAPABILITIES)


def of(capability: str) -> Routes:
    """A capability's routes. Imports its file, where that was not done before."""
    routes: Routes = import_module(f"{__name__}.{capability}").routes
    return routes
