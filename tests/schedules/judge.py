"""Runs a scenario in one order after another, and judges each by what the operations bring one after the other.

An order is right when what every caller was told, and all that is in the tables afterwards, is what some order of whole
operations gives: linearizability (Herlihy and Wing, 1990), with a caller who is asked to try again doing so.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import permutations
from typing import Any

from tests.schedules.conductor import Choose, Conductor, Label, Seen, read, written
from tests.schedules.orders import Drawn, EveryOrder, Given, OneAfterTheOther
from tests.schedules.stage import Act, Stage
from wallet_api.authorizations.errors import PinBusy, PinLocked
from wallet_api.errors import Unavailable, WalletError
from wallet_api.ledger.errors import IdempotencyKeyInUse
from wallet_api.ledger.operations import Decided

AGAIN = (Unavailable, IdempotencyKeyInUse, PinBusy, PinLocked)
"""Who is told one of these asks again. A PIN's last attempt, while it is evaluated, locks out whoever comes meanwhile."""
Ending = tuple[tuple[str, ...], tuple[str, ...]]
"""What each operation told its caller, and what the tables held."""


@dataclass(frozen=True)
class Scenario:
    """Operations that run at the same time, and all that their callers may be told in the end, in the operations' order."""

    name: str
    acts: Callable[[Stage], Sequence[Act]]
    legal: frozenset[tuple[str, ...]] | None = None
    """None leaves it to the orders of whole operations alone."""
    before: Callable[[Stage], None] = lambda _: None
    alike: Mapping[str, str] = field(default_factory=dict)
    """What is told in some orders only, and what it comes to: the same refusal, seen a moment earlier or from another side."""

    def __str__(self) -> str:
        return self.name

    def endpoints_on(self, stage: Stage) -> set[str]:
        """What its operations ask for under keys."""
        stage.set_back()
        own = replace(stage, made={}, endpoints=set())
        self.before(own)
        self.acts(own)
        return own.endpoints


@dataclass
class Judge:
    """One scenario on its stage; with an order `given` as text, nothing but that one is run."""

    scenario: Scenario
    stage: Stage
    given: str | None = None

    def __post_init__(self) -> None:
        self.stage = replace(self.stage, made={}, endpoints=set())
        self.scenario.before(self.stage)
        self.stage.keep()
        self.acts = self.scenario.acts(self.stage)
        self.ran = 0
        self.one_by_one = {self._run(OneAfterTheOther(each))[1] for each in permutations(range(len(self.acts)))}
        told = {ending[0] for ending in self.one_by_one}
        legal = self.scenario.legal
        assert legal in (None, told), f"one after the other: {sorted(told ^ (legal or told))}"

    def every_order(self) -> int:
        """How many orders there are, after all of them were right."""
        if self.given is not None:
            self.check(Given(read(self.given)))
            return 1
        choose, tried = EveryOrder(), 0
        while True:
            with suppress(Seen):
                self.check(choose)
                tried += 1
            if not choose.another():
                return tried

    def drawn(self, seeds: range) -> int:
        """How many different orders the seeds drew, after all of them were right."""
        if self.given is not None:
            return self.every_order()
        return len({self.check(Drawn(seed), f"seed {seed}: ") for seed in seeds})

    def check(self, choose: Choose, said: str = "") -> str:
        """One order, run and judged; the order as text."""
        order, ending = self._run(choose)
        self._judge(order, ending, said)
        return written(order)

    def _run(self, choose: Choose) -> tuple[list[Label], Ending]:
        self.stage.set_back()
        self.ran += 1
        conductor = Conductor(choose)

        def work(act: Act) -> Callable[[], Any]:
            return lambda: act(conductor)

        try:
            brought = conductor.run(self.stage.wallet.storage, *(work(act) for act in self.acts))
            names: dict[str, int] = {}
            told = [_told(self._at_last(act, each), names) for act, each in zip(self.acts, brought, strict=True)]
            heard = tuple(self.scenario.alike.get(each, each) for each in told)
            return conductor.order, (heard, tuple(self.stage.found()))
        except Seen:
            raise
        except BaseException as failure:
            failure.add_note(self._again(conductor.order))
            raise

    def _again(self, order: list[Label]) -> str:
        return f"./wallet test tests/schedules -k '{self.scenario}' --schedule '{written(order)}'"

    def _at_last(self, act: Act, brought: Any) -> Any:
        """What a caller learns who was asked to try again with the same key."""
        for _ in range(5):
            if not isinstance(brought, AGAIN):
                return brought
            try:
                brought = act(Conductor(min))
            except WalletError as error:
                brought = error
        return brought

    def _judge(self, order: list[Label], ending: Ending, said: str = "") -> None:
        again = self._again(order)
        told, found = ending
        assert self.scenario.legal is None or told in self.scenario.legal, f"{said}nobody may be told {told}\n{again}"
        same = [tables for heard, tables in self.one_by_one if heard == told]
        assert same, f"{said}{told} is what no order of whole operations gives\n{again}"
        differences = [sorted(set(found) ^ set(tables)) for tables in same]
        assert found in same, f"{said}{told}, but the tables differ: {differences}\n{again}"


def _told(brought: Any, names: dict[str, int]) -> str:
    """An answer without its made-up parts: ids are numbered as they come, so that the same object shows as the same."""
    if isinstance(brought, WalletError):
        return brought.code
    if isinstance(brought, BaseException):
        raise brought
    if not isinstance(brought, Decided):
        return "done"
    value = brought.value
    number = names.setdefault(value.id, len(names))
    words = [type(value).__name__.lower(), str(number), getattr(value, "status", ""), "again" * brought.replayed]
    return " ".join(word for word in words if word)
