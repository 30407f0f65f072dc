"""Card numbers in the wrong place: a line of human text that holds one is refused, so that it is neither kept nor shown.

People paste card numbers into notes and reasons. Identifiers and reference numbers are left alone: one in a few hundred
would look like a card by chance.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import msgspec

from chalicelib.views import Line
from wallet_api.cards.model import is_card_number
from wallet_api.errors import FieldProblem

_DIGITS_AND_GAPS = re.compile(r"[0-9]+(?:[ -][0-9]+)*", re.ASCII)
_SHORTEST, _LONGEST, _GROUPS = 13, 19, 5
_HUMAN_TEXT = (Line, Line | None)


def problems_in(body: msgspec.Struct) -> Iterator[FieldProblem]:
    """A problem for each line of human text that holds a card number (PCI DSS 3.5: it is stored nowhere)."""
    for name, shown_name in _lines_of(type(body)):
        value = getattr(body, name)
        if isinstance(value, str) and holds_card_number(value):
            yield FieldProblem(f"/{shown_name}", "card_number_not_here")


@cache
def _lines_of(shape: type[msgspec.Struct]) -> list[tuple[str, str]]:
    """The fields of human text, by their names in Python and in JSON. msgspec looks every annotation up anew each time."""
    return [(each.name, each.encode_name) for each in msgspec.structs.fields(shape) if each.type in _HUMAN_TEXT]


def holds_card_number(text: str) -> bool:
    """Whether the text holds 13 to 19 digits, in up to five groups as cards print them, that are a card's number."""
    for found in _DIGITS_AND_GAPS.findall(text):
        groups = re.split("[ -]", found)
        for first in range(len(groups)):
            digits = ""
            for group in groups[first : first + _GROUPS]:
                digits += group
                if len(digits) > _LONGEST:
                    break
                if len(digits) >= _SHORTEST and is_card_number(digits):
                    return True
    return False
