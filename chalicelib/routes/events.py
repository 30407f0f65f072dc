"""Events over HTTP: what happened, for merchants and customers alike."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from chalicelib.auth import Caller
from chalicelib.http import Call, Routes, endpoint
from chalicelib.views import ListView, PageQuery, View
from wallet_api.clock import rfc3339
from wallet_api.errors import NotFound
from wallet_api.events.model import Event
from wallet_api.events.use_cases import Asked
from wallet_api.merchants.model import MerchantCaller
from wallet_api.sessions.model import Customer
from wallet_api.storage.pages import Page

routes = Routes(__name__)


class EventQuery(PageQuery, frozen=True):
    """`type` is one type, or the beginning of some (`payment.*`); `object_id` asks for what happened to one object, `from`
    and `to` (excluded) for a time. Such a page may hold fewer rows than `limit` and still have a next one.
    """

    type: Annotated[str, Meta(max_length=60, pattern=r"^[a-z_]+(\.[a-z_]+)?\.([a-z_]+|\*)$")] | None = None
    object_id: Annotated[str, Meta(pattern=r"^[a-z]{2,4}_[0-9A-Z]{26}$")] | None = None
    since: Annotated[datetime, Meta(tz=True)] | None = msgspec.field(default=None, name="from")
    until: Annotated[datetime, Meta(tz=True)] | None = msgspec.field(default=None, name="to")

    def asked(self) -> Asked:
        """As the use case reads it."""
        return Asked(() if self.type is None else (self.type,), self.object_id, self.since, self.until)


class EventView(View):
    """One fact. `data` is thin: ids, amounts and states; fetch the object for the rest.

    `sequence` puts the events of one object in order, however they arrive.
    """

    id: str
    object: Literal["event"] = "event"
    type: str
    sequence: int
    data: Mapping[str, Any]
    created_at: str


@endpoint(
    routes,
    "GET",
    "/v1/events",
    summary="What happened, newest first",
    callers=[Customer, MerchantCaller],
    scope="events:read",
    query=EventQuery,
    answer=ListView[EventView],
    session="in_use_case",
)
def list_events(call: Call[None]) -> Any:
    """The caller's own events, a moment after the facts."""
    page = call.wallet.events.newest(_caller(call), call.query.page(), call.query.asked())
    return ListView.of(Page(tuple(_view(event) for event in page.rows), page.next_cursor))


@endpoint(
    routes,
    "GET",
    "/v1/events/{event_id}",
    summary="Look at an event",
    callers=[Customer, MerchantCaller],
    scope="events:read",
    answer=EventView,
    session="in_use_case",
    errors=[NotFound],
)
def get_event(call: Call[None]) -> Any:
    """One of the caller's own events."""
    return _view(call.wallet.events.get(_caller(call), call.id("event_id", "evt")))


def _caller(call: Call[None]) -> Caller:
    if call.caller is None:
        raise TypeError("these endpoints have callers")
    return call.caller


def _view(event: Event) -> EventView:
    return EventView(
        id=event.id, type=event.type, sequence=event.sequence, data=event.data, created_at=rfc3339(event.created_at)
    )
