"""Pages and documents: who has one is told so, and an address with a slash too many leads to it."""

from urllib.parse import urljoin

import pytest

from chalicelib.documents import CACHED, Document, headers_of, is_known, without_slash

PAGE = Document("text/html", "<p>茶</p>")


def test_each_text_has_a_tag_of_its_own_and_what_is_not_to_be_kept_has_none() -> None:
    tag = headers_of(PAGE)["ETag"]
    assert tag.startswith('W/"')
    assert headers_of(Document("text/html", "<p>茶</p>"))["ETag"] == tag
    assert headers_of(Document("text/html", "<p>酒</p>"))["ETag"] != tag
    assert headers_of(PAGE)["Cache-Control"] == CACHED
    private = headers_of(Document("text/html", "<p>茶</p>", {"Cache-Control": "no-store"}))
    assert private["Cache-Control"] == "no-store"
    assert "ETag" not in private


@pytest.mark.parametrize("told", ['W/"a"', '"a"', 'W/"b", W/"a"', '"b" ,"a"', "*"])
def test_a_tag_is_known_however_strong_and_among_others(told: str) -> None:
    """RFC 9110 section 13.1.2: the comparison is the weak one."""
    assert is_known('W/"a"', told)


@pytest.mark.parametrize(("tag", "told"), [('W/"a"', ""), ('W/"a"', '"ab"'), ('W/"a"', "a"), ("", ""), ("", "*")])
def test_another_tag_is_not_and_what_has_none_is_known_to_nobody(tag: str, told: str) -> None:
    assert not is_known(tag, told)


@pytest.mark.parametrize("path", ["/docs", "/docs/errors/not_found", "/api/docs/guides"])
def test_a_slash_at_the_end_leads_to_the_address_without_it(path: str) -> None:
    place = without_slash(f"{path}/")
    assert place is not None
    assert urljoin(f"https://wallet.example{path}/", place) == f"https://wallet.example{path}"
    assert without_slash(path) is None
