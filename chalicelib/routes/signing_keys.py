"""Signing keys over HTTP: what a merchant's servers sign their requests with (RFC 9421)."""

from __future__ import annotations

from base64 import b64encode
from typing import Annotated, Any, Literal

from msgspec import Meta

from chalicelib.http import Call, Routes, endpoint
from chalicelib.routes.api_keys import KeyName
from chalicelib.views import Body, ListView, View
from wallet_api.clock import rfc3339
from wallet_api.errors import NotFound
from wallet_api.merchants.model import MerchantCaller
from wallet_api.sessions.model import Customer
from wallet_api.signatures.errors import TooManySigningKeys
from wallet_api.signatures.model import Algorithm, SigningKey

routes = Routes(__name__)

PublicKey = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=200,
        pattern=r"^[A-Za-z0-9+/]+={0,2}$",
        description="Of Ed25519: base64 of the SubjectPublicKeyInfo in DER.",
    ),
]


class RegisterSigningKey(Body):
    """For `ed25519` the public key is given, and the private one never leaves your servers; for `hmac-sha256` we make a secret."""

    algorithm: Algorithm
    name: KeyName
    public_key: PublicKey | None = None


class SigningKeyView(View):
    """A signing key; its `id` is the signature's `keyid`. `public_key` is null for a secret."""

    id: str
    object: Literal["signing_key"] = "signing_key"
    merchant_id: str
    status: Literal["active", "revoked"]
    name: str
    algorithm: Algorithm
    public_key: str | None
    revoked_at: str | None
    created_at: str


class SigningKeyWithSecretView(SigningKeyView):
    """`secret` is the base64 of the secret's bytes, shown this once; null for a public key."""

    secret: str | None


@endpoint(
    routes,
    "POST",
    "/v1/merchants/{merchant_id}/signing_keys",
    summary="Register a signing key",
    callers=[Customer, MerchantCaller],
    scope="keys:write",
    body=RegisterSigningKey,
    answer=SigningKeyWithSecretView,
    status=201,
    session="in_use_case",
    errors=[NotFound, TooManySigningKeys],
)
def register_signing_key(call: Call[RegisterSigningKey]) -> Any:
    """Requests may be signed with it from now on; with `signed_requests_only` of the merchant they have to be."""
    body = call.body
    key, secret = call.wallet.signing_keys.register(
        call.party, call.id("merchant_id", "mer"), body.name, body.algorithm, body.public_key
    )
    return SigningKeyWithSecretView(**_shown(key), secret=secret)


@endpoint(
    routes,
    "GET",
    "/v1/merchants/{merchant_id}/signing_keys",
    summary="See the signing keys",
    callers=[Customer, MerchantCaller],
    scope="keys:read",
    answer=ListView[SigningKeyView],
    session="in_use_case",
    errors=[NotFound],
)
def list_signing_keys(call: Call[None]) -> Any:
    """The newest hundred, those that were taken back among them."""
    keys = call.wallet.signing_keys.list(call.party, call.id("merchant_id", "mer"))
    return ListView(data=[SigningKeyView(**_shown(key)) for key in keys])


@endpoint(
    routes,
    "DELETE",
    "/v1/merchants/{merchant_id}/signing_keys/{key_id}",
    summary="Take a signing key back",
    callers=[Customer, MerchantCaller],
    scope="keys:write",
    answer=None,
    status=204,
    session="in_use_case",
    errors=[NotFound],
)
def revoke_signing_key(call: Call[None]) -> None:
    """Nothing signed with it is accepted from now on."""
    call.wallet.signing_keys.revoke(call.party, call.id("merchant_id", "mer"), call.id("key_id", "sgk"))


def _shown(key: SigningKey) -> dict[str, Any]:
    return {
        "id": key.id,
        "merchant_id": key.merchant_id,
        "status": "active" if key.is_active else "revoked",
        "name": key.name,
        "algorithm": key.algorithm,
        "public_key": None if key.public_key is None else b64encode(key.public_key).decode("ascii"),
        "revoked_at": None if key.revoked_at is None else rfc3339(key.revoked_at),
        "created_at": rfc3339(key.created_at),
    }
