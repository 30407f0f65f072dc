"""One name for one shape, and times that are told as such."""

import re
from typing import Any


def test_no_name_is_used_for_two_shapes_and_none_has_a_dot(document: Any) -> None:
    schemas = document["components"]["schemas"]
    assert {"FeesPayeeIn", "TransfersPayeeIn"} <= set(schemas)
    assert [name for name in schemas if not re.fullmatch(r"\w+", name)] == []
    titles = [shape["title"] for shape in schemas.values() if "title" in shape]
    assert len(set(titles)) == len(titles)


def test_times_in_answers_are_told_as_times(document: Any) -> None:
    shape = document["components"]["schemas"]["PaymentView"]["properties"]
    assert shape["created_at"] == {"type": "string", "format": "date-time"}
    assert {"type": "string", "format": "date-time"} in shape["paid_at"]["anyOf"]
