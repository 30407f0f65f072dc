"""Who settles with merchants stands on the same ground as everybody."""

from dev.cloud.local import LocalCloud


def test_payouts_are_of_the_same_ledger_and_merchants(cloud: LocalCloud) -> None:
    wallet = cloud.wallet
    assert wallet.payouts.ledger is wallet.ledger
    assert wallet.payouts.merchants is wallet.merchants
