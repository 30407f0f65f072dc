"""How a transfer's money moves."""

from msgspec.structs import replace

from tests.transfers.test_model import AT, DUE, a_delayed_transfer, a_transfer
from wallet_api.ledger import chart
from wallet_api.money import Money, zero
from wallet_api.transfers.postings import arrival_entry, hold_entry, transfer_entry, void_entry


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


HOLD = ("holds/trf_1", "CNY")


def test_what_arrives_later_is_set_aside_with_its_fee_m2() -> None:
    """M2: nobody has it meanwhile."""
    entry = hold_entry(a_delayed_transfer())

    assert entry.net() == {("customer/usr_a", "CNY"): Money(-505, "CNY"), HOLD: Money(505, "CNY")}
    assert (entry.kind, entry.subject, entry.id, entry.at) == ("transfer_hold", "trf_1", "ent_1", AT)


def test_what_arrives_takes_all_that_was_set_aside_m2() -> None:
    """M2: the payee's part and the wallet's."""
    entry = arrival_entry(a_delayed_transfer().ended("succeeded", DUE), "ent_2", DUE)

    assert entry.net() == {
        HOLD: Money(-505, "CNY"),
        ("customer/usr_b", "CNY"): Money(500, "CNY"),
        (chart.FEES, "CNY"): Money(5, "CNY"),
    }
    assert (entry.kind, entry.id, entry.at) == ("transfer_arrival", "ent_2", DUE)


def test_what_comes_back_is_the_payers_or_kept_for_them_m2() -> None:
    """M2: with its fee."""
    canceled = a_delayed_transfer().ended("canceled", AT)
    kept = a_delayed_transfer().ended("canceled", AT, aside=True)

    assert void_entry(canceled, "ent_2", AT).net() == {
        HOLD: Money(-505, "CNY"),
        ("customer/usr_a", "CNY"): Money(505, "CNY"),
    }
    assert void_entry(kept, "ent_2", AT).net() == {HOLD: Money(-505, "CNY"), (chart.SUSPENSE, "CNY"): Money(505, "CNY")}
