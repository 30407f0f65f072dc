"""Reconciliation over HTTP: which days there are, and each day's file."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from chalicelib.documents import Document
from chalicelib.http import Call, Routes, endpoint
from chalicelib.views import Cursor, ListView, PageQuery, View
from wallet_api.errors import NotFound
from wallet_api.ledger.days import Day
from wallet_api.merchants.model import MerchantCaller
from wallet_api.reconciliation.errors import ReconciliationChanged, ReconciliationNotReady
from wallet_api.reconciliation.use_cases import Reading
from wallet_api.storage.pages import Page

routes = Routes(__name__)

Rows = Annotated[int, Meta(ge=1, le=1000)]


class FileQuery(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, frozen=True):
    """How many rows of the day, and after which part: `Wallet-Next-Cursor` of the answer before."""

    limit: Rows = 500
    cursor: Cursor | None = None


class DayBalanceView(View):
    """One currency of a day, in minor units: `opening` and `net` make `closing`."""

    currency: str
    opening: int | None
    net: int
    closing: int | None


class ReportView(View):
    """A day and its file. `open` is a day that is not closed yet; `amended` one in which something was counted after it was closed,
    which the next night's closing carries into the days after it. `lines` is how many lines the file has between its balances.
    """

    object: Literal["reconciliation_report"] = "reconciliation_report"
    date: str
    status: Literal["open", "final", "amended"]
    lines: int
    balances: list[DayBalanceView]
    path: str


@endpoint(
    routes,
    "GET",
    "/v1/reconciliation",
    summary="List the days' files",
    callers=[MerchantCaller],
    scope="reports:read",
    query=PageQuery,
    answer=ListView[ReportView],
    session="in_use_case",
)
def list_reports(call: Call[None]) -> Any:
    """The days that are over, newest first, each with the balances that its file begins and ends with."""
    page = call.wallet.reports.days(call.merchant, call.query.page())
    return ListView.of(Page(tuple(_view(day) for day in page.rows), page.next_cursor))


@endpoint(
    routes,
    "GET",
    "/v1/reconciliation/{date}",
    summary="Download a day's file",
    callers=[MerchantCaller],
    scope="reports:read",
    query=FileQuery,
    answer="text/csv",
    session="in_use_case",
    errors=[NotFound, ReconciliationNotReady, ReconciliationChanged],
)
def get_report(call: Call[None]) -> Any:
    """CSV in UTF-8: every line of the day's entries, from the opening balance to the closing one, to the cent. Days are China's.

    A long day comes in parts: as long as an answer carries `Wallet-Next-Cursor`, the next part is what follows it, and the
    parts one after the other are the file. The last one ends with the closing balance, and only if the rows add up to it.
    """
    query, day = call.query, call.path["date"]
    part = call.wallet.reports.part(call.merchant, Reading(day, query.limit, query.cursor))
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="wallet-{day}.csv"',
        "Wallet-Report-Status": "final" if part.is_final else "amended",
    }
    if part.next_cursor is not None:
        headers["Wallet-Next-Cursor"] = part.next_cursor
    return Document("text/csv", part.text, headers)


def _view(day: Day) -> ReportView:
    closed = day.opening is not None
    opening, closing = day.opening or {}, day.closing if closed else {}
    return ReportView(
        date=day.date,
        status="open" if not closed else "final" if day.is_final else "amended",
        lines=day.lines,
        balances=[
            DayBalanceView(
                currency=each,
                opening=opening.get(each, 0) if closed else None,
                net=day.net.get(each, 0),
                closing=closing.get(each, 0) if closed else None,
            )
            for each in sorted({*opening, *day.net})
        ],
        path=f"/v1/reconciliation/{day.date}",
    )
