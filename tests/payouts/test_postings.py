"""How a payout's money moves, account by account."""

from datetime import UTC, datetime

from wallet_api.ledger import chart
from wallet_api.ledger.days import SETTLING
from wallet_api.ledger.entry import Entry
from wallet_api.money import Money
from wallet_api.payouts.model import Payout
from wallet_api.payouts.postings import correction_entry, paid_entry, payout_entry, return_entry, void_entry

NOW = datetime(2026, 11, 22, 1, 5, tzinfo=UTC)
SHOP, HOLD, BANK = "merchant/mer_1", "holds/po_1", "bank/payouts"


def cny(amount: int) -> Money:
    return Money(amount, "CNY")


def moved(entry: Entry) -> dict[str, int]:
    return {account: money.amount for (account, _), money in entry.net().items()}


def payout(fee: int = 100) -> Payout:
    return Payout("po_1", "mer_1", "requested", None, "processing", cny(1000), cny(fee), "Bank", "3456", "test", NOW)


def test_a_payout_is_set_aside_and_then_posted_or_given_back() -> None:
    assert moved(payout_entry(payout(), "e")) == {SHOP: -1100, HOLD: 1100}
    assert moved(paid_entry(payout(), "e", NOW)) == {HOLD: -1100, BANK: 1000, chart.FEES: 100}
    assert moved(paid_entry(payout(0), "e", NOW)) == {HOLD: -1000, BANK: 1000}
    assert moved(void_entry(payout(), "e", NOW)) == {HOLD: -1100, SHOP: 1100}


def test_what_comes_late_is_an_entry_of_its_own() -> None:
    assert moved(return_entry(payout(), "e", NOW)) == {BANK: -1000, SHOP: 1000}
    assert moved(correction_entry(payout(), "e", NOW)) == {SHOP: -1000, BANK: 1000}


def test_none_of_them_earns_anything() -> None:
    """Or a payout would make today's takings look smaller than they are, and pay them out."""
    made = (
        payout_entry(payout(), "e"),
        *(make(payout(), "e", NOW) for make in (paid_entry, void_entry, return_entry, correction_entry)),
    )
    assert {entry.kind for entry in made if SHOP in moved(entry)} == SETTLING
