"""How a merchant's call fails before it is looked at.

ApiKeyRevoked       the key was taken back
MerchantSuspended   the merchant may not act now
"""

from __future__ import annotations

from wallet_api.errors import Forbidden, Unauthenticated


class ApiKeyRevoked(Unauthenticated):
    """The key was revoked, or was never issued."""

    code = "api_key_revoked"


class MerchantSuspended(Forbidden):
    """The merchant is suspended: nothing can be asked in its name until an operator lifts it."""

    code = "merchant_suspended"
