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


def test_a_time_is_told_as_one_whatever_it_is_called(document: Any) -> None:
    """A client's generator reads what is told as a time, and leaves the rest a text."""
    schemas = document["components"]["schemas"]
    told = {
        name: field.get("format") or {kind.get("format") for kind in field["anyOf"]} - {None}
        for shape, name in (
            ("StepView", "at"),
            ("NarrowerView", "until"),
            ("PaymentView", "capture_before"),
            ("RefundRequestView", "answer_by"),
            ("ReplayView", "from"),
            ("SettlementAccountView", "usable_from"),
            ("PayoutView", "day"),
        )
        for field in [schemas[shape]["properties"][name]]
    }
    assert {name: form if isinstance(form, str) else form.pop() for name, form in told.items()} == {
        "at": "date-time",
        "until": "date-time",
        "capture_before": "date-time",
        "answer_by": "date-time",
        "from": "date-time",
        "usable_from": "date-time",
        "day": "date",
    }
