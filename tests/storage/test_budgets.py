"""One request, one budget for all its storage calls: an answer goes out before the function is stopped."""

import json
from collections import defaultdict
from datetime import timedelta
from pathlib import Path
from threading import get_ident
from typing import Any

import pytest

from dev.cloud.local import LocalCloud
from tests.build import a_merchant, a_person
from tests.client import Api
from tests.faults.injector import OVERTAKEN, Faults
from tests.ledger_world import World
from tests.shopping import a_payment, confirm
from tests.storage.box import Boxes
from wallet_api.errors import OutcomeUnknown
from wallet_api.storage import budgets
from wallet_api.storage.connection import CONNECT_TIMEOUT_SECONDS, READ_TIMEOUT_SECONDS
from wallet_api.storage.errors import StorageBusy


@pytest.fixture
def boxes(world: World) -> Boxes:
    return Boxes(world)


@pytest.fixture
def slept(cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    pauses: list[float] = []
    monkeypatch.setattr(cloud.clock, "sleep", pauses.append)
    return pauses


def read(boxes: Boxes) -> None:
    with boxes.storage.trip() as trip:
        trip.get(boxes.items, "a", "box")


def write(boxes: Boxes) -> None:
    with boxes.storage.atomic_write() as contributions:
        contributions.replace(boxes.at("a"))


def test_the_budget_ends_below_the_functions_timeout() -> None:
    """O12, S50: at the worst the last call begins with the budget's last moment."""
    longest = budgets.REQUEST_SECONDS + CONNECT_TIMEOUT_SECONDS + READ_TIMEOUT_SECONDS
    for stage in json.loads(Path(".chalice/config.json").read_text("utf-8"))["stages"].values():
        assert longest < stage["lambda_timeout"] < 29


def test_the_writes_of_a_request_share_its_budget(boxes: Boxes, faults: Faults, slept: list[float]) -> None:
    """O12, M24: each alone would end in time, and three after each other would not."""
    faults.always("TransactWriteItems", "conflict")
    with budgets.of_request(8.0):
        for _ in range(4):
            with pytest.raises(StorageBusy):
                write(boxes)
    assert sum(slept) < 8.0
    assert len(slept) == len(faults.calls) - 4, "each ends with a call, however few pauses the budget has left for it"


def test_none_begins_once_the_budget_is_used_up(boxes: Boxes, faults: Faults) -> None:
    with budgets.of_request(0.0):
        for call in (read, write):
            with pytest.raises(StorageBusy):
                call(boxes)
        with pytest.raises(StorageBusy):
            boxes.storage.query(boxes.items, "a")
    assert faults.calls == []


def test_a_write_that_may_be_there_is_not_called_busy(boxes: Boxes, faults: Faults) -> None:
    """M15: the budget ends the attempts, and what is not known is said to be unknown."""
    faults.always("TransactWriteItems", "applied, no answer")
    with budgets.of_request(0.01), pytest.raises(OutcomeUnknown):
        write(boxes)


def test_calls_at_the_same_time_cost_the_longest_of_them(
    boxes: Boxes, faults: Faults, cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two that are made again and again, each in a thread: both pause, and one of the pauses is paid for."""
    slept: defaultdict[int, float] = defaultdict(float)

    def sleep(seconds: float) -> None:
        slept[get_ident()] += seconds

    monkeypatch.setattr(cloud.clock, "sleep", sleep)
    monkeypatch.setattr("wallet_api.storage.calls.pause_after", lambda _attempt: timedelta(seconds=2))
    faults.always("UpdateItem", "throttled")
    with budgets.of_request(100.0):
        with pytest.raises(StorageBusy), boxes.storage.trip() as trip:
            for name in "ab":
                trip.update(boxes.at(name), [boxes.items.count.set(1)], boxes.items.pk.exists())
        left = budgets.current().left
    assert len(slept) == 2
    assert 100.0 - sum(slept.values()) < left <= 100.0 - max(slept.values())


def test_what_is_no_request_has_no_budget(boxes: Boxes) -> None:
    """A stream's reader and a schedule have deadlines of their own, and minutes of time."""
    assert budgets.current().left == float("inf")
    with budgets.of_request():
        assert budgets.current().left == budgets.REQUEST_SECONDS
    assert budgets.current().left == float("inf")


def test_every_call_of_a_request_takes_from_one_budget(api: Api, cloud: LocalCloud, faults: Faults) -> None:
    """O12: over HTTP, in whatever thread a call is made."""
    shop, someone = a_merchant(cloud), a_person(api, cloud, balance=100_00)
    payment: Any = a_payment(api, shop)
    left: list[float] = []
    faults.meanwhile = lambda: left.append(budgets.current().left)
    faults.hit(1, OVERTAKEN, times=9)
    confirm(api, someone, payment["id"]).ok(200)
    assert len(left) >= 3
    assert all(0 < each <= budgets.REQUEST_SECONDS for each in left)
    assert min(left) < budgets.REQUEST_SECONDS
