"""Who gives and who gets in a refund."""

from datetime import UTC, datetime

from msgspec.structs import replace

from tests.payments.test_model import PAID
from wallet_api.ids import new_id
from wallet_api.money import Money
from wallet_api.refunds.model import refund_of
from wallet_api.refunds.postings import delivery_entry, refund_entry, refund_hold_entry, reversal_entry

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


def test_what_is_meant_for_a_card_is_set_aside_and_leaves_for_the_acquirer_or_for_the_balance() -> None:
    """Also the part of a fee that the payer bore."""
    refund = refund_of(replace(PAID, fee_bearer="payer"), Money(625, "CNY"), "broken", "ref_1", NOW)
    held = refund_hold_entry(refund, "ent_1")
    assert (held.kind, held.net()["holds/ref_1", "CNY"]) == ("refund_hold", Money(629, "CNY"))
    ends = {
        entry.kind: {account: money.amount for (account, _), money in entry.net().items()}
        for entry in (delivery_entry(refund, "ent_2", NOW), reversal_entry(refund, "ent_3", NOW))
    }
    assert ends["refund_delivery"] == {"holds/ref_1": -629, "bank/cards": 629}
    assert ends["reversal"] == {"holds/ref_1": -629, "customer/usr_ada": 629}


def test_what_belongs_to_the_owner_of_a_closed_wallet_is_kept() -> None:
    refund = refund_of(PAID, Money(625, "CNY"), "broken", "ref_1", NOW)
    assert refund_entry(replace(refund, destination="suspense"), "ent_1").net()["suspense", "CNY"] == Money(625, "CNY")
    assert reversal_entry(replace(refund, kept=True), "ent_2", NOW).net()["suspense", "CNY"] == Money(625, "CNY")
