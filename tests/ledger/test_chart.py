"""The chart: which accounts are guarded, and whose they are."""

import pytest

from wallet_api.ledger import chart


@pytest.mark.parametrize(
    ("account", "guarded", "owner"),
    [
        (chart.customer("usr_1"), True, "usr_1"),
        (chart.merchant("mer_1"), False, "mer_1"),
        (chart.bank("cards"), False, None),
        (chart.hold("pay_1"), False, None),
        (chart.FEES, False, None),
        (chart.SUSPENSE, False, None),
        (chart.PROMOTIONS, False, None),
        ("customers/usr_1", False, None),
    ],
)
def test_only_customers_are_guarded(account: str, guarded: bool, owner: str | None) -> None:
    """M23: what two payers share is folded, so that it is never a hot key."""
    assert chart.is_guarded(account) is guarded
    assert chart.owner_of(account) == owner


def test_no_two_names_are_one_account() -> None:
    names = [chart.customer("x"), chart.merchant("x"), chart.bank("x"), chart.hold("x"), *chart.SYSTEM_ACCOUNTS]
    assert len(set(names)) == len(names)
