"""Webhook endpoints over HTTP: where a merchant's events go."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from chalicelib.http import Call, Routes, endpoint
from chalicelib.views import Body, ListView, NothingView, PageQuery, View
from wallet_api.clock import rfc3339
from wallet_api.errors import Invalid, NotFound
from wallet_api.merchants.model import MerchantCaller
from wallet_api.storage.pages import Page
from wallet_api.webhooks.errors import TooManyWebhookEndpoints, WebhookSecretsRolling
from wallet_api.webhooks.model import LONGEST_OVERLAP, Endpoint, EndpointStatus, Reason
from wallet_api.webhooks.use_cases import Wish

routes = Routes(__name__)

Url = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=2000,
        pattern=r"^https?://[\x21-\x7e]+$",
        description="An https address of the public network, on port 443 or 8443.",
        examples=["https://shop.example.org/wallet/events"],
    ),
]
EventType = Annotated[
    str, Meta(max_length=60, pattern=r"^(\*|[a-z_]+(\.[a-z_]+)?\.(\*|[a-z_]+))$", examples=["payment.*"])
]
EventTypes = Annotated[
    list[EventType],
    Meta(min_length=1, max_length=50, description="Types, beginnings of some (`payment.*`), or all (`*`)."),
]
Description = Annotated[str, Meta(max_length=140, pattern=r"^[^\n\r\t]*$")]
Overlap = Annotated[
    int,
    Meta(
        ge=0,
        le=int(LONGEST_OVERLAP.total_seconds()),
        description="For how many seconds the secrets before sign beside the new one.",
        examples=[86400],
    ),
]


class EndpointBody(Body):
    """Where events are to go. Without types, all go there."""

    url: Url
    event_types: EventTypes = msgspec.field(default_factory=lambda: ["*"])
    description: Description = ""


class EndpointChange(Body):
    """What changes; what is left away stays. To enable an endpoint again is to forgive its failures."""

    url: Url | None = None
    event_types: EventTypes | None = None
    description: Description | None = None
    status: EndpointStatus | None = None


class RollBody(Body):
    """How long both secrets sign."""

    overlap: Overlap = 86_400


class EndpointView(View):
    """An endpoint. `secret` is shown when it is made or rolled, and never again; `secrets` counts those that sign now.

    `disabled_reason`: `by_merchant`; `gone`, when it answered 410; `failing`, when it took nothing for three days.
    """

    id: str
    object: Literal["webhook_endpoint"] = "webhook_endpoint"
    status: EndpointStatus
    url: str
    event_types: list[str]
    description: str
    secrets: int
    secret: str | None = None
    disabled_reason: Reason | None
    disabled_at: str | None
    failing_since: str | None
    created_at: str


@endpoint(
    routes,
    "POST",
    "/v1/webhook_endpoints",
    summary="Have events sent to a server",
    callers=[MerchantCaller],
    scope="webhooks:write",
    body=EndpointBody,
    answer=EndpointView,
    status=201,
    errors=[Invalid, TooManyWebhookEndpoints],
)
def create_webhook_endpoint(call: Call[EndpointBody]) -> Any:
    """The answer holds the secret that signs, this once. The address must lead to the public network, and is checked again at
    each delivery.
    """
    body = call.body
    wish = Wish(body.url, tuple(body.event_types), body.description)
    made, secret = call.wallet.webhooks.create(call.merchant, wish)
    return _endpoint(call, made, secret)


@endpoint(
    routes,
    "GET",
    "/v1/webhook_endpoints",
    summary="Where events go",
    callers=[MerchantCaller],
    scope="webhooks:read",
    query=PageQuery,
    answer=ListView[EndpointView],
)
def list_webhook_endpoints(call: Call[None]) -> Any:
    """The merchant's endpoints, oldest first; there are at most 16."""
    found = call.wallet.webhooks.page(call.merchant, call.query.page())
    return ListView.of(Page(tuple(_endpoint(call, each) for each in found.rows), found.next_cursor))


@endpoint(
    routes,
    "GET",
    "/v1/webhook_endpoints/{endpoint_id}",
    summary="Look at an endpoint",
    callers=[MerchantCaller],
    scope="webhooks:read",
    answer=EndpointView,
    errors=[NotFound],
)
def get_webhook_endpoint(call: Call[None]) -> Any:
    """One of the merchant's own."""
    return _endpoint(call, call.wallet.webhooks.get(call.merchant, _id(call)))


@endpoint(
    routes,
    "PATCH",
    "/v1/webhook_endpoints/{endpoint_id}",
    summary="Change an endpoint, disable it, enable it again",
    callers=[MerchantCaller],
    scope="webhooks:write",
    body=EndpointChange,
    answer=EndpointView,
    errors=[NotFound, Invalid],
)
def change_webhook_endpoint(call: Call[EndpointChange]) -> Any:
    """What happened while it was disabled is not sent by itself: replay it."""
    body = call.body
    types = None if body.event_types is None else tuple(body.event_types)
    wish = Wish(body.url, types, body.description, body.status)
    return _endpoint(call, call.wallet.webhooks.change(call.merchant, _id(call), wish))


@endpoint(
    routes,
    "DELETE",
    "/v1/webhook_endpoints/{endpoint_id}",
    summary="Remove an endpoint",
    callers=[MerchantCaller],
    scope="webhooks:write",
    answer=NothingView,
    errors=[NotFound],
)
def delete_webhook_endpoint(call: Call[None]) -> Any:
    """Its secrets are forgotten, and nothing more is sent to it."""
    endpoint_id = _id(call)
    call.wallet.webhooks.remove(call.merchant, endpoint_id)
    return NothingView(object="webhook_endpoint", id=endpoint_id)


@endpoint(
    routes,
    "POST",
    "/v1/webhook_endpoints/{endpoint_id}/roll_secret",
    summary="A new secret for an endpoint",
    callers=[MerchantCaller],
    scope="webhooks:write",
    body=RollBody,
    answer=EndpointView,
    errors=[NotFound, WebhookSecretsRolling],
)
def roll_webhook_secret(call: Call[RollBody]) -> Any:
    """The new secret is in the answer, this once. Until the overlap is over every delivery carries a signature with each."""
    overlap = timedelta(seconds=call.body.overlap)
    rolled, secret = call.wallet.webhooks.roll_secret(call.merchant, _id(call), overlap)
    return _endpoint(call, rolled, secret)


def _id(call: Call[Any]) -> str:
    return call.id("endpoint_id", "whk")


def _endpoint(call: Call[Any], found: Endpoint, secret: str | None = None) -> EndpointView:
    return EndpointView(
        id=found.id,
        status=found.status,
        url=found.url,
        event_types=list(found.event_types),
        description=found.description,
        secrets=len(found.valid_secrets(call.wallet.clock.now())),
        secret=secret,
        disabled_reason=found.reason,
        disabled_at=_moment(found.disabled_at),
        failing_since=_moment(found.failing_since),
        created_at=rfc3339(found.created_at),
    )


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else rfc3339(moment)
