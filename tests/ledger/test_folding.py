"""Folding: every line is counted once, in any order, at any delay, in any batches."""

import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.faults.injector import Faults, ProcessDied
from tests.ledger_world import ADA, CARDS, SHOP, World, cny
from wallet_api.ledger import chart
from wallet_api.ledger.entry import move
from wallet_api.ledger.folding import LINES_PER_WRITE
from wallet_api.ledger.verify import verify


@pytest.fixture
def ten(world: World) -> World:
    """Ten payments of 1 to 10 to the shop, not folded yet."""
    world.open(ADA)
    world.fund(ADA, 1000)
    for amount in range(1, 11):
        world.send(ADA, SHOP, amount, fee=1)
    return world


def folded(world: World) -> tuple[int, int, int]:
    return world.balance(SHOP), world.balance(chart.FEES), world.balance(CARDS)


ALL = (55, 10, -1000)


def test_the_request_path_does_not_touch_a_folded_account(ten: World) -> None:
    """M23: a busy merchant is no hot key."""
    with ten.wallet.storage.trip() as trip:
        read = ten.ledger.accounts.find(SHOP, trip)
    assert read() is None
    assert ten.balance(ADA) == 1000 - 55 - 10


def test_a_fold_opens_the_account_and_counts_everything(ten: World) -> None:
    assert ten.fold() == []
    assert folded(ten) == ALL
    assert ten.verified().holds


def test_a_batch_that_comes_again_changes_nothing(ten: World) -> None:
    """O1, O2, O6, M22: replayed, redriven."""
    for _ in range(3):
        ten.fold()
    assert folded(ten) == ALL
    assert ten.verified().holds


def test_a_batch_in_any_order_split_anywhere_is_the_same(ten: World) -> None:
    """M22."""
    records = ten.records()
    ten.fold(records[7:])
    ten.fold(records[:9])
    ten.fold(list(reversed(records)))
    ten.fold(records[3:5] * 2)
    assert folded(ten) == ALL
    assert ten.verified().holds


def test_two_handlers_on_one_batch_count_it_once(ten: World) -> None:
    records = ten.records()
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda start: ten.fold(records[start:]), [0, 0, 3, 5, 0, 2, 7, 1])) == [[]] * 8
    assert folded(ten) == ALL
    assert ten.verified().holds


def test_a_batch_is_one_transaction_for_each_account(ten: World, faults: Faults) -> None:
    """M10: a hundred actions is what a transaction takes."""
    ten.fold()
    ten.cloud.clock.advance("1s")
    for _ in range(LINES_PER_WRITE + 6):
        ten.book(move(cny(1), CARDS, SHOP))
    faults.clear()
    assert ten.fold(ten.records()[11:]) == []
    sizes = sorted(len(call["TransactItems"]) for call in faults.made("TransactWriteItems"))
    assert sizes == [7, 9, 100, 100]
    assert ten.balance(SHOP) == 55 + LINES_PER_WRITE + 6


def test_a_handler_that_dies_between_two_accounts_is_finished_by_the_next(ten: World, faults: Faults) -> None:
    for nth, fault in ((1, "died before"), (2, "died after"), (4, "died before"), (4, "died after")):
        faults.clear()
        faults.hit(nth, fault)
        with pytest.raises(ProcessDied):
            ten.fold()
        faults.clear()
    assert ten.fold() == []
    assert folded(ten) == ALL


@pytest.mark.parametrize("fault", ["applied, no answer", "applied, 500", "conflict", "in progress", "throttled"])
def test_a_fault_in_any_call_of_a_fold_counts_nothing_twice(ten: World, faults: Faults, fault: str) -> None:
    """M15."""
    nth = 1
    while True:
        faults.clear()
        faults.hit(nth, fault)
        assert ten.fold() == []
        if len(faults.calls) < nth:
            break
        nth += 1
    assert folded(ten) == ALL
    assert ten.verified().holds


def test_an_account_that_cannot_be_written_fails_alone_and_comes_again(ten: World, faults: Faults) -> None:
    ten.fold(ten.records()[:3])
    faults.clear()
    # The card account's line is counted and the shop's first two are; from then on everything that is tried for the shop
    # is denied, down to each line by itself: a tree of halves over ten lines has 19 places.
    faults.hit(3, "denied", times=19)
    failed = ten.fold()
    sequences = [record["dynamodb"]["SequenceNumber"] for record in ten.records()[1:]]
    assert failed == sequences, "every payment has a line on the shop and is named once; the top-up has none"
    assert (ten.balance(SHOP), ten.balance(chart.FEES), ten.balance(CARDS)) == (3, 10, -1000)
    assert ten.fold() == []
    assert folded(ten) == ALL


def test_a_write_that_is_denied_once_is_made_in_halves(ten: World, faults: Faults) -> None:
    """O1: what is refused for one line's sake holds up none of the others."""
    ten.fold(ten.records()[:2])
    faults.clear()
    faults.hit(3, "denied")
    assert ten.fold() == []
    assert folded(ten) == ALL
    sizes = [len(call["TransactItems"]) for call in faults.made("TransactWriteItems")]
    assert sizes[2:5] == [11, 7, 6], (
        "nine lines, the balance and the day, then five of the ten lines, then the four not counted yet"
    )


def test_what_a_fold_measures(ten: World) -> None:
    """How long entries waited, how many were folded, and nothing about a changed journal, which would wake somebody."""
    ten.cloud.clock.advance("90s")
    ten.fold()
    shown = ten.cloud.gauges.shown()
    assert 90_000 <= shown["fold_lag_ms"]["last"] < 120_000
    assert (shown["folded_entries"]["last"], shown["fold_failures"]["last"]) == (11, 0)
    assert "journal_changed" not in shown


@pytest.mark.parametrize(
    "image",
    [
        {"pk": {"S": "a/test/b"}, "sk": {"S": "operation"}},
        {"pk": {"S": "a/test/b"}, "sk": {"S": "operation"}, "outcome": {"S": "succeeded"}, "entry_id": {"S": "ent_1"}},
        {"pk": {"S": "a/test/b"}, "sk": {"S": "operation"}, "outcome": {"S": "succeeded"}},
        {"pk": {"S": "a/test/b"}},
        {},
    ],
    ids=["incomplete", "without postings", "an outcome and nothing else", "without sort key", "empty"],
)
def test_a_record_that_cannot_be_read_fails_alone(ten: World, image: dict[str, Any], caplog: Any) -> None:
    """O1: the rest of the batch is folded, and the record goes to the dead-letter queue by itself."""
    poison = {"eventName": "INSERT", "dynamodb": {"SequenceNumber": "13", "Keys": {}, "NewImage": image}}
    with caplog.at_level(logging.CRITICAL):
        assert ten.fold([*ten.records()[:4], poison, *ten.records()[4:]]) == ["13"]
    assert folded(ten) == ALL


def test_an_unbalanced_entry_in_the_journal_is_not_folded(ten: World, caplog: Any) -> None:
    """M2."""
    records = ten.records()
    forged = {**records[3], "dynamodb": {**records[3]["dynamodb"]}}
    image = {**forged["dynamodb"]["NewImage"]}
    image["postings"] = {"L": [{"L": [{"S": SHOP}, {"N": "5"}, {"S": "CNY"}]}]}
    forged["dynamodb"]["NewImage"] = image
    with caplog.at_level(logging.CRITICAL):
        assert ten.fold([forged]) == [records[3]["dynamodb"]["SequenceNumber"]]


@pytest.mark.parametrize("event", ["MODIFY", "REMOVE"])
def test_a_changed_journal_is_an_alarm_and_moves_nothing(ten: World, event: str, caplog: Any) -> None:
    """M2: entries are never changed or removed."""
    changed = [{**record, "eventName": event} for record in ten.records()]
    assert ten.fold(changed) == []
    alarms = [record for record in caplog.records if record.levelno == logging.CRITICAL]
    assert {alarm.message for alarm in alarms} == {"journal_changed"}
    assert len(alarms) == len(changed)
    assert ten.cloud.gauges.shown()["journal_changed"]["sum"] == len(changed)
    assert verify(ten.ledger).accounts == 1


def test_decisions_that_moved_nothing_are_passed_over(world: World) -> None:
    with world.wallet.storage.atomic_write() as write:
        world.ledger.record(world.operation("mer_m"), write, subject="pay_1")
    assert len(world.records()) == 1
    assert world.verified().holds


def test_a_guarded_account_is_never_folded(ten: World) -> None:
    """Its balance moved with the entry already."""
    before = ten.balance(ADA)
    ten.fold()
    assert ten.balance(ADA) == before


def test_each_currency_is_counted_by_itself(world: World) -> None:
    """M4."""
    world.open(ADA)
    world.fund(ADA, 5, "CNY")
    world.fund(ADA, 7, "JPY")
    world.fold()
    assert (world.balance(CARDS, "CNY"), world.balance(CARDS, "JPY")) == (-5, -7)
    assert world.verified().totals == {"CNY": 0, "JPY": 0}
