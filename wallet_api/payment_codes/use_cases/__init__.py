"""What is done with payment codes: a person's device gets a secret and ends it, a payment proves and uses a code."""

from __future__ import annotations

from wallet_api.authorizations.use_cases import PaymentPins
from wallet_api.clock import Clock
from wallet_api.ledger.accounts import Accounts
from wallet_api.passwords.use_cases import Passwords
from wallet_api.payment_codes.store import PaymentCodeStore
from wallet_api.payment_codes.use_cases.issuing import Issued, Issuing
from wallet_api.payment_codes.use_cases.proving import Good, Proving, Shown
from wallet_api.people.use_cases import People
from wallet_api.rate_limits.use_cases import RateLimits
from wallet_api.sessions.use_cases import Sessions
from wallet_api.storage import Storage
from wallet_api.storage.keys import Keys

__all__ = ["Good", "Issued", "PaymentCodes", "Shown"]


class PaymentCodes(Issuing, Proving, frozen=True):
    """Everybody's payment codes."""

    @staticmethod
    def open(
        storage: Storage,
        clock: Clock,
        keys: Keys,
        accounts: Accounts,
        sessions: Sessions,
        people: People,
        passwords: Passwords,
        pins: PaymentPins,
        rate_limits: RateLimits,
    ) -> PaymentCodes:
        """Binds the items to their tables."""
        store = PaymentCodeStore.open(storage)
        return PaymentCodes(storage, clock, keys, accounts, sessions, people, passwords, pins, rate_limits, store)
