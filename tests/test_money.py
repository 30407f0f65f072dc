"""Money: whole minor units of one currency, and the digits that ISO 4217 gives them."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallet_api.money import MAX_AMOUNT, Money, currencies, decimal_text, exponent, is_currency, total, zero

AMOUNTS = st.integers(-(10**20), 10**20)

# ISO 4217, list one, written down here a second time: every currency whose digits are not two, and those that people confuse.
DIGITS = {
    "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0, "RWF": 0, "UGX": 0,
    "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
    "BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
    "CNY": 2, "HKD": 2, "MOP": 2, "TWD": 2, "USD": 2, "EUR": 2, "GBP": 2, "CHF": 2, "SGD": 2, "THB": 2, "MYR": 2,
    "IDR": 2, "INR": 2, "PHP": 2, "HUF": 2, "MGA": 2, "MRU": 2, "AFN": 2, "IRR": 2, "LAK": 2, "MMK": 2, "RSD": 2,
    "XCG": 2, "ZWG": 2, "SLE": 2, "VED": 2,
}  # fmt: skip
# Withdrawn, precious metals, funds, testing: nothing that a person pays with.
NOT_MONEY = ["XAU", "XAG", "XDR", "XTS", "XXX", "CLF", "CHE", "CHW", "USN", "UYI", "MXV", "COU", "BOV", "XSU", "XUA",
             "HRK", "CUC", "ZWL", "SLL", "ANG", "DEM", "RMB", "CNH", "cny", "", "CN", "CNYY"]  # fmt: skip


@pytest.mark.parametrize(("currency", "digits"), DIGITS.items())
def test_a_currency_has_the_digits_of_iso_4217(currency: str, digits: int) -> None:
    """M26."""
    assert exponent(currency) == digits


def test_every_currency_that_is_not_listed_here_has_two_digits() -> None:
    """M26."""
    others = set(currencies()) - set(DIGITS)
    assert {exponent(currency) for currency in others} == {2}
    assert 150 <= len(currencies()) <= 160
    assert all(len(code) == 3 and code.isascii() and code.isupper() for code in currencies())


@pytest.mark.parametrize("code", NOT_MONEY)
def test_what_nobody_pays_with_is_no_currency(code: str) -> None:
    assert not is_currency(code)
    with pytest.raises(ValueError, match="ISO 4217"):
        Money(1, code)


@pytest.mark.parametrize("amount", [True, False, 1.0, 1e2, "100", "１００", None, Decimal(1), b"1"])
def test_an_amount_is_an_integer_and_nothing_like_one(amount: Any) -> None:
    """M25, M27: `True` is an `int` to Python, and `int(19.99 * 100)` is 1998."""
    with pytest.raises(TypeError):
        Money(amount, "CNY")


@given(AMOUNTS, AMOUNTS)
def test_sums_and_differences_are_exact(left: int, right: int) -> None:
    assert (Money(left, "CNY") + Money(right, "CNY") - Money(right, "CNY")).amount == left
    assert -Money(left, "CNY") + Money(left, "CNY") == zero("CNY")
    assert (Money(left, "CNY") < Money(right, "CNY")) is (left < right)
    assert (Money(left, "CNY") <= Money(right, "CNY")) is (left <= right)


@given(st.lists(AMOUNTS))
def test_a_total_is_the_sum_of_its_parts(amounts: list[int]) -> None:
    assert total([Money(amount, "JPY") for amount in amounts], "JPY") == Money(sum(amounts), "JPY")


def test_currencies_do_not_mix() -> None:
    """M4."""
    fen, cents = Money(1, "CNY"), Money(1, "USD")
    for mixed in (lambda: fen + cents, lambda: fen - cents, lambda: fen < cents, lambda: total([fen], "USD")):
        with pytest.raises(ValueError, match="add up"):
            mixed()
    assert fen != cents


def test_only_nothing_is_false() -> None:
    assert not zero("CNY")
    assert Money(-1, "CNY")


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [(1250, "CNY", "12.50"), (5, "CNY", "0.05"), (-5, "CNY", "-0.05"), (0, "CNY", "0.00"), (1250, "JPY", "1250"),
     (1250, "KWD", "1.250"), (-1250, "KWD", "-1.250"), (12345678901234567891, "CNY", "123456789012345678.91")],
)  # fmt: skip
def test_people_read_major_units(amount: int, currency: str, text: str) -> None:
    """M29: through text, never through a binary fraction."""
    assert decimal_text(Money(amount, currency)) == text
    assert str(Money(amount, currency)) == f"{text} {currency}"


@given(AMOUNTS, st.sampled_from(currencies()))
def test_what_people_read_is_the_exact_amount(amount: int, currency: str) -> None:
    """M29."""
    read = Decimal(decimal_text(Money(amount, currency)))
    assert read.scaleb(exponent(currency)) == amount


def test_the_largest_amount_is_far_from_what_dynamodb_can_count() -> None:
    assert MAX_AMOUNT * 10**15 < 10**38
