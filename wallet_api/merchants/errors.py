"""How a merchant's call fails before it is looked at, and what cannot be done with its keys.

ApiKeyRevoked       the key was taken back, or its time is over
ApiKeyOfOtherMode   a live key at a test deployment, or the other way round
ScopeMissing        the key may not do this
MerchantSuspended   the merchant may not act now
ApiKeyNotActive     it was rolled or revoked before
TooManyApiKeys      take one back first
"""

from __future__ import annotations

from wallet_api.errors import Conflict, Forbidden, Unauthenticated


class ApiKeyRevoked(Unauthenticated):
    """The key was revoked, has expired, or was never issued."""

    code = "api_key_revoked"


class ApiKeyOfOtherMode(Unauthenticated):
    """The key has the form of the other mode's: test and live are two deployments, and `mode` is this one's."""

    code = "api_key_wrong_mode"


class ScopeMissing(Forbidden):
    """The key is restricted, and `scope` is not among what it may do."""

    code = "scope_missing"


class MerchantSuspended(Forbidden):
    """The merchant is suspended: nothing can be asked in its name until an operator lifts it."""

    code = "merchant_suspended"


class ApiKeyNotActive(Conflict):
    """The key was rolled, revoked, or is over, so it cannot be rolled."""

    code = "api_key_not_active"
    decides = False


class TooManyApiKeys(Conflict):
    """The merchant has as many active keys as it may have."""

    code = "too_many_api_keys"
    decides = False
