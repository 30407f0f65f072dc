"""API keys over HTTP: what a merchant's servers call with."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal

from msgspec import Meta

from chalicelib.http import Call, Routes, endpoint
from chalicelib.moments import moment
from chalicelib.views import Body, ListView, PageQuery, View
from wallet_api.clock import rfc3339
from wallet_api.errors import NotFound
from wallet_api.merchants.errors import ApiKeyNotActive, ScopeMissing, TooManyApiKeys
from wallet_api.merchants.model import MAX_OVERLAP, ApiKey, MerchantCaller, NewKey, Scope
from wallet_api.sessions.model import Customer
from wallet_api.storage.pages import Page

routes = Routes(__name__)

KeyName = Annotated[str, Meta(min_length=1, max_length=60, pattern=r"^[^\n\r\t]+$")]
Scopes = Annotated[list[Scope], Meta(min_length=1, max_length=20)]
Until = Annotated[
    str,
    Meta(
        pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2})$",
        max_length=25,
        description="RFC 3339.",
        examples=["2035-01-01T00:00:00Z"],
    ),
]
Overlap = Annotated[
    int, Meta(ge=0, le=int(MAX_OVERLAP.total_seconds()), description="Seconds for which both work.", examples=[86_400])
]


class CreateKey(Body):
    """Without `scopes` the key may do everything; without `expires_at` it lives until it is revoked."""

    name: KeyName
    scopes: Scopes | None = None
    expires_at: Until | None = None


class RollKey(Body):
    """How long the former key goes on. With 0 it ends at once."""

    overlap: Overlap = 86_400


class ApiKeyView(View):
    """A key without its secret. `scopes` is null for one that may do everything; `last_used_at` is right to about an hour."""

    id: str
    object: Literal["api_key"] = "api_key"
    merchant_id: str
    status: Literal["active", "expired", "revoked"]
    name: str
    prefix: str
    last4: str
    scopes: list[str] | None
    rolled_to: str | None
    expires_at: str | None
    last_used_at: str | None
    created_at: str


class ApiKeyWithSecretView(ApiKeyView):
    """A key with its secret, which is shown this once: we keep a hash of it."""

    secret: str


@endpoint(
    routes,
    "POST",
    "/v1/merchants/{merchant_id}/api_keys",
    summary="Make an API key",
    callers=[Customer, MerchantCaller],
    scope="keys:write",
    body=CreateKey,
    answer=ApiKeyWithSecretView,
    status=201,
    session="in_use_case",
    errors=[NotFound, TooManyApiKeys, ScopeMissing],
)
def create_api_key(call: Call[CreateKey]) -> Any:
    """For the owner, and for a key with `keys:write`, which gives no other key more than it may do itself. If the answer got lost,
    revoke the key that the list shows and make another.
    """
    body = call.body
    scopes = None if body.scopes is None else tuple(dict.fromkeys(body.scopes))
    wanted = NewKey(body.name, scopes, None if body.expires_at is None else moment("/expires_at", body.expires_at))
    key, text = call.wallet.api_keys.create(call.party, call.id("merchant_id", "mer"), wanted)
    return _with_secret(call, key, text)


@endpoint(
    routes,
    "GET",
    "/v1/merchants/{merchant_id}/api_keys",
    summary="See the API keys",
    callers=[Customer, MerchantCaller],
    scope="keys:read",
    query=PageQuery,
    answer=ListView[ApiKeyView],
    session="in_use_case",
    errors=[NotFound],
)
def list_api_keys(call: Call[None]) -> Any:
    """Newest first, those that ended among them."""
    page = call.wallet.api_keys.list(call.party, call.id("merchant_id", "mer"), call.query.page())
    return ListView.of(Page(tuple(ApiKeyView(**_shown(call, key)) for key in page.rows), page.next_cursor))


@endpoint(
    routes,
    "POST",
    "/v1/merchants/{merchant_id}/api_keys/{key_id}/roll",
    summary="Roll an API key",
    callers=[Customer, MerchantCaller],
    scope="keys:write",
    body=RollKey,
    answer=ApiKeyWithSecretView,
    status=201,
    session="in_use_case",
    errors=[NotFound, ApiKeyNotActive, ScopeMissing],
)
def roll_api_key(call: Call[RollKey]) -> Any:
    """A new key with the same name and scopes; both work until the overlap is over."""
    merchant_id, overlap = call.id("merchant_id", "mer"), timedelta(seconds=call.body.overlap)
    key, text = call.wallet.api_keys.roll(call.party, merchant_id, call.id("key_id", "key"), overlap)
    return _with_secret(call, key, text)


@endpoint(
    routes,
    "DELETE",
    "/v1/merchants/{merchant_id}/api_keys/{key_id}",
    summary="Revoke an API key",
    callers=[Customer, MerchantCaller],
    scope="keys:write",
    answer=None,
    status=204,
    session="in_use_case",
    errors=[NotFound],
)
def revoke_api_key(call: Call[None]) -> None:
    """Ends it at once, also the one that asks."""
    call.wallet.api_keys.revoke(call.party, call.id("merchant_id", "mer"), call.id("key_id", "key"))


def _with_secret(call: Call[Any], key: ApiKey, text: str) -> ApiKeyWithSecretView:
    return ApiKeyWithSecretView(**_shown(call, key), secret=text)


def _shown(call: Call[Any], key: ApiKey) -> dict[str, Any]:
    return {
        "id": key.id,
        "merchant_id": key.merchant_id,
        "status": key.status_at(call.wallet.clock.now()),
        "name": key.name,
        "prefix": f"sk_{key.mode}_",
        "last4": key.last4,
        "scopes": None if key.scopes is None else list(key.scopes),
        "rolled_to": key.rolled_to,
        "expires_at": None if key.expires_at is None else rfc3339(key.expires_at),
        "last_used_at": None if key.last_used_at is None else rfc3339(key.last_used_at),
        "created_at": rfc3339(key.created_at),
    }
