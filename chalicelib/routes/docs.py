"""What the API says about itself: whether it is well, its OpenAPI document, the reference page, a page for each error
code. What makes them is imported when somebody asks: a payment needs none of it.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Literal

import msgspec

from chalicelib.documents import Document
from chalicelib.headers import VERSION
from chalicelib.http import Call, Routes, endpoint
from chalicelib.views import View
from wallet_api.clock import rfc3339
from wallet_api.errors import NotFound, WalletError
from wallet_api.ledger import chart

routes = Routes(__name__)

PAGES = Path(__file__).resolve().parents[2] / "web" / "docs"
ASSETS = {
    "pages.css": "text/css",
    "reading.js": "text/javascript",
    "reference.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "swagger-ui-bundle.js": "text/javascript",
    "waiting.js": "text/javascript",
}
# Swagger UI sets style attributes; everything else comes from this server, as files of their own.
SAFE_PAGE = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}
IN_ENGLISH = {"Content-Language": "en"}
IN_BOTH = {"Content-Language": "en, zh-CN"}
"""Of what is the same for every reader, whatever language they ask for."""


class HealthView(View):
    """That the wallet answers and reaches its tables."""

    object: Literal["health"] = "health"
    status: Literal["ok"] = "ok"
    version: str
    mode: str
    time: str


@endpoint(routes, "GET", "/v1/health", summary="Is the wallet well?", answer=HealthView)
def get_health(call: Call[None]) -> Any:
    """Reads one item of the ledger: 503 with `Retry-After` while the tables do not answer."""
    with call.wallet.storage.trip() as trip:
        found = call.wallet.ledger.accounts.find(chart.FEES, trip)
    found()
    return HealthView(version=VERSION, mode=call.wallet.settings.mode, time=rfc3339(call.wallet.clock.now()))


@endpoint(routes, "GET", "/openapi.json", summary="This API as OpenAPI 3.1", answer="application/json")
def get_openapi(call: Call[None]) -> Any:
    """Made from the code that answers."""
    return Document("application/json", _openapi(call.wallet.settings.public_url), IN_BOTH)


@endpoint(routes, "GET", "/docs", summary="The reference page", answer="text/html")
def get_reference(_: Call[None]) -> Any:
    """Every call, to read and to try."""
    return Document("text/html", _page("index.html"), SAFE_PAGE | IN_BOTH)


@endpoint(routes, "GET", "/docs/assets/{name}", summary="A file of the reference page", answer="text/*")
def get_asset(call: Call[None]) -> Any:
    """Scripts and styles; nothing is loaded from elsewhere."""
    name = call.path["name"]
    if name not in ASSETS:
        raise NotFound
    return Document(ASSETS[name], _page(name))


@endpoint(routes, "GET", "/docs/errors", summary="All error codes", answer="text/html")
def list_errors(_: Call[None]) -> Any:
    """In both languages."""
    from chalicelib.error_pages import errors_page

    return Document("text/html", errors_page(_page("errors.html")), SAFE_PAGE | IN_BOTH)


@endpoint(routes, "GET", "/docs/errors/{code}", summary="One error code", answer="text/html")
def get_error(call: Call[None]) -> Any:
    """What happened, what it means for your money, what to do. The `type` of a problem points here."""
    from chalicelib.error_pages import error_page

    error = WalletError.by_code.get(call.path["code"])
    if error is None:
        raise NotFound
    return Document("text/html", error_page(_page("error.html"), error), SAFE_PAGE | IN_BOTH)


@endpoint(routes, "GET", "/docs/guides", summary="The guides", answer="text/html")
def list_guides(_: Call[None]) -> Any:
    """How to use it, step by step."""
    return Document("text/html", _page("guides.html"), SAFE_PAGE | IN_BOTH)


@endpoint(routes, "GET", "/docs/guides/{name}", summary="One guide", answer="text/html")
def get_guide(call: Call[None]) -> Any:
    """As it stands in the repository."""
    name = call.path["name"]
    if name not in _guides():
        raise NotFound
    page = _page(f"guides/{name}.html")
    return Document("text/html", page, SAFE_PAGE | {"Content-Language": _language(page)})


@endpoint(routes, "GET", "/docs/changelog", summary="What changed", answer="text/html")
def get_changelog(_: Call[None]) -> Any:
    """Newest first."""
    return Document("text/html", _page("changelog.html"), SAFE_PAGE | IN_ENGLISH)


@endpoint(routes, "GET", "/docs/bruno.json", summary="This API as a collection for Bruno", answer="application/json")
def get_bruno(call: Call[None]) -> Any:
    """Made from the OpenAPI document; open it with "Import Collection"."""
    from chalicelib.openapi.bruno import collection

    return Document("application/json", _encoded(collection(_document(call.wallet.settings.public_url))), IN_ENGLISH)


@endpoint(routes, "GET", "/llms.txt", summary="What a language model should know", answer="text/plain")
def get_llms(call: Call[None]) -> Any:
    """Where what is, and every call in a line."""
    from chalicelib.openapi.llms import llms_txt

    return Document("text/plain", llms_txt(_document(call.wallet.settings.public_url), _guides()), IN_ENGLISH)


@cache
def _guides() -> dict[str, str]:
    """Their titles by their names."""
    return {path.stem: _title(path.read_text("utf-8")) for path in sorted((PAGES / "guides").glob("*.html"))}


def _title(page: str) -> str:
    from html import unescape

    return unescape(page.partition("<h1")[2].partition(">")[2].partition("</h1>")[0])


def _language(page: str) -> str:
    """What a page says of its own language."""
    return page.partition('<html lang="')[2].partition('"')[0]


@cache
def _page(name: str) -> str:
    return (PAGES / name).read_text(encoding="utf-8")


@cache
def _openapi(server_url: str) -> str:
    return _encoded(_document(server_url))


def _encoded(value: Any) -> str:
    return msgspec.json.encode(value).decode()


@cache
def _document(server_url: str) -> Any:
    from chalicelib import openapi
    from chalicelib.routes import every

    return openapi.document([each for routes in every() for each in routes.endpoints], server_url)
