"""How a top-up's money moves."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from tests.top_ups.test_model import a_top_up
from wallet_api.top_ups.postings import top_up_entry

NOW = datetime(2026, 11, 22, 1, 5, tzinfo=UTC)


@given(st.integers(1, 10**12), st.integers(0, 10**9))
def test_the_amount_arrives_whole_and_the_fee_is_beside_it(amount: int, fee: int) -> None:
    entry = top_up_entry(a_top_up(amount, fee), "ent_1", NOW)
    net = {account: money.amount for (account, _), money in entry.net().items()}
    expected = {"customer/usr_1": amount, "fees": fee, "bank/cards": -amount - fee}
    assert net == {account: moved for account, moved in expected.items() if moved}
    assert (entry.kind, entry.subject) == ("top_up", "top_1")
