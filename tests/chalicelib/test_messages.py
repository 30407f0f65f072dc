"""Which language a caller is answered in, and that what is said agrees with what an answer's fields say."""

import re

import pytest

from chalicelib.messages import LOCALES, catalog, detail, field_detail, locale_of
from chalicelib.routes import every
from wallet_api.errors import WalletError
from wallet_api.money import Money

SAME_KEY = re.compile(r"same (Idempotency-)?[Kk]ey\b|(相同的|同一个) ?(Idempotency-Key|键)")
NEW_KEY = re.compile(r"new Idempotency-Key|new request|use a new key for it|新的 ?Idempotency-Key|新的键")


@pytest.mark.parametrize(
    ("header", "locale"),
    [
        (None, "zh-CN"),
        ("", "zh-CN"),
        ("en", "en"),
        ("en-GB,en;q=0.9,zh;q=0.8", "en"),
        ("zh-TW", "zh-CN"),
        ("fr, en;q=0.5", "en"),
        ("fr", "zh-CN"),
        ("en;q=0.1, zh;q=0.2", "zh-CN"),
        ("en;q=0, zh;q=0.1", "zh-CN"),
        ("en;q=0", "zh-CN"),
        ("en;q=high", "zh-CN"),
        ("en;q=１", "zh-CN"),
        ("*", "zh-CN"),
        ("x," * 1000 + "en", "zh-CN"),
        (";;;,,,=", "zh-CN"),
    ],
)
def test_the_language_is_the_best_that_is_asked_for_and_spoken(header: str | None, locale: str) -> None:
    assert locale_of(header) == locale


def test_money_is_shown_as_people_read_it() -> None:
    assert "12.50 CNY" in detail("insufficient_funds", "zh-CN", {"needed": Money(1250, "CNY")})
    assert "1250 JPY" in detail("insufficient_funds", "en", {"needed": Money(1250, "JPY")})


def test_a_value_of_a_fact_is_never_read_as_a_format() -> None:
    assert "{limit.__class__}" in field_detail("too_long", "en", {"limit": "{limit.__class__}"})


@pytest.mark.parametrize("locale", LOCALES)
def test_what_a_text_says_of_the_key_is_what_retry_says(locale: str) -> None:
    """D15, P9: who reads and who programs do the same next. Other keys, such as an API key, are other things."""
    assert every(), "with the routes every way to say no is there"
    for code in sorted(catalog().keys() - {"fields"}):
        error, text = WalletError.by_code[code], catalog()[code]["detail"][locale]
        assert error.retry in ("same_key", "after") or not SAME_KEY.search(text), f"{code}: {error.retry}: {text}"
        assert error.retry == "new_key" or not NEW_KEY.search(text), f"{code}: {error.retry}: {text}"


def test_those_patterns_find_what_they_look_for() -> None:
    for locale in LOCALES:
        assert SAME_KEY.search(catalog()["payment_processing"]["detail"][locale])
        assert NEW_KEY.search(catalog()["capture_currency_differs"]["detail"][locale])
