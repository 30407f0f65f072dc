"""Personal data at rest: every field is sealed with AES-256-GCM under its person's data key, which KMS wraps.

The person, the field and the version are bound to the ciphertext, so a value copied to another person or another field
does not open. KMS's encryption context holds ids alone, since CloudTrail logs it in clear.
"""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from msgspec import Struct

from wallet_api.clock import Clock
from wallet_api.errors import Unavailable

CACHED_KEYS = 500
CACHE_AGE = timedelta(minutes=5)
CACHE_USES = 1000
_VERSION = b"\x01"
_SHORTEST = 1 + 12 + 16
"""A sealed text that is empty: version, nonce and tag."""


class KeyServiceDown(Unavailable):
    """The key service does not answer, so personal data can be neither read nor written."""

    code = "key_service_unavailable"


class SealBroken(Exception):
    """A ciphertext does not belong to this person and field, or was changed: somebody meddled with the table."""


class _CachedKey(Struct):
    plain: bytes
    read_at: datetime
    uses: int = 0


class FieldCipher:
    """Seals and opens the personal fields of one owner at a time."""

    def __init__(self, kms: Any, key_id: str, clock: Clock) -> None:
        self._kms = kms
        self._key_id = key_id
        self._clock = clock
        self._cache: OrderedDict[tuple[str, bytes], _CachedKey] = OrderedDict()
        self._lock = threading.Lock()

    def new_key(self, owner: str) -> bytes:
        """A fresh data key for this owner, wrapped by KMS: keep it with the owner. Raises KeyServiceDown."""
        answer = self._ask(
            "generate_data_key", KeyId=self._key_id, KeySpec="AES_256", EncryptionContext=_context(owner)
        )
        wrapped = bytes(answer["CiphertextBlob"])
        self._remember(owner, wrapped, bytes(answer["Plaintext"]))
        return wrapped

    def rewrapped(self, owner: str, wrapped: bytes, *, again: bool = False) -> bytes | None:
        """A data key, wrapped under the key that is used now; None when it is already, unless `again`, which is for a key
        whose material KMS has renewed. What was sealed with it stays as it is, and the key in clear never leaves KMS.

        Raises KeyServiceDown, SealBroken.
        """
        context = _context(owner)
        answer = self._ask(
            "re_encrypt",
            CiphertextBlob=wrapped,
            SourceEncryptionContext=context,
            DestinationKeyId=self._key_id,
            DestinationEncryptionContext=context,
        )
        return None if answer["KeyId"] == answer["SourceKeyId"] and not again else bytes(answer["CiphertextBlob"])

    def seal(self, owner: str, wrapped: bytes, field: str, text: str) -> bytes:
        """The ciphertext of one field. Raises KeyServiceDown."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = secrets.token_bytes(12)
        sealed = AESGCM(self._plain_key(owner, wrapped)).encrypt(nonce, text.encode(), _bound_to(owner, field))
        return _VERSION + nonce + sealed

    def open(self, owner: str, wrapped: bytes, field: str, sealed: bytes) -> str:
        """The text of one field. Raises SealBroken when it is another's, KeyServiceDown when KMS does not answer."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        if sealed[:1] != _VERSION or len(sealed) < _SHORTEST:
            raise SealBroken(f"{field} of {owner} is sealed in an unknown way")
        try:
            plain = AESGCM(self._plain_key(owner, wrapped)).decrypt(sealed[1:13], sealed[13:], _bound_to(owner, field))
        except InvalidTag:
            raise SealBroken(f"{field} of {owner} does not open") from None
        return plain.decode()

    def _plain_key(self, owner: str, wrapped: bytes) -> bytes:
        with self._lock:
            cached = self._cache.get((owner, wrapped))
            if cached and cached.uses < CACHE_USES and self._clock.now() - cached.read_at < CACHE_AGE:
                cached.uses += 1
                self._cache.move_to_end((owner, wrapped))
                return cached.plain
        answer = self._ask("decrypt", CiphertextBlob=wrapped, EncryptionContext=_context(owner))
        plain = bytes(answer["Plaintext"])
        self._remember(owner, wrapped, plain)
        return plain

    def _remember(self, owner: str, wrapped: bytes, plain: bytes) -> None:
        with self._lock:
            self._cache[owner, wrapped] = _CachedKey(plain, self._clock.now())
            while len(self._cache) > CACHED_KEYS:
                self._cache.popitem(last=False)

    def _ask(self, operation: str, **arguments: Any) -> Any:
        try:
            return getattr(self._kms, operation)(**arguments)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") == "InvalidCiphertextException":
                raise SealBroken("a data key does not belong to its owner") from None
            raise KeyServiceDown from error
        except BotoCoreError as error:
            raise KeyServiceDown from error


def _context(owner: str) -> dict[str, str]:
    return {"purpose": "personal-data", "owner": owner}


def _bound_to(owner: str, field: str) -> bytes:
    return f"people|{owner}|{field}|1".encode()
