"""The reference page, the document, the pages of errors and the health of the wallet, over HTTP."""

import re
from pathlib import Path
from urllib.parse import urljoin

import pytest

from chalicelib import messages
from chalicelib.headers import VERSION
from chalicelib.routes.docs import ASSETS
from dev.guides import CHINESE, names
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


BOTH = "en, zh-CN"


@pytest.mark.parametrize(
    ("path", "language"),
    [
        ("docs", BOTH),
        ("docs/errors", BOTH),
        ("docs/errors/insufficient_funds", BOTH),
        ("docs/guides", BOTH),
        ("docs/guides/refunds", "en"),
        ("docs/guides/zh-refunds", "zh-CN"),
        ("docs/changelog", "en"),
        ("docs/bruno.json", "en"),
        ("llms.txt", "en"),
        ("openapi.json", BOTH),
    ],
)
def test_a_document_says_in_which_language_it_is_and_not_which_was_asked_for(
    api: Api, path: str, language: str
) -> None:
    """They are the same for everybody, and may be kept by a cache that gives them to others."""
    for asked in ("zh-CN", "en"):
        assert api.get(f"/{path}", lang=asked).headers["content-language"] == language


@pytest.mark.parametrize(
    "path", ["/docs", "/docs/guides/webhooks", "/docs/errors/not_found", "/docs/assets/swagger-ui.css", "/openapi.json"]
)
def test_who_has_a_document_is_not_sent_it_again(api: Api, path: str) -> None:
    first = api.get(path)
    assert first.status == 200
    again = api.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status, again.body) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["cache-control"] == first.headers["cache-control"]
    assert not {"content-type", "content-length"} & set(again.headers)
    assert api.get(path, headers={"If-None-Match": '"of-yesterday"'}).body == first.body


@pytest.mark.parametrize(
    "path", ["/docs", "/docs/guides", "/docs/guides/zh-webhooks", "/docs/errors", "/docs/errors/not_found"]
)
def test_a_page_with_a_slash_behind_its_address_is_at_the_one_without(api: Api, path: str) -> None:
    """Its styles and links are read from there; from the other they would lead to nothing."""
    answer = api.get(f"{path}/")
    assert (answer.status, answer.body) == (308, b"")
    assert urljoin(f"{path}/", answer.headers["location"]) == path


def test_our_own_pages_call_no_foreign_server() -> None:
    for name in ("index.html", "errors.html", "error.html", "page.html", "reference.js", "pages.css"):
        lines = (WEB / name).read_text("utf-8").splitlines()
        assert [line for line in lines if "//" in line and not line.lstrip().startswith("// ")] == [], name


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


def test_every_guide_is_a_page_that_loads_nothing_from_elsewhere(api: Api) -> None:
    """P6."""
    listed = re.findall(r'href="guides/([\w-]+)"', api.get("/docs/guides").text)
    assert set(listed) == {path.stem for path in (WEB / "guides").glob("*.html")} == set(names())
    for name in listed:
        page = api.get(f"/docs/guides/{name}")
        assert page.status == 200, name
        assert "default-src 'none'" in page.headers["content-security-policy"]
        assert not re.search(r'(?:src=|<link[^>]*href=)"(?:https?:)?//', page.text)
        assert f'<html lang="{"zh-CN" if name.startswith(CHINESE) else "en"}">' in page.text


def test_every_guide_leads_to_the_same_one_in_the_other_language_and_nowhere_to_nothing(api: Api) -> None:
    for name in names():
        here = f"/docs/guides/{name}"
        other = name.removeprefix(CHINESE) if name.startswith(CHINESE) else CHINESE + name
        page = api.get(here).text
        leads = {urljoin(here, link) for link in re.findall(r'href="(\.\./[\w./-]+)[#"]', page)}
        assert f"/docs/guides/{other}" in leads, name
        assert f'<a href="../guides/{other}" lang="{"en" if name.startswith(CHINESE) else "zh-CN"}" hreflang=' in page
        assert [each for each in leads - {"/docs/assets/pages.css"} if api.get(each).status != 200] == []


@pytest.mark.parametrize("name", ["..%2findex", "index", "%2e%2e", "no-such-guide"])
def test_no_other_file_is_a_guide(api: Api, name: str) -> None:
    assert api.get(f"/docs/guides/{name}").status == 404


def test_the_changelog_is_a_page(api: Api) -> None:
    assert "<h1" in api.get("/docs/changelog").text


def test_a_collection_for_bruno_is_made_from_the_document(api: Api) -> None:
    made = api.get("/docs/bruno.json").ok(200)
    assert {"version", "name", "items", "environments"} <= set(made)
    (address,) = (each for each in made["environments"][0]["variables"] if each["name"] == "baseUrl")
    assert address["value"] == api.get("/openapi.json").ok(200)["servers"][0]["url"]


def test_what_a_language_model_should_know_is_plain_text(api: Api) -> None:
    answer = api.get("/llms.txt")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert "`POST /v1/transfers`" in answer.text
    assert [name for name in names() if f"/docs/guides/{name})" not in answer.text] == []
