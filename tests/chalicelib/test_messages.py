"""Which language a caller is answered in."""

import pytest

from chalicelib.messages import detail, field_detail, locale_of
from wallet_api.money import Money


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
