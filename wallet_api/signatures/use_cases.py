"""What is done with signatures: keys are registered and taken back, and a request's signature is checked in its first trip."""

from __future__ import annotations

import secrets
from base64 import b64decode, b64encode
from collections.abc import Sequence

from msgspec import Struct

from wallet_api.clock import Clock
from wallet_api.devices.model import read_public_key
from wallet_api.errors import FieldProblem, Invalid
from wallet_api.ids import is_id, new_id
from wallet_api.settings import Mode
from wallet_api.signatures.errors import SignatureInvalid, SignatureReplayed, TooManySigningKeys
from wallet_api.signatures.model import (
    MAX_KEYS,
    SECRET_BYTES,
    Algorithm,
    SignedRequest,
    SigningKey,
    claimed,
    require_holds,
    require_timely,
)
from wallet_api.signatures.store import SIGNING_KEY, SignatureStore
from wallet_api.storage import Read, Storage, Trip
from wallet_api.storage.crypto import FieldCipher
from wallet_api.storage.data_keys import Renewal

LISTED = 100
"""How many keys a list shows; those that were taken back stay in it."""
_SECRET = "signing_secret"  # noqa: S105  the field's name


class Signatures(Struct, frozen=True):
    """The signing keys of every merchant. Whoever asks has to know that the caller may act for the merchant."""

    storage: Storage
    clock: Clock
    cipher: FieldCipher
    mode: Mode
    store: SignatureStore

    @staticmethod
    def open(storage: Storage, clock: Clock, cipher: FieldCipher, mode: Mode) -> Signatures:
        """Binds the items to their tables."""
        return Signatures(storage, clock, cipher, mode, SignatureStore.open(storage))

    def register(
        self, merchant_id: str, name: str, algorithm: Algorithm, public_key: str | None
    ) -> tuple[SigningKey, str | None]:
        """A new key: of Ed25519 the public half that is given, of HMAC a secret that we make and show this once (base64).

        Raises Invalid for what is no key, TooManySigningKeys, KeyServiceDown.
        """
        wanted = algorithm == "ed25519"
        if wanted != (public_key is not None):
            raise Invalid(FieldProblem("/public_key", "required" if wanted else "not_with_this_algorithm"))
        if len(self.active(merchant_id)) >= MAX_KEYS:
            raise TooManySigningKeys(limit=MAX_KEYS)
        now = self.clock.now()
        key_id, secret = new_id("sgk", now), None
        der = None if public_key is None else read_public_key(public_key, "Ed25519")
        data_key = sealed = None
        if der is None:
            secret = b64encode(secrets.token_bytes(SECRET_BYTES)).decode("ascii")
            data_key = self.cipher.new_key(key_id)
            sealed = self.cipher.seal(key_id, data_key, _SECRET, secret)
        key = SigningKey(key_id, merchant_id, name, algorithm, now, der, data_key, sealed)
        with self.storage.atomic_write() as write:
            self.store.add(key, write)
        return key, secret

    def revoke(self, merchant_id: str, key_id: str) -> None:
        """Takes a key back at once; doing it again changes nothing. Raises NotFound."""
        with self.storage.atomic_write() as write:
            self.store.revoke(merchant_id, key_id, self.clock.now(), write)

    def all(self, merchant_id: str) -> Sequence[SigningKey]:
        """A merchant's keys, newest first, those that were taken back among them."""
        return self.store.all(merchant_id, LISTED)

    def active(self, merchant_id: str) -> Sequence[SigningKey]:
        """Those that a request may be signed with."""
        return [key for key in self.all(merchant_id) if key.is_active]

    def checking(self, merchant_id: str, request: SignedRequest, trip: Trip) -> Read[None]:
        """Reads the key that a request's signature names, and uses its nonce up, as part of the request's first trip.

        A signature that says too little of itself is refused without asking storage. Raises SignatureInvalid; so may calling
        the read, and SignatureReplayed, KeyServiceDown.
        """
        claim, now = claimed(request), self.clock.now()
        require_timely(claim, now)
        if not is_id(claim.key_id, "sgk"):
            raise SignatureInvalid(reason="unknown_key")
        found = self.store.find(merchant_id, claim.key_id, trip)
        fresh = self.store.use(merchant_id, claim, request.token, now, trip)

        def bring() -> None:
            key = found()
            if key is None or not key.is_active:
                raise SignatureInvalid(reason="unknown_key")
            require_holds(request, key.algorithm, self._material(key), show_base=self.mode == "test")
            if not fresh():
                raise SignatureReplayed

        return Read(bring)

    def renewal(self) -> Renewal:
        """How the data keys of our secrets are brought under another KMS key. For an operator's job."""
        return Renewal(self.storage, self.cipher, self.store.items, SIGNING_KEY, lambda item: item.key().id)

    def _material(self, key: SigningKey) -> object:
        """What the library verifies with: a public key object, or the secret's bytes."""
        from cryptography.hazmat.primitives.serialization import load_der_public_key

        if key.algorithm == "ed25519" and key.public_key is not None:
            return load_der_public_key(key.public_key)
        if key.data_key is None or key.secret_sealed is None:
            raise LookupError(f"{key.id} has nothing to verify with")
        return b64decode(self.cipher.open(key.id, key.data_key, _SECRET, key.secret_sealed))
