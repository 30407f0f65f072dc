"""One file for each capability; `ALL` is what app.py registers and what the OpenAPI document is made of."""

from __future__ import annotations

from chalicelib.http import Routes
from chalicelib.routes import (
    cards,
    checkouts,
    contact_changes,
    docs,
    events,
    fees,
    passwords,
    payments,
    people,
    recoveries,
    refunds,
    registrations,
    scans,
    second_factors,
    sessions,
    sign_ins,
    top_ups,
    transactions,
    transfers,
    wallets,
)

ALL: tuple[Routes, ...] = (
    registrations.routes,
    sign_ins.routes,
    sessions.routes,
    recoveries.routes,
    passwords.routes,
    second_factors.routes,
    contact_changes.routes,
    people.routes,
    wallets.routes,
    cards.routes,
    top_ups.routes,
    fees.routes,
    payments.routes,
    scans.routes,
    checkouts.routes,
    refunds.routes,
    transfers.routes,
    transactions.routes,
    events.routes,
    docs.routes,
)
