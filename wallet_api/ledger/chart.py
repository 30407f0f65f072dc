"""The chart of accounts: every account is named here, once.

A *guarded* account may never go below zero, so its balance and line are written with the entry. Every other account is *folded*:
the request path does not touch it, and its balance and lines follow from the stream. Balances are what the wallet owes the
account's owner; what a bank or a card scheme owes the wallet stands as a negative balance.
"""

from __future__ import annotations

FEES = "fees"
SUSPENSE = "suspense"
PROMOTIONS = "promotions"

SYSTEM_ACCOUNTS = (FEES, SUSPENSE, PROMOTIONS)


def customer(person_id: str) -> str:
    """A person's wallet."""
    return f"customer/{person_id}"


def merchant(merchant_id: str) -> str:
    """What the wallet owes a merchant and has not settled yet."""
    return f"merchant/{merchant_id}"


def bank(rail: str) -> str:
    """Money on its way between the wallet and an outside company: `cards` for the card acquirer."""
    return f"bank/{rail}"


def hold(hold_id: str) -> str:
    """Money set aside for one purpose, posted or voided exactly once."""
    return f"holds/{hold_id}"


def is_hold(account: str) -> bool:
    """Whether the account is money set aside, which its owner's balance item shows as held."""
    return account.startswith("holds/")


def is_guarded(account: str) -> bool:
    """Whether the account's balance is written, and guarded, in the entry's own transaction."""
    return account.startswith("customer/")


def owner_of(account: str) -> str | None:
    """The id of the person or merchant that an account belongs to; None for the wallet's own."""
    kind, _, owner = account.partition("/")
    return owner if kind in ("customer", "merchant") else None
