"""What both sides of a payment code stand on."""

from __future__ import annotations

from msgspec import Struct

from wallet_api.authorizations.use_cases import PaymentPins
from wallet_api.clock import Clock
from wallet_api.ledger.accounts import Accounts
from wallet_api.passwords.use_cases import Passwords
from wallet_api.payment_codes.store import PaymentCodeStore
from wallet_api.people.use_cases import People
from wallet_api.rate_limits.use_cases import RateLimits
from wallet_api.sessions.use_cases import Sessions
from wallet_api.storage import Storage
from wallet_api.storage.keys import Keys


class PaymentCodesGround(Struct, frozen=True):
    """The collaborators."""

    storage: Storage
    clock: Clock
    keys: Keys
    accounts: Accounts
    sessions: Sessions
    people: People
    passwords: Passwords
    pins: PaymentPins
    rate_limits: RateLimits
    store: PaymentCodeStore
