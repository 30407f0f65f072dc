"""A person's notifications over HTTP: what happened to their money, in their language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from chalicelib.http import Call, Routes, endpoint
from chalicelib.views import ListView, PageQuery, View
from wallet_api.clock import rfc3339
from wallet_api.errors import NotFound
from wallet_api.inbox.model import Notification
from wallet_api.sessions.model import Customer
from wallet_api.storage.pages import Page

routes = Routes(__name__)


class NotificationView(View):
    """One event as a person reads it. `id` is the event's; `data` names the object, which has the rest."""

    id: str
    object: Literal["notification"] = "notification"
    type: str
    title: str
    text: str
    read: bool
    data: Mapping[str, Any]
    created_at: str


@endpoint(
    routes,
    "GET",
    "/v1/notifications",
    summary="What happened to my money, newest first",
    callers=[Customer],
    query=PageQuery,
    answer=ListView[NotificationView],
    session="in_use_case",
)
def list_notifications(call: Call[None]) -> Any:
    """In the language of `Accept-Language`, a moment after the facts. A page may hold fewer rows than `limit` and have a next
    one.
    """
    page = call.wallet.inbox.newest(call.customer, call.query.page(), call.locale)
    return ListView.of(Page(tuple(_view(each) for each in page.rows), page.next_cursor))


@endpoint(
    routes,
    "POST",
    "/v1/notifications/{notification_id}/read",
    summary="I have read this and what came before",
    callers=[Customer],
    answer=NotificationView,
    session="in_use_case",
    errors=[NotFound],
)
def read_notification(call: Call[None]) -> Any:
    """Doing it again, or for an earlier one, changes nothing."""
    return _view(call.wallet.inbox.read(call.customer, call.id("notification_id", "evt"), call.locale))


def _view(each: Notification) -> NotificationView:
    return NotificationView(
        id=each.id,
        type=each.type,
        title=each.title,
        text=each.text,
        read=each.read,
        data=each.data,
        created_at=rfc3339(each.created_at),
    )
