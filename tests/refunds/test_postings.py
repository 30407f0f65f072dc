"""Who gives and who gets in a refund."""

from datetime import UTC, datetime

from msgspec.structs import replace

from tests.payments.test_model import PAID
from wallet_api.ids import new_id
from wallet_api.money import Money
from wallet_api.refunds.model import refund_of
from wallet_api.refunds.postings import refund_entry

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def moved(amount: int, bearer: str) -> list[tuple[str, int]]:
    paid = replace(PAID, fee_bearer=bearer)
    refund = refund_of(paid, Money(amount, "CNY"), "broken", new_id("ref", NOW), NOW)
    entry = refund_entry(refund, new_id("ent", NOW))
    assert (entry.kind, entry.subject) == ("refund", refund.id)
    return [(each.account, each.money.amount) for each in entry.postings]


def test_the_merchant_gives_the_amount_back_and_gets_its_part_of_the_fee() -> None:
    there_and_back = [("merchant/mer_1", -625), ("customer/usr_ada", 625)]
    assert moved(625, "merchant") == [*there_and_back, ("fees", -4), ("merchant/mer_1", 4)]


def test_a_customer_who_bore_the_fee_gets_its_part() -> None:
    assert moved(625, "payer")[2:] == [("fees", -4), ("customer/usr_ada", 4)]


def test_a_fee_part_of_nothing_leaves_no_posting() -> None:
    """M2."""
    assert moved(1, "merchant") == [("merchant/mer_1", -1), ("customer/usr_ada", 1)]
