"""The headers that decide whether a request is read at all: proofs, the API's version, the client's, the Idempotency-Key."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from chalicelib import auth, errors
from wallet_api.clients.model import Client, client_of
from wallet_api.wallet import Wallet

VERSION = "2026-11-22"
"""The version of the API that a client may pin with `Wallet-Version`; while there is one, any other is refused."""

FOR_EVERY_CLIENT = frozenset({"/v1/client_policy", "/v1/health"})
"""What a client that is too old may still ask: what it is to do about it."""

STANDARD = {
    "Cache-Control": "no-store",
    "Content-Language": "",
    "Wallet-Version": VERSION,
    "X-Content-Type-Options": "nosniff",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
}
"""Of every answer: its language is put in, and what it says of itself is laid over them."""

_KEY = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,62}[\x21-\x7e])?", re.ASCII)


def require_acceptable(
    wallet: Wallet, path: str, headers: Mapping[str, str], multi_headers: Mapping[str, list[str]]
) -> Client | None:
    """The client that a request names, None when it names none, which is as welcome as any.

    Raises what is wrong with the headers: DuplicateHeader, NotAuthenticated, UnknownVersion, ClientMalformed, UpdateRequired.
    """
    auth.require_single(multi_headers)
    auth.require_readable(headers)
    if headers.get("wallet-version", VERSION) != VERSION:
        raise errors.UnknownVersion(version=VERSION)
    named = headers.get("x-client")
    if named is None:
        return None
    client = client_of(named)
    if path.startswith("/v1/") and path not in FOR_EVERY_CLIENT:
        wallet.clients.require_supported(client)
    return client


def idempotency_key(headers: Mapping[str, str], wanted: Literal["required", "accepted"]) -> str | None:
    """The key, if there is one. Raises IdempotencyKeyMalformed, IdempotencyKeyRequired."""
    key = headers.get("idempotency-key")
    if key is None and wanted == "required":
        raise errors.IdempotencyKeyRequired
    return None if key is None else well_formed(key)


def well_formed(key: str) -> str:
    """The key. Raises IdempotencyKeyMalformed."""
    # The draft's Structured Field form "abc" and the bare form abc would name two operations.
    if not _KEY.fullmatch(key) or key.startswith('"'):
        raise errors.IdempotencyKeyMalformed
    return key
