"""Which types an endpoint may ask for."""

import pytest

from wallet_api.errors import Invalid
from wallet_api.events.model import TYPES
from wallet_api.webhooks.model import DISABLED, TEST, require_event_types


def test_types_are_kept_once_and_in_order() -> None:
    assert require_event_types(("refund.*", "*", "refund.*")) == ("*", "refund.*")
    for kind in TYPES:
        assert require_event_types((kind,)) == (kind,)
    assert {TEST, DISABLED} <= set(TYPES)


@pytest.mark.parametrize("pattern", ["", "payment", "payment.", "payment.*.x", "*.created", "paymen.*", "**"])
def test_what_no_type_ever_meets_is_refused(pattern: str) -> None:
    with pytest.raises(Invalid) as refusal:
        require_event_types(("payment.*", pattern))
    assert [problem.pointer for problem in refusal.value.problems] == ["/event_types/1"]
