"""How a transfer's money moves."""

from msgspec.structs import replace

from tests.transfers.test_model import a_transfer
from wallet_api.ledger import chart
from wallet_api.money import Money, zero
from wallet_api.transfers.postings import transfer_entry


def test_the_payee_gets_the_amount_and_the_fee_account_the_fee_m2() -> None:
    """M2: every entry sums to zero."""
    entry = transfer_entry(a_transfer())

    assert entry.net() == {
        ("customer/usr_a", "CNY"): Money(-505, "CNY"),
        ("customer/usr_b", "CNY"): Money(500, "CNY"),
        (chart.FEES, "CNY"): Money(5, "CNY"),
    }
    assert (entry.kind, entry.subject, entry.id) == ("transfer", "trf_1", "ent_1")


def test_a_free_transfer_leaves_the_fee_account_alone() -> None:
    entry = transfer_entry(replace(a_transfer(), fee=zero("CNY")))

    assert {posting.account for posting in entry.postings} == {"customer/usr_a", "customer/usr_b"}
