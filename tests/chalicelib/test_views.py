"""Shapes that many endpoints share."""

import msgspec
import pytest

from chalicelib.views import Body, ListView, MoneyIn, MoneyView, View
from wallet_api.errors import Invalid
from wallet_api.money import Money
from wallet_api.storage.pages import Page


def test_money_is_whole_minor_units_both_ways() -> None:
    """M26, M29."""
    assert MoneyIn(amount=1250, currency="JPY").money() == Money(1250, "JPY")
    big = MoneyView.of(Money(12_345_678_901_234_567_891, "CNY"))
    assert msgspec.json.encode(big) == b'{"amount":12345678901234567891,"currency":"CNY"}'


def test_a_currency_that_iso_4217_does_not_list_is_named_by_its_place() -> None:
    with pytest.raises(Invalid) as refusal:
        MoneyIn(amount=1, currency="XXX").money("/fee")
    assert refusal.value.problems[0].pointer == "/fee/currency"


def test_shapes_are_written_by_name_in_the_order_that_reads_best() -> None:
    class Shown(View):
        object: str = "shown"
        id: str

    class Taken(Body):
        note: str | None = None
        name: str

    assert msgspec.json.encode(Shown(id="1")) == b'{"object":"shown","id":"1"}'
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(b'{"name": "a", "nmae": "b"}', type=Taken)
    with pytest.raises(AttributeError):
        Taken(name="a").name = "b"  # type: ignore[misc]


def test_a_list_says_where_the_next_page_begins() -> None:
    shown = ListView.of(Page((MoneyView(amount=1, currency="CNY"),), None))
    assert msgspec.to_builtins(shown) == {
        "object": "list", "data": [{"amount": 1, "currency": "CNY"}], "next_cursor": None,
    }  # fmt: skip
