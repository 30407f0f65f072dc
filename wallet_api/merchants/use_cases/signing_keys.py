"""What whoever acts for a merchant can do with the keys that its servers sign requests with."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from wallet_api.merchants.model import MerchantCaller
from wallet_api.merchants.use_cases.merchants import Merchants
from wallet_api.sessions.model import Customer
from wallet_api.signatures.model import Algorithm, SigningKey
from wallet_api.signatures.use_cases import Signatures
from wallet_api.storage import Storage

Party = Customer | MerchantCaller


class SigningKeys(Struct, frozen=True):
    """The signing keys of every merchant. Everything raises what acting for the merchant raises."""

    storage: Storage
    merchants: Merchants
    signatures: Signatures

    def register(
        self, caller: Party, merchant_id: str, name: str, algorithm: Algorithm, public_key: str | None
    ) -> tuple[SigningKey, str | None]:
        """A new key, with the secret that we made for HMAC. Raises Invalid, TooManySigningKeys, KeyServiceDown."""
        self._require_acting(caller, merchant_id)
        return self.signatures.register(merchant_id, name, algorithm, public_key)

    def list(self, caller: Party, merchant_id: str) -> Sequence[SigningKey]:
        """The keys, newest first, those that were taken back among them."""
        self._require_acting(caller, merchant_id)
        return self.signatures.all(merchant_id)

    def revoke(self, caller: Party, merchant_id: str, key_id: str) -> None:
        """Takes a key back at once. Raises NotFound."""
        self._require_acting(caller, merchant_id)
        self.signatures.revoke(merchant_id, key_id)

    def _require_acting(self, caller: Party, merchant_id: str) -> None:
        with self.storage.trip() as trip:
            merchant = self.merchants.acting(caller, merchant_id, trip)
        merchant()
