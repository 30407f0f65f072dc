"""The fault matrix: every scenario × every call it makes × every fault that fits the call, and what must hold after each.

A scenario runs undisturbed first and its calls are written down; each of them is then broken in every way, once and for as long
as anybody tries. Afterwards what the caller was told is held against the journal, the request is repeated under its key, and
the ledger is checked from its beginning.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Literal

from dev.client import Answer
from tests.build import key
from tests.faults.acquirer import faults_of
from tests.faults.injector import DEATHS, FAULTS, FOR_GETS, OVERTAKEN, THEN, fits
from tests.faults.scenario import Act, Scenario
from tests.faults.stage import Stage, attempt
from wallet_api.top_ups.model import OPEN

FOR_LONG = 60
"""More calls than any request makes before its deadline."""
CELLS_A_STAGE = 25
SURELY_NOT_APPLIED = ("conflict", "conflict and a failed condition", "throttled")


Ender = Literal["its key", "the schedule"]


@dataclass(frozen=True)
class Cell:
    """One fault at the n-th call of this kind. `replay`: the request that is disturbed repeats one that was answered already."""

    boundary: Literal["storage", "acquirer"]
    nth: int
    call: str
    fault: str
    times: int = 1
    replay: bool = False
    then: Ender = "its key"
    before_writing: bool = False


@dataclass
class Coverage:
    """One in `part` cells is run; `seed` says which."""

    seed: int
    part: int


def cells_of(scenario: Scenario, stage: Stage) -> list[Cell]:
    """All cells of a scenario, from the calls that it makes when nothing breaks."""
    found: list[Cell] = []
    for replay in (False, True) if scenario.ends else (False,):
        storage, acquirer = _calls(scenario, stage, replay)
        enders: tuple[Ender, ...] = (
            ("its key", "the schedule")
            if (scenario.charges or scenario.sends) and scenario.ends and not replay
            else ("its key",)
        )
        for then in enders:
            found += list(_broken_storage(storage, replay, then))
            found += [
                Cell("acquirer", nth, call, fault, replay=replay, then=then)
                for nth, call in _numbered(acquirer)
                for fault in faults_of(call)
            ]
    return found


def _calls(scenario: Scenario, stage: Stage, replay: bool) -> tuple[list[str], list[str]]:
    stage.fresh()
    act, idem = scenario.prepare(stage), key()
    if replay:
        act(idem)
    stage.mend()
    act(idem)
    calls = [operation for operation, _ in stage.faults.calls], list(stage.acquirer.calls)
    stage.mend()
    stage.later()
    return calls


def _broken_storage(calls: list[str], replay: bool, then: Ender) -> Iterator[Cell]:
    first_write = calls.index("TransactWriteItems") if "TransactWriteItems" in calls else len(calls)
    for place, (nth, call) in enumerate(_numbered(calls)):
        early = place < first_write
        for fault in (name for name in FAULTS if fits(name, call)):
            once = () if fault in THEN else (1,)
            for times in once if fault in (*DEATHS, *FOR_GETS) else (*once, FOR_LONG):
                yield Cell("storage", nth, call, fault, times, replay, then, early)
        if then == "its key":
            yield Cell("storage", nth, call, OVERTAKEN, 1, replay, then, early)


def _numbered(calls: list[str]) -> list[tuple[int, str]]:
    """Each call with its number among those of its kind: the same whatever comes in between."""
    return [(calls[: place + 1].count(call), call) for place, call in enumerate(calls)]


def share_of(cells: list[Cell], seed: int, name: str, part: int) -> list[Cell]:
    """One in `part` of the cells, by seed."""
    count = max(1, len(cells) // part)
    return cells if part == 1 else sorted(Random(f"{seed} {name}").sample(cells, count), key=cells.index)


def run(scenario: Scenario, cell: Cell, stage: Stage) -> None:
    """Breaks one call, and holds everything that was said and written against what must be true. Raises AssertionError."""
    stage.fresh()
    act, idem = scenario.prepare(stage), key()
    start, charged = stage.read(), len(stage.acquirer.charged)
    heard = [_answered(act, idem)] if cell.replay else []
    heard += _disturbed(cell, stage, lambda: act(idem))
    _require_truth(heard, cell, scenario, stage.entries(start))
    if cell.then == "the schedule":
        stage.later()
        _require_truth(heard, cell, scenario, stage.entries(start))
    stage.fresh()
    heard += _ended(scenario, act, idem, stage)
    wanted = scenario.moves
    if scenario.settles or scenario.sends:
        for _ in range(2):
            stage.later()
        stage.fresh()
    if scenario.sends:
        assert _said(_answered(act, idem)) in scenario.ends
    if scenario.charges:
        for _ in range(2):
            stage.later()
        stage.fresh()
        wanted = len(stage.acquirer.charged) - charged
        last = _said(_answered(act, idem)) if scenario.ends else None
        assert last is None or (last in scenario.ends and (last[1] == "") == (wanted == 1)), f"{last}, {wanted} charged"
    assert stage.entries(start) == wanted, f"{stage.entries(start)} entries, not {wanted}"
    _require_one_answer(heard, scenario)
    scenario.check(stage, heard)
    wrong = stage.wrongs()
    assert not wrong, "\n".join(wrong)


def _disturbed(cell: Cell, stage: Stage, act: Callable[[], Answer | None]) -> list[Answer]:
    """What the caller hears of a request that is broken in this way, with what a repetition that overtook it was told."""
    heard: list[Answer | None] = []
    stage.mend()
    stage.faults.meanwhile = lambda: heard.append(act())
    if cell.boundary == "storage":
        stage.faults.aim(cell.call, cell.nth, cell.fault, cell.times)
    else:
        stage.acquirer.aim(cell.call, cell.nth, cell.fault)
    heard.append(attempt(act))
    struck = stage.faults.struck if cell.boundary == "storage" else stage.acquirer.struck
    assert struck, "the fault hit no call"
    stage.mend()
    return [answer for answer in heard if answer is not None]


def _require_truth(heard: list[Answer], cell: Cell, scenario: Scenario, entries: int) -> None:
    """What callers were told, against what the journal says at this moment."""
    for told in heard:
        said = _said(told)
        if said in scenario.ends or _is_open(said, scenario):
            assert said[0] < 400 or entries == 0, f"{entries} entries: {told.text}"
            continue
        problem = told.json
        assert said[0] in (500, 503) or said == (409, "idempotency_key_in_use"), told.text
        assert problem["retry"] in ("same_key", "after"), told.text
        assert problem["money_moved"] in ("no", "unknown"), told.text
        if problem["money_moved"] == "no":
            assert entries == 0, f"told that no money moved: {told.text}"
        elif cell.boundary == "storage" and not (cell.replay or scenario.decided or scenario.charges):
            # A read after a proof that failed asks for what a copy of the request did, and nothing says it then.
            # A wrong PIN is noted in a write of its own, which decides nothing, before that read.
            noted = all(code == "wrong_payment_pin" for _, code in scenario.ends)
            asked = cell.before_writing or noted or cell.call != "TransactWriteItems"
            sure = cell.fault in SURELY_NOT_APPLIED and not asked
            assert not sure, f"nothing was written, and the caller is told that it is not known: {told.text}"


def _ended(scenario: Scenario, act: Act, idem: str, stage: Stage) -> list[Answer]:
    """The client's retry, and one more: one of the ends, and the same again."""
    if not scenario.ends:
        act(idem)
        return []
    second = _answered(act, idem)
    if _said(second) == (409, "idempotency_key_in_use"):
        stage.cloud.clock.advance(second.json["retry_after_seconds"])
        second = _answered(act, idem)
    assert _said(second) in scenario.ends or _is_open(_said(second), scenario), second.text
    if second.status == 403:
        return [second]  # a proof that is missing decides nothing
    return [second, _answered(act, idem)]


def _require_one_answer(heard: list[Answer], scenario: Scenario) -> None:
    """Whoever was answered in the end was answered the same, word for word; what is under way may change."""
    final = {answer.text for answer in heard if _said(answer) in scenario.ends and answer.status != 403}
    assert scenario.charges or scenario.sends or len(final) <= 1, "\n".join(final)


def _answered(act: Act, idem: str) -> Answer:
    answer = act(idem)
    assert answer is not None
    return answer


def _said(answer: Answer) -> tuple[int, str]:
    told = answer.json
    if answer.status >= 400:
        return answer.status, told["code"]
    return answer.status, told["status"] if told["status"] in (*OPEN, "failed") else ""


def _is_open(said: tuple[int, str], scenario: Scenario) -> bool:
    return (scenario.charges or scenario.sends) and said[0] < 400 and said[1] in OPEN
