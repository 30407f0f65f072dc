"""What a transfer is."""

from datetime import UTC, datetime

import pytest

from wallet_api.money import Money
from wallet_api.transfers.errors import TransferToSelf
from wallet_api.transfers.model import Transfer, require_two_people


def a_transfer(fee: int = 5) -> Transfer:
    at = datetime(2026, 11, 22, tzinfo=UTC)
    return Transfer("trf_1", "usr_a", "usr_b", Money(500, "CNY"), Money(fee, "CNY"), None, "ent_1", at)


def test_nobody_sends_to_themselves_m9() -> None:
    """M9: two movements on one wallet would only look like something."""
    require_two_people("usr_a", "usr_b")
    with pytest.raises(TransferToSelf):
        require_two_people("usr_a", "usr_a")


def test_the_payer_gives_amount_and_fee() -> None:
    assert a_transfer().total == Money(505, "CNY")


def test_it_concerns_its_two_sides_alone() -> None:
    assert [a_transfer().concerns(person) for person in ("usr_a", "usr_b", "usr_c")] == [True, True, False]
