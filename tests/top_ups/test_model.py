"""A top-up's rules: what may be asked for, when to ask again, who may work on a key."""

from datetime import UTC, datetime, timedelta

import pytest

from wallet_api.ledger.accounts import Account
from wallet_api.ledger.errors import (
    AccountMissing,
    IdempotencyKeyInUse,
    IdempotencyKeyReused,
    TransactionLimitExceeded,
    WalletClosed,
    WalletFrozen,
)
from wallet_api.ledger.operations import Operation
from wallet_api.money import Money
from wallet_api.top_ups.errors import DECLINES, TopUpSourceUnavailable
from wallet_api.top_ups.model import (
    LARGEST,
    LEASE,
    Intent,
    Status,
    TopUp,
    next_look,
    recorded,
    require_active,
    require_card,
    require_moderate,
    unless_failed,
)

NOW = datetime(2026, 11, 22, 1, 5, tzinfo=UTC)
ASKED = Operation("usr_1", "test", "my key with 4242", "f" * 32, "POST /v1/top_ups", NOW, "req_1", "en")


def a_top_up(amount: int = 100, fee: int = 1, status: Status = "processing") -> TopUp:
    return TopUp(
        id="top_1",
        person_id="usr_1",
        card_id="crd_1",
        card_brand="visa",
        card_last4="4242",
        token="tok_1",
        amount=Money(amount, "CNY"),
        fee=Money(fee, "CNY"),
        schedule_version=1,
        quote_id=None,
        status=status,
        operation=recorded(ASKED),
        created_at=NOW,
    )


def an_account(status: str) -> Account:
    return Account("customer/usr_1", status, "basic", {}, {}, "never", {}, None, None, 0, NOW)


def test_the_card_is_charged_amount_and_fee_under_our_reference() -> None:
    order = a_top_up(100, 3).order
    assert (order.reference, order.amount, order.ordered_at) == ("top_1", Money(103, "CNY"), NOW)


def test_the_request_can_be_decided_later_without_its_key_being_kept() -> None:
    asked = a_top_up().asked
    assert asked.place == ASKED.place
    assert (asked.fingerprint, asked.kind, asked.request_id, asked.locale) == ("f" * 32, ASKED.kind, "req_1", "en")
    assert "my key" not in repr(a_top_up())


def test_an_outcome_is_asked_for_ever_less_often() -> None:
    waits = [next_look(NOW, NOW + timedelta(minutes=age)) - (NOW + timedelta(minutes=age)) for age in (0, 1, 10, 600)]
    assert waits == [timedelta(minutes=1), timedelta(minutes=1), timedelta(minutes=5), timedelta(hours=1)]


def test_one_request_at_a_time_works_on_a_key() -> None:
    """M38."""
    intent = Intent(ASKED.place, ASKED.fingerprint, ASKED.kind, "top_1", NOW + LEASE)
    with pytest.raises(IdempotencyKeyInUse) as found:
        intent.require_free(ASKED, NOW + timedelta(seconds=10))
    assert found.value.facts["retry_after_seconds"] == 21
    intent.require_free(ASKED, NOW + LEASE)
    other = Operation("usr_1", "test", ASKED.key, "0" * 32, ASKED.kind, NOW)
    with pytest.raises(IdempotencyKeyReused):
        intent.require_free(other, NOW + LEASE)


def test_a_top_up_comes_from_a_card_and_has_a_bound() -> None:
    assert require_card("crd_1", None) == "crd_1"
    for card_id, channel in ((None, None), (None, "bank_transfer"), ("crd_1", "counter")):
        with pytest.raises(TopUpSourceUnavailable):
            require_card(card_id, channel)
    require_moderate(Money(LARGEST, "CNY"))
    with pytest.raises(TransactionLimitExceeded):
        require_moderate(Money(LARGEST + 1, "CNY"))


def test_nobody_tops_up_a_wallet_that_is_not_in_use() -> None:
    require_active(an_account("active"))
    refusals = [(None, AccountMissing), (an_account("frozen"), WalletFrozen), (an_account("closed"), WalletClosed)]
    for account, refusal in refusals:
        with pytest.raises(refusal):
            require_active(account)


def test_a_failed_top_up_says_why() -> None:
    assert unless_failed(a_top_up(status="succeeded")).status == "succeeded"
    for code, refusal in DECLINES.items():
        assert refusal.code == code, "a decline is called the same in the record and in the answer"
    with pytest.raises(DECLINES["card_declined"]):
        unless_failed(a_top_up(status="failed"))
