"""The reference page, the document, the pages of errors and the health of the wallet, over HTTP."""

import re
from pathlib import Path

import pytest

from chalicelib import messages
from chalicelib.headers import VERSION
from chalicelib.routes.docs import ASSETS
from tests.client import Api

WEB = Path(__file__).resolve().parents[2] / "web" / "docs"


def test_the_wallet_says_that_it_is_well(api: Api) -> None:
    shown = api.get("/v1/health").ok(200)
    assert (shown["status"], shown["mode"], shown["version"]) == ("ok", "test", VERSION)


def test_the_document_is_served_as_json(api: Api) -> None:
    answer = api.get("/openapi.json")
    assert answer.ok(200)["openapi"].startswith("3.1")
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.json["paths"]["/v1/health"]


def test_the_reference_page_loads_nothing_from_elsewhere(api: Api) -> None:
    """P6."""
    answer = api.get("/docs")
    assert answer.status == 200
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    named = re.findall(r'(?:src|href)="([^"]+)"', answer.text)
    assert named
    for name in named:
        assert name == "data:," or api.get(f"/{name}").status == 200, name


@pytest.mark.parametrize("name", sorted(ASSETS))
def test_every_file_of_the_page_is_there_as_what_it_is(api: Api, name: str) -> None:
    answer = api.get(f"/docs/assets/{name}")
    assert answer.status == 200
    assert answer.headers["content-type"].startswith(ASSETS[name])
    assert answer.body == (WEB / name).read_bytes()


@pytest.mark.parametrize("name", ["index.html", "..%2f..%2fapp.py", "%2e%2e", "LICENSE", ""])
def test_nothing_else_can_be_fetched(api: Api, name: str) -> None:
    assert api.get(f"/docs/assets/{name}").status == 404


def test_our_own_pages_call_no_foreign_server() -> None:
    for name in ("index.html", "errors.html", "error.html", "reference.js", "pages.css"):
        assert "//" not in (WEB / name).read_text("utf-8").replace("// The page calls", "")


def test_every_code_has_a_page_in_both_languages(api: Api) -> None:
    for code, texts in messages.catalog().items():
        if code == "fields":
            continue
        page = api.get(f"/docs/errors/{code}")
        assert page.status == 200, code
        assert texts["title"]["zh-CN"] in page.text
        assert page.headers["content-type"] == "text/html; charset=utf-8"


def test_the_type_of_a_problem_leads_to_its_page(api: Api) -> None:
    """P9: the `type` is an address that exists."""
    shown = api.get("/docs/errors/no_such_code").json
    path = re.sub(r"^https?://[^/]+", "", shown["type"])
    assert (shown["status"], path) == (404, "/docs/errors/not_found")
    assert "Not found" in api.get(path).text


def test_the_list_of_errors_leads_to_all_of_them(api: Api) -> None:
    named = re.findall(r'href="errors/(\w+)"', api.get("/docs/errors").text)
    assert set(named) == set(messages.catalog()) - {"fields"}
