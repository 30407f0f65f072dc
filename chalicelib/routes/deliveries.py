"""Deliveries over HTTP: how each event got to an endpoint, and sending it again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from chalicelib.http import Call, Routes, endpoint
from chalicelib.routes.webhooks import EventTypes
from chalicelib.views import Body, ListView, PageQuery, View
from wallet_api.clock import rfc3339
from wallet_api.deliveries.model import Attempt, Delivery, Replay, Status
from wallet_api.deliveries.use_cases import Span
from wallet_api.errors import Invalid, NotFound
from wallet_api.merchants.model import MerchantCaller
from wallet_api.storage.pages import Page
from wallet_api.webhooks.errors import WebhookEndpointDisabled

routes = Routes(__name__)

When = Annotated[datetime, Meta(tz=True, examples=["2026-11-22T00:00:00Z"])]


class ReplayBody(Body):
    """Which events are sent again: from when until when (excluded), of which types."""

    since: When = msgspec.field(name="from")
    until: When = msgspec.field(name="to")
    event_types: EventTypes = msgspec.field(default_factory=lambda: ["*"])


class DeliveryQuery(PageQuery, frozen=True):
    """`status` asks for those that stand so: `failed` lists what never arrived."""

    status: Status | None = None


class AttemptView(View):
    """One try: what HTTP status came, or which problem kept one from coming. What the other side said is not kept."""

    at: str
    status_code: int | None
    problem: str | None
    milliseconds: int
    response_bytes: int


class DeliveryView(View):
    """One event on its way to one endpoint. `problem` says why it failed without a last attempt; `log` has the newest 20."""

    id: str
    object: Literal["webhook_delivery"] = "webhook_delivery"
    status: Status
    event_id: str
    event_type: str
    attempts: int
    next_attempt_at: str | None
    problem: str | None
    log: list[AttemptView]
    ended_at: str | None
    created_at: str


class ReplayView(View):
    """A job that sends events again, the newest first. It is `stopped` when its endpoint was disabled or removed."""

    id: str
    object: Literal["webhook_replay"] = "webhook_replay"
    status: Literal["running", "done", "stopped"]
    since: str = msgspec.field(name="from")
    until: str = msgspec.field(name="to")
    event_types: list[str]
    replayed: int
    created_at: str


@endpoint(
    routes,
    "POST",
    "/v1/webhook_endpoints/{endpoint_id}/test",
    summary="Send a test event",
    callers=[MerchantCaller],
    scope="webhooks:write",
    answer=DeliveryView,
    status=202,
    errors=[NotFound, WebhookEndpointDisabled],
)
def test_webhook_endpoint(call: Call[None]) -> Any:
    """A `webhook_endpoint.test` event, to this endpoint alone; its deliveries tell what came of it."""
    return _delivery(call.wallet.replays.test(call.merchant, _id(call)))


@endpoint(
    routes,
    "GET",
    "/v1/webhook_endpoints/{endpoint_id}/deliveries",
    summary="What was sent to an endpoint",
    callers=[MerchantCaller],
    scope="webhooks:read",
    query=DeliveryQuery,
    answer=ListView[DeliveryView],
    errors=[NotFound],
)
def list_webhook_deliveries(call: Call[None]) -> Any:
    """With every attempt, the newest events first."""
    page = call.wallet.deliveries.newest(call.merchant, _id(call), call.query.page(), call.query.status)
    return ListView.of(Page(tuple(_delivery(each) for each in page.rows), page.next_cursor))


@endpoint(
    routes,
    "POST",
    "/v1/webhook_endpoints/{endpoint_id}/replay",
    summary="Send the events of a time again",
    callers=[MerchantCaller],
    scope="webhooks:write",
    body=ReplayBody,
    answer=ReplayView,
    status=202,
    errors=[NotFound, Invalid, WebhookEndpointDisabled],
)
def replay_webhooks(call: Call[ReplayBody]) -> Any:
    """Begins a job; each event comes under the id that it had before, whether it had arrived or not."""
    body = call.body
    span = Span(body.since, body.until, tuple(body.event_types))
    return _replay(call.wallet.replays.begin(call.merchant, _id(call), span))


@endpoint(
    routes,
    "GET",
    "/v1/webhook_endpoints/{endpoint_id}/replays/{replay_id}",
    summary="How far a replay is",
    callers=[MerchantCaller],
    scope="webhooks:read",
    answer=ReplayView,
    errors=[NotFound],
)
def get_webhook_replay(call: Call[None]) -> Any:
    """`replayed` counts the events that were sent on their way again."""
    return _replay(call.wallet.replays.get(call.merchant, _id(call), call.id("replay_id", "rpl")))


class EventReplayBody(Body):
    """Where the event goes; without an endpoint, to all that want its type."""

    endpoint_id: Annotated[str, Meta(pattern=r"^whk_[0-9A-Z]{26}$")] | None = None


@endpoint(
    routes,
    "POST",
    "/v1/events/{event_id}/replay",
    summary="Send an event again",
    callers=[MerchantCaller],
    scope="webhooks:write",
    body=EventReplayBody,
    answer=ListView[DeliveryView],
    status=202,
    errors=[NotFound, WebhookEndpointDisabled],
)
def replay_event(call: Call[EventReplayBody]) -> Any:
    """Under the id that it had before, so that who has it already drops it."""
    event_id = call.id("event_id", "evt")
    sent: Sequence[Delivery] = call.wallet.replays.event(call.merchant, event_id, call.body.endpoint_id)
    return ListView.of(Page(tuple(_delivery(each) for each in sent), None))


def _id(call: Call[Any]) -> str:
    return call.id("endpoint_id", "whk")


def _delivery(found: Delivery) -> DeliveryView:
    return DeliveryView(
        id=found.id,
        status=found.status,
        event_id=found.event_id,
        event_type=found.event_type,
        attempts=found.attempts,
        next_attempt_at=_moment(found.next_attempt_at),
        problem=found.problem,
        log=[_attempt(each) for each in found.log],
        ended_at=_moment(found.ended_at),
        created_at=rfc3339(found.created_at),
    )


def _attempt(each: Attempt) -> AttemptView:
    return AttemptView(
        at=rfc3339(each.at),
        status_code=each.status,
        problem=each.problem,
        milliseconds=each.milliseconds,
        response_bytes=each.body_bytes,
    )


def _replay(job: Replay) -> ReplayView:
    return ReplayView(
        id=job.id,
        status=job.status,
        since=rfc3339(job.since),
        until=rfc3339(job.until),
        event_types=list(job.event_types),
        replayed=job.replayed,
        created_at=rfc3339(job.created_at),
    )


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else rfc3339(moment)
