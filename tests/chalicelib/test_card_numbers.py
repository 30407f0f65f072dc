"""Card numbers in the wrong place are noticed, other digits are not."""

import pytest

from chalicelib.bodies import read_body
from chalicelib.card_numbers import holds_card_number
from chalicelib.views import Body, Line
from wallet_api.errors import Invalid


class Note(Body):
    order_id: str
    note: Line | None = None


@pytest.mark.parametrize(
    "text",
    [
        "4242424242424242",
        "my card is 4242 4242 4242 4242, thanks",
        "卡号6200-0000-0000-0005谢谢",
        "378282246310005",
        "pay 12 5555 5555 5555 4444 05 30",
    ],
)
def test_a_card_number_in_a_line_of_text_is_noticed_however_it_is_grouped(text: str) -> None:
    """D1."""
    assert holds_card_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "thanks for dinner on 2026-11-22",
        "+86 138 1234 5678",
        "4242424242424241",
        "order 20261122000123456789012345",
        "1 2 3 4 5 6 7 8 9 0 " * 7,
        "",
    ],
)
def test_other_digits_are_left_alone(text: str) -> None:
    assert not holds_card_number(text)


def test_a_body_with_a_card_number_in_its_text_is_refused_and_one_with_it_in_a_reference_is_not() -> None:
    """D1: the problem names the field and not the number."""
    with pytest.raises(Invalid) as refusal:
        read_body(b'{"order_id": "1", "note": "4242 4242 4242 4242"}', Note)
    assert [(each.pointer, each.code) for each in refusal.value.problems] == [("/note", "card_number_not_here")]
    assert "4242" not in repr(refusal.value.problems)
    assert read_body(b'{"order_id": "4242424242424242"}', Note).order_id == "4242424242424242"
