"""The atomic write: merged, mapped, tried again, and honest about what it does not know."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from tests.faults.injector import Faults
from tests.ledger_world import World
from tests.storage.box import Boxes, Gone, Short, Shut, Taken
from wallet_api.errors import OutcomeUnknown
from wallet_api.storage.atomic import ATTEMPTS, DEADLINE
from wallet_api.storage.conditions import ConditionNotAllowed
from wallet_api.storage.errors import StorageBusy, StorageFault


@pytest.fixture
def boxes(world: World) -> Boxes:
    return Boxes(world)


def add_one(boxes: Boxes, pk: str) -> None:
    with boxes.storage.atomic_write() as write:
        count = boxes.items.count
        write.update(boxes.at(pk), [count.set(count + 1)], (boxes.items.pk.exists(), Gone()))


def test_an_empty_block_sends_nothing(boxes: Boxes, faults: Faults) -> None:
    """S23."""
    with boxes.storage.atomic_write():
        pass
    assert faults.calls == []


def test_an_exception_inside_the_block_sends_nothing(boxes: Boxes, faults: Faults) -> None:
    """S23."""
    with pytest.raises(KeyError), boxes.storage.atomic_write() as write:
        write.put(boxes.at("a"), Taken())
        raise KeyError
    assert faults.calls == []


def test_a_hundred_items_go_together_and_one_more_is_refused_before_it_is_sent(boxes: Boxes, faults: Faults) -> None:
    """M10."""
    with boxes.storage.atomic_write() as write:
        for number in range(100):
            write.put(boxes.at(f"a{number}"), Taken())
    assert len(faults.made("TransactWriteItems")) == 1
    with pytest.raises(StorageFault, match="101"), boxes.storage.atomic_write() as write:
        for number in range(101):
            write.put(boxes.at(f"b{number}"), Taken())
    assert len(faults.made("TransactWriteItems")) == 1


KINDS = ("update", "put", "delete", "check")


@pytest.mark.parametrize("wrong", KINDS)
def test_each_kind_of_contribution_gets_its_own_reason_though_the_wire_has_another_order(
    boxes: Boxes, wrong: str
) -> None:
    """S20: reasons come for checks, deletes, puts and updates in that order, whatever order they were asked in."""
    for kind in KINDS:
        if (kind == "put") == (kind == wrong):
            boxes.add(kind, count=1)
    exists = boxes.items.pk.exists()
    with pytest.raises(RuntimeError) as refused, boxes.storage.atomic_write() as write:
        write.update(boxes.at("update"), [boxes.items.count.set(2)], (exists, RuntimeError("update")))
        write.put(boxes.at("put"), RuntimeError("put"))
        write.delete(boxes.at("delete"), (exists, RuntimeError("delete")))
        write.check(boxes.at("check"), (exists, RuntimeError("check")))
    assert str(refused.value) == wrong


def test_of_several_failed_conditions_the_first_line_gives_the_error_and_all_are_kept(boxes: Boxes) -> None:
    """S20: here the update is asked first and comes last on the wire."""
    boxes.add("put")
    exists = boxes.items.pk.exists()
    write = boxes.storage.atomic_write()
    with pytest.raises(Gone), write:
        write.update(boxes.at("update"), [boxes.items.count.set(2)], (exists, Gone()))
        write.put(boxes.at("put"), Taken())
        write.check(boxes.at("check"), (exists, Shut()))
    assert [type(each) for each in write.refused] == [Gone, Taken, Shut]


def test_contributions_to_one_item_are_merged_and_the_one_that_failed_is_named(boxes: Boxes, faults: Faults) -> None:
    """M9: DynamoDB refuses two actions on one item."""
    boxes.add("a", count=5, state="open")
    items = boxes.items

    def take(amount: int, state: str) -> None:
        with boxes.storage.atomic_write() as write:
            write.check(boxes.at("a"), (items.pk.exists(), Gone()))
            write.update(boxes.at("a"), [items.count.set(items.count - amount)], (items.count >= amount, Short()))
            write.update(boxes.at("a"), [items.price.remove()], (items.state == state, Shut()))

    with pytest.raises(Short):
        take(6, "open")
    with pytest.raises(Shut):
        take(5, "ajar")
    with pytest.raises(Short):
        take(6, "ajar")
    take(5, "open")
    assert boxes.get("a").count == 0
    assert all(len(call["TransactItems"]) == 1 for call in faults.made("TransactWriteItems"))


def test_what_cannot_be_merged_is_refused_before_it_is_sent(boxes: Boxes, faults: Faults) -> None:
    with pytest.raises(StorageFault), boxes.storage.atomic_write() as write:
        write.put(boxes.at("a"), Taken())
        write.update(boxes.at("a"), [boxes.items.count.set(1)])
    with pytest.raises(StorageFault), boxes.storage.atomic_write() as write:
        write.delete(boxes.at("a"))
        write.check(boxes.at("a"), (boxes.items.pk.exists(), Gone()))
    assert faults.calls == []


@pytest.mark.parametrize("kind", ["put", "update", "delete", "check"])
def test_a_refusal_may_be_made_of_the_item_that_was_found(boxes: Boxes, kind: str) -> None:
    """PynamoDB asks for the old item on puts and updates only; here checks and deletes show it as well."""
    boxes.add("a", count=7)
    wrong = (boxes.items.count >= 8, lambda found: Short(found["count"]["N"]))
    with pytest.raises(Short, match="7"), boxes.storage.atomic_write() as write:
        if kind == "put":
            write.put(boxes.at("a"), lambda found: Short(found["count"]["N"]))
        elif kind == "update":
            write.update(boxes.at("a"), [boxes.items.count.set(1)], wrong)
        elif kind == "delete":
            write.delete(boxes.at("a"), wrong)
        else:
            write.check(boxes.at("a"), wrong)


def test_conditions_that_are_true_for_what_is_missing_are_refused(boxes: Boxes, faults: Faults) -> None:
    """M7: `<>` and `NOT` would let a frozen or missing wallet pay."""
    items = boxes.items
    for condition in (
        items.state != "frozen",
        ~items.state.is_in("frozen"),
        items.count.exists() & (items.state != "x"),
    ):
        with pytest.raises(ConditionNotAllowed), boxes.storage.atomic_write() as write:
            write.update(boxes.at("a"), [items.count.set(1)], (condition, Shut()))
        with pytest.raises(ConditionNotAllowed), boxes.storage.trip() as trip:
            trip.update(boxes.at("a"), [items.count.set(1)], condition)
    assert faults.calls == []


@pytest.mark.parametrize(
    "fault", ["no answer, not applied", "applied, no answer", "applied, 500", "not applied, 500", "in progress",
              "conflict", "conflict and a failed condition", "throttled"],
)  # fmt: skip
def test_a_write_is_tried_again_with_the_same_bytes_and_token_and_happens_once(
    boxes: Boxes, faults: Faults, fault: str
) -> None:
    """M12, M13, M15, M16, M18, M19, M44, S21, S22, S24, S50, S52."""
    boxes.add("a", count=0)
    faults.clear()
    faults.hit(1, fault, times=3)
    add_one(boxes, "a")
    sent = faults.made("TransactWriteItems")
    assert len(sent) == 4
    assert all(each == sent[0] for each in sent)
    assert 1 <= len(sent[0]["ClientRequestToken"]) <= 36
    assert boxes.get("a").count == 1


def test_a_failed_condition_beside_a_conflict_is_no_refusal_yet(boxes: Boxes, faults: Faults) -> None:
    """M12: all reasons are looked at; what conflicts now may have changed the very item whose condition failed."""
    # Of three reasons the first is none, the second a failed condition, the last a conflict (tests/faults/injector.py).
    for name in "abc":
        boxes.add(name, count=0)
    faults.clear()
    faults.hit(1, "conflict and a failed condition", times=2)
    with boxes.storage.atomic_write() as write:
        for name in "abc":
            write.update(boxes.at(name), [boxes.items.count.set(1)], (boxes.items.count == 0, Shut()))
    assert len(faults.made("TransactWriteItems")) == 3
    assert [boxes.get(name).count for name in "abc"] == [1, 1, 1]


def test_two_writes_of_the_same_content_have_two_tokens_and_both_happen(boxes: Boxes, faults: Faults) -> None:
    """M17: the token guards our own retries; it never makes two requests one."""
    boxes.add("a", count=0)
    faults.clear()
    add_one(boxes, "a")
    add_one(boxes, "a")
    assert len({each["ClientRequestToken"] for each in faults.made("TransactWriteItems")}) == 2
    assert boxes.get("a").count == 2


@pytest.mark.parametrize("fault", ["conflict", "throttled", "conflict and a failed condition"])
def test_busy_to_the_end_says_that_nothing_was_written(boxes: Boxes, faults: Faults, fault: str) -> None:
    """M12: what DynamoDB refused before applying anything moved no money."""
    faults.always("TransactWriteItems", fault)
    with pytest.raises(StorageBusy) as busy:
        add_one(boxes, "a")
    assert busy.value.money_moved == "no"
    assert len(faults.made("TransactWriteItems")) == ATTEMPTS


@pytest.mark.parametrize("fault", ["no answer, not applied", "applied, no answer", "not applied, 500", "in progress"])
def test_without_an_answer_to_the_end_the_outcome_is_unknown(boxes: Boxes, faults: Faults, fault: str) -> None:
    """M15, S22: no reasons does not mean that nothing was applied."""
    boxes.add("a", count=0)
    faults.always("TransactWriteItems", fault)
    with pytest.raises(OutcomeUnknown) as unknown:
        add_one(boxes, "a")
    assert unknown.value.money_moved == "unknown"
    assert unknown.value.retry == "same_key"


def test_one_attempt_without_an_answer_makes_the_outcome_unknown_whatever_comes_after(
    boxes: Boxes, faults: Faults
) -> None:
    """M15: conflicts afterwards say nothing about the attempt that was not answered."""
    boxes.add("a", count=0)
    faults.always("TransactWriteItems", "conflict")
    faults.hit(1, "applied, no answer")
    with pytest.raises(OutcomeUnknown):
        add_one(boxes, "a")
    assert boxes.get("a").count == 1


def test_a_refusal_after_an_attempt_without_an_answer_is_final_because_the_token_is_the_same(
    boxes: Boxes, faults: Faults
) -> None:
    """M17: had the first attempt been applied, its token would have answered the second one with success."""
    boxes.add("a", count=0, state="shut")
    items = boxes.items
    faults.clear()
    faults.hit(1, "no answer, not applied")
    with pytest.raises(Shut), boxes.storage.atomic_write() as write:
        write.update(boxes.at("a"), [items.count.set(1)], (items.state == "open", Shut()))
    faults.hit(1, "applied, no answer")
    with boxes.storage.atomic_write() as write:
        # Applied once, this condition holds no more; the token answers the second attempt all the same.
        write.update(boxes.at("a"), [items.state.set("open")], (items.state == "shut", Shut()))
    assert boxes.get("a").state == "open"


def test_a_cancellation_without_reasons_counts_as_no_answer(boxes: Boxes, faults: Faults) -> None:
    """S22."""
    boxes.add("a", count=0)
    faults.always("TransactWriteItems", "cancelled without reasons")
    with pytest.raises(OutcomeUnknown):
        add_one(boxes, "a")


def test_what_dynamodb_calls_wrong_is_our_defect_and_no_refusal(boxes: Boxes, faults: Faults) -> None:
    """M12: a ValidationError among the reasons, here a copy of what is not there, is not the caller's business."""
    boxes.add("a", count=0)
    faults.clear()
    with pytest.raises(StorageFault), boxes.storage.atomic_write() as write:
        copied = boxes.items.state.set(boxes.items.owner_order)
        write.update(boxes.at("a"), [copied], (boxes.items.pk.exists(), Gone()))
    assert len(faults.made("TransactWriteItems")) == 1


def test_no_attempt_begins_after_the_deadline(
    boxes: Boxes, faults: Faults, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """O12: all attempts together stay below the function's timeout. Pauses move the clock here, and nobody sleeps."""
    clock = world.cloud.clock
    clock.freeze()
    began = clock.now()
    monkeypatch.setattr(clock, "sleep", lambda seconds: clock.advance(timedelta(seconds=seconds) * 3))
    faults.always("TransactWriteItems", "throttled")
    with pytest.raises(StorageBusy):
        add_one(boxes, "a")
    assert len(faults.calls) < ATTEMPTS
    assert clock.now() - began < DEADLINE + timedelta(seconds=6)


def test_many_at_once_lose_nothing(boxes: Boxes) -> None:
    """M13: those who collide are tried again and every one of them counts."""
    boxes.add("a", count=0)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: add_one(boxes, "a"), range(40)))
    assert boxes.get("a").count == 40
