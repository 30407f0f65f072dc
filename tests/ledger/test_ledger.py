"""The ledger: one write moves the money, and what guards an account is in that very write."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.faults.injector import Faults
from tests.ledger_world import ADA, BO, PIN, SHOP, World, cny, refused
from wallet_api.errors import OutcomeUnknown, Unavailable, WalletError
from wallet_api.ledger import chart
from wallet_api.ledger.accounts import StaleAccount
from wallet_api.ledger.entry import Unbalanced, move
from wallet_api.ledger.errors import (
    AccountMissing,
    InsufficientFunds,
    PayeeUnavailable,
    WalletClosed,
    WalletFrozen,
)
from wallet_api.ledger.store import BALANCE


def test_a_move_is_one_trip_and_one_write_of_what_it_must_guard(two: World, faults: Faults) -> None:
    """The budget: two round trips, and for a payment to a merchant three items besides the payment itself."""
    two.send(ADA, SHOP, 5_00, "k", pin=PIN)
    assert sorted(name for name, _ in faults.calls) == ["BatchGetItem", "TransactWriteItems", "UpdateItem"]
    (write,) = faults.made("TransactWriteItems")
    assert [next(iter(action)) for action in write["TransactItems"]] == ["Put", "Put", "Update"]
    assert (two.balance(ADA), two.attempts(ADA)) == (95_00, 0)


def test_money_goes_from_one_to_the_other_and_the_fee_to_the_wallet(two: World) -> None:
    two.send(ADA, BO, 5_00, "k", fee=10)
    assert (two.balance(ADA), two.balance(BO)) == (94_90, 5_00)
    assert two.verified().totals == {"CNY": 0}
    assert two.balance(chart.FEES) == 10


@pytest.mark.parametrize(
    ("status", "kind"), [("frozen", WalletFrozen), ("closed", WalletClosed), ("odd", WalletFrozen)]
)
def test_only_an_active_wallet_pays(two: World, status: str, kind: type[WalletError]) -> None:
    """M5, M7: whatever is not `active`, whatever it is called."""
    two.set_status(ADA, status)
    refused(two, kind, ADA, BO, 5_00)
    assert two.verified().entries == 1


def test_a_wallet_without_a_status_does_not_pay(two: World) -> None:
    """M7: with `<>` it would."""
    two.tamper("accounts", ADA, BALANCE, status=None)
    refused(two, WalletFrozen, ADA, BO, 5_00)


@pytest.mark.parametrize("status", ["frozen", "closed", None])
def test_a_transfer_does_not_reach_a_wallet_that_is_not_active(two: World, status: str | None) -> None:
    """M8: at the moment of the write, whatever was read before."""
    stops = {"S": status} if status else None

    def freeze() -> None:
        two.tamper("accounts", BO, BALANCE, status=stops)

    refused(two, PayeeUnavailable, ADA, BO, 5_00, "k", instead=freeze)
    assert (two.balance(ADA), two.balance(BO)) == (100_00, 0)


def test_a_refund_reaches_a_frozen_wallet(two: World) -> None:
    two.set_status(ADA, "frozen")
    two.book(move(cny(5), SHOP, ADA), kind="refund")
    assert two.balance(ADA) == 100_05


def test_a_payee_that_does_not_exist_gets_nothing_and_is_not_made(two: World) -> None:
    """M6: an update of what is missing would make a ghost with money."""
    ghost = chart.customer("usr_ghost")
    refused(two, AccountMissing, ADA, ghost, 5_00)
    with pytest.raises(AccountMissing):
        two.fund(ghost, 5)
    assert two.raw("accounts", ghost, BALANCE) is None
    assert two.balance(ADA) == 100_00


def test_a_payer_that_does_not_exist_is_missing(two: World) -> None:
    refused(two, AccountMissing, chart.customer("usr_ghost"), BO, 5_00)


def test_the_last_fen_can_be_spent_and_not_one_more(two: World) -> None:
    """M5."""
    refused(two, InsufficientFunds, ADA, BO, 100_01)
    refused(two, InsufficientFunds, ADA, BO, 100_00, fee=1)
    two.send(ADA, BO, 99_99, fee=1)
    assert two.balance(ADA) == 0
    refused(two, InsufficientFunds, ADA, BO, 1)
    assert two.verified().holds


def test_a_currency_that_one_never_had_is_no_money(two: World) -> None:
    """M4: a missing counter compares as false."""
    entry = two.entry(move(cny(1), BO, ADA))
    with pytest.raises(InsufficientFunds), two.wallet.storage.atomic_write() as write:
        two.ledger.decide(two.operation(BO), entry, write)


def test_many_at_once_spend_what_there_is_and_no_more(two: World) -> None:
    """M1, M5, M13: conflicts are tried again and never reported as a refusal."""

    def send(number: int) -> str:
        try:
            two.send(ADA, BO, 30_00, f"k{number}")
        except InsufficientFunds:
            return "short"
        return "paid"

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(12)))
    assert (answers.count("paid"), answers.count("short")) == (3, 9)
    assert (two.balance(ADA), two.balance(BO)) == (10_00, 90_00)
    assert two.verified().holds


def test_an_entry_is_posted_once_whatever_operation_brings_it(two: World) -> None:
    """M2: the line is the mark on a guarded account as well."""
    entry = two.fund(ADA, 5)
    with pytest.raises(StaleAccount), two.wallet.storage.atomic_write() as write:
        two.ledger.decide(two.operation("system", "another key"), entry, write)
    assert two.balance(ADA) == 100_05
    assert two.verified().holds


def test_a_transfer_to_oneself_makes_no_line_and_changes_no_balance(two: World) -> None:
    """M9: use cases refuse it; the ledger would not be harmed by it."""
    two.send(ADA, ADA, 5_00, "k")
    assert two.balance(ADA) == 100_00
    assert two.verified().holds
    with pytest.raises(Unbalanced):
        two.entry(move(cny(0), ADA, BO))


def test_a_replay_that_cannot_be_read_does_not_say_that_no_money_moved(two: World) -> None:
    """M15: it has moved, and only the record can tell how much."""
    two.send(ADA, BO, 5_00, "k")
    operation = two.operation(ADA, "k")
    with two.wallet.storage.trip() as trip:
        decided = two.ledger.decision_on(operation, trip)

    def replay(_decision: Any) -> Any:
        raise Unavailable

    with pytest.raises(OutcomeUnknown):
        two.ledger.once(operation, decided, attempt=lambda: 1, replay=replay)


@pytest.mark.parametrize("applied", ["applied, no answer", "no answer, not applied"])
def test_an_unknown_outcome_stays_unknown_though_the_tables_stay_down(two: World, faults: Faults, applied: str) -> None:
    """M15: giving the attempt back fails as well, and must not turn `unknown` into `no`."""
    faults.clear()
    faults.always("TransactWriteItems", applied)
    unknown = refused(two, OutcomeUnknown, ADA, BO, 5_00, "k", pin=PIN)
    assert unknown.money_moved == "unknown"
    faults.clear()
    assert two.send(ADA, BO, 5_00, "k", pin=PIN).replayed is (applied == "applied, no answer")
    assert (two.balance(ADA), two.balance(BO)) == (95_00, 5_00)
