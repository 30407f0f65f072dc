"""The page behind each code."""

import pytest

from chalicelib import messages
from chalicelib.error_pages import MONEY, RETRY, error_page, errors_page
from wallet_api.errors import Invalid, WalletError

OURS = sorted(
    (kind for kind in WalletError.by_code.values() if kind.__module__.startswith(("wallet_api.", "chalicelib."))),
    key=lambda kind: kind.code,
)


@pytest.mark.parametrize("kind", OURS, ids=lambda k: k.code)
def test_a_page_says_what_happened_to_the_money_and_what_to_do_in_both_languages(kind: type[WalletError]) -> None:
    page = error_page(
        "$code|$status|$title_en|$detail_en|$money_en|$retry_en|$title_zh|$detail_zh|$money_zh|$retry_zh", kind
    )
    parts = page.split("|")
    assert parts[0] == kind.code
    assert parts[1].isdigit()
    assert all(parts)
    assert "{" not in page


def test_every_state_of_money_and_every_advice_has_its_words() -> None:
    """Every value that `money_moved` and `retry` can take."""
    for words in (MONEY, RETRY):
        assert all(set(texts) == set(messages.LOCALES) for texts in words.values())
    assert {kind.money_moved for kind in OURS} <= set(MONEY)
    assert {kind.retry for kind in OURS} <= set(RETRY)


def test_texts_are_text_and_no_markup(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "detail", lambda *_: "<b>")
    assert error_page("$detail_en", Invalid) == "&lt;b&gt;"


def test_the_list_names_every_code_and_every_field_problem() -> None:
    page = errors_page("$codes$fields")
    catalog = messages.catalog()
    assert all(f"<code>{code}</code>" in page for code in catalog if code != "fields")
    assert all(f"<code>{code}</code>" in page for code in catalog["fields"])
