"""The closed list of reasons why money does not move, over HTTP."""

from __future__ import annotations

from typing import Any, Literal, get_args

from chalicelib.decline_texts import told
from chalicelib.http import Call, Routes, endpoint
from chalicelib.views import ListView, View
from wallet_api.declines import REASONS, DeclineCode, Reason
from wallet_api.storage.pages import Page

routes = Routes(__name__)


class DeclineView(View):
    """One reason: its kind, what it says and what to do next, in the caller's language."""

    code: DeclineCode
    object: Literal["decline_code"] = "decline_code"
    reason: Reason
    says: str
    next: str


@endpoint(routes, "GET", "/v1/decline_codes", summary="Why money did not move", answer=ListView[DeclineView])
def list_decline_codes(call: Call[None]) -> Any:
    """Every `decline_code` that a payment, a top-up or a problem can have. The list is closed: a new reason is a new version."""
    rows = []
    for code in get_args(DeclineCode):
        says, following = told(code, call.locale)
        rows.append(DeclineView(code=code, reason=REASONS[code], says=says, next=following))
    return ListView.of(Page(tuple(rows), None))
