"""How a withdrawal's money moves, entry by entry: what the person gave comes out of it, and what no card took comes back to them."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from tests.withdrawals.test_model import APPROVED, DECLINED, NEW, NOW, RETURNED, cny, told
from wallet_api.ledger import chart
from wallet_api.ledger.entry import Entry
from wallet_api.withdrawals.model import Withdrawal
from wallet_api.withdrawals.postings import (
    CARDS,
    correction_entry,
    return_entry,
    settlement_entry,
    void_entry,
    withdrawal_entry,
)

ADA, HOLD = chart.customer("usr_a"), chart.hold("wdr_1")
LATER = NOW + timedelta(minutes=5)


def net(entry: Entry) -> dict[str, int]:
    return {account: money.amount for (account, _), money in entry.net().items()}


def test_amount_and_fee_are_set_aside_by_postings_of_their_own() -> None:
    entry = withdrawal_entry(NEW, "ent_1")
    assert (entry.kind, entry.at, entry.subject) == ("withdrawal", NOW, "wdr_1")
    assert [posting.money.amount for posting in entry.postings] == [-500_00, 500_00, -50, 50]
    assert net(entry) == {ADA: -500_50, HOLD: 500_50}


def test_what_the_card_took_is_owed_to_the_acquirer_and_the_fee_is_earned() -> None:
    assert net(settlement_entry(NEW, "ent_2", LATER)) == {HOLD: -500_50, CARDS: 500_00, chart.FEES: 50}


def test_what_no_card_took_comes_back_with_its_fee() -> None:
    assert net(void_entry(told(DECLINED), "ent_2", LATER)) == {HOLD: -500_50, ADA: 500_50}


def test_so_does_what_the_cards_bank_sent_back() -> None:
    back = return_entry(told(APPROVED, RETURNED), "ent_3", LATER)
    assert net(back) == {CARDS: -500_00, chart.FEES: -50, ADA: 500_50}


def test_a_correction_takes_what_had_come_back_and_no_fee() -> None:
    corrected = told(DECLINED, APPROVED)
    assert net(correction_entry(corrected, "ent_3", LATER)) == {ADA: -500_00, CARDS: 500_00}
    again = return_entry(told(DECLINED, APPROVED, RETURNED), "ent_4", LATER)
    assert net(again) == {CARDS: -500_00, ADA: 500_00}


def test_what_cannot_be_the_persons_is_suspenses() -> None:
    void, back, corrected = (replace(each, aside=True) for each in (told(DECLINED), told(APPROVED, RETURNED), NEW))
    assert net(void_entry(void, "ent_2", LATER))[chart.SUSPENSE] == 500_50
    assert net(return_entry(back, "ent_3", LATER))[chart.SUSPENSE] == 500_50
    assert net(correction_entry(corrected, "ent_3", LATER))[chart.SUSPENSE] == -500_00


@pytest.mark.parametrize("withdrawal", [replace(NEW, fee=cny(0)), NEW], ids=["free", "with a fee"])
def test_a_free_one_leaves_no_posting_of_nothing(withdrawal: Withdrawal) -> None:
    for entry in (
        withdrawal_entry(withdrawal, "ent_1"),
        settlement_entry(withdrawal, "ent_2", LATER),
        void_entry(withdrawal, "ent_2", LATER),
        return_entry(withdrawal, "ent_3", LATER),
    ):
        assert all(posting.money for posting in entry.postings)
        assert len(entry.postings) == (4 if withdrawal.fee else 2)
