"""How a signature says no.

SignatureRequired    the merchant takes signed requests only
SignatureInvalid     the signature does not hold; `reason` says why
SignatureReplayed    its nonce was seen before
TooManySigningKeys   take one back first
SigningKeyMissing    signatures cannot be demanded before there is a key
"""

from __future__ import annotations

from typing import ClassVar

from wallet_api.errors import Conflict, MoneyMoved, Unauthenticated


class SignatureRequired(Unauthenticated):
    """The merchant has turned on that its requests must be signed."""

    code = "signature_required"


class SignatureInvalid(Unauthenticated):
    """The request's signature does not hold. In test mode `signature_base` is the text that we verified it over."""

    code = "signature_invalid"


class SignatureReplayed(Unauthenticated):
    """A request with this nonce came before; what became of that one, its Idempotency-Key tells."""

    code = "signature_replayed"
    money_moved: ClassVar[MoneyMoved] = "unknown"


class TooManySigningKeys(Conflict):
    """The merchant has as many signing keys as it may have."""

    code = "too_many_signing_keys"
    decides = False


class SigningKeyMissing(Conflict):
    """The merchant has no active signing key, so its servers could ask for nothing any more."""

    code = "signing_key_missing"
    decides = False
