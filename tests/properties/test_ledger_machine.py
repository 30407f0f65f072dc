"""A state machine over the ledger: operations, faults, replays, freezes and folding in any order, against a model in memory."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from tests.faults.injector import FAULTS, ProcessDied, injecting
from tests.ledger_world import PIN, SHOP, World
from wallet_api.errors import Declined, Unavailable
from wallet_api.ledger import chart
from wallet_api.ledger.errors import InsufficientFunds, PayeeUnavailable, WalletFrozen
from wallet_api.ledger.verify import verify
from wallet_api.storage.errors import StorageFault

PEOPLE = [chart.customer(f"usr_{name}") for name in ("ada", "bo", "cy")]
START = 1000
ACCOUNTS = st.sampled_from(PEOPLE)
FAULTS_OF_WRITES = st.sampled_from([name for name in FAULTS if not name.endswith("left over")])


class LedgerMachine(RuleBasedStateMachine):
    """Every key has one fate. The model decides what it must be as soon as an answer comes, and the ledger must keep to it."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.world.cloud.reset()
        self.world._keys.clear()
        self.world.open(*PEOPLE, pin=PIN)
        for person in PEOPLE:
            self.world.fund(person, START)
        self.balances = dict.fromkeys(PEOPLE, START)
        self.fees = self.shop = 0
        self.frozen: set[str] = set()
        self.fates: dict[str, Any] = {}
        self.asked: dict[str, tuple[str, str, int, int]] = {}

    @rule(source=ACCOUNTS, payee=st.sampled_from([*PEOPLE, SHOP]), amount=st.integers(1, 600), fee=st.integers(0, 20))
    def move(self, source: str, payee: str, amount: int, fee: int) -> None:
        if source != payee:
            key = f"k{len(self.asked)}"
            self.asked[key] = (source, payee, amount, fee)
            self._settle(key)

    @rule(
        source=ACCOUNTS, payee=st.sampled_from([*PEOPLE, SHOP]), amount=st.integers(1, 600),
        nth=st.integers(1, 5), fault=FAULTS_OF_WRITES, times=st.sampled_from([1, 2, 30]),
    )  # fmt: skip
    def disturbed_move(self, source: str, payee: str, amount: int, nth: int, fault: str, times: int) -> None:
        if source == payee:
            return
        key = f"k{len(self.asked)}"
        self.asked[key] = (source, payee, amount, 1)
        with injecting() as faults:
            faults.hit(nth, fault, times)
            with suppress(Unavailable, StorageFault, ProcessDied, Declined):
                self._send(key)
        self._settle(key)

    @precondition(lambda self: self.fates)
    @rule(data=st.data())
    def replay(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(sorted(self.fates)))
        fate = self.fates[key]
        assert self._fate(key) == fate

    @rule(person=ACCOUNTS)
    def freeze_or_thaw(self, person: str) -> None:
        self.frozen ^= {person}
        self.world.set_status(person, "frozen" if person in self.frozen else "active")

    @rule(start=st.integers(0, 40), stop=st.integers(0, 40))
    def fold_some(self, start: int, stop: int) -> None:
        assert self.world.fold(self.world.records()[start:stop]) == []

    @rule(hours=st.integers(1, 30))
    def time_passes(self, hours: int) -> None:
        self.world.cloud.clock.advance(f"{hours}h")

    def _send(self, key: str) -> str:
        source, payee, amount, fee = self.asked[key]
        return self.world.send(source, payee, amount, key, pin=PIN, fee=fee).value

    def _fate(self, key: str) -> str:
        try:
            return self._send(key)
        except Declined as refusal:
            return refusal.code

    def _settle(self, key: str) -> None:
        """Asks until there is an answer, checks it against the model and keeps it."""
        source, payee, amount, fee = self.asked[key]
        fate = self.fates[key] = self._fate(key)
        reasons = {
            WalletFrozen.code: source in self.frozen,
            InsufficientFunds.code: self.balances[source] < amount + fee,
            PayeeUnavailable.code: payee in self.frozen,
        }
        if any(reasons.values()):
            assert reasons.get(fate), f"{fate}, and not one of {reasons}"
            return
        assert fate.startswith("ent_")
        self.balances[source] -= amount + fee
        self.fees += fee
        if payee == SHOP:
            self.shop += amount
        else:
            self.balances[payee] += amount

    @invariant()
    def guarded_balances_are_those_of_the_model_and_never_below_zero(self) -> None:
        found = {person: self.world.balance(person) for person in PEOPLE}
        assert found == self.balances
        assert min(found.values()) >= 0
        assert sum(found.values()) + self.fees + self.shop == START * len(PEOPLE)

    def teardown(self) -> None:
        assert self.world.fold() == []
        report = verify(self.world.ledger)
        assert report.findings == []
        assert report.entries == len(PEOPLE) + sum(fate.startswith("ent_") for fate in self.fates.values())
        if self.fees:
            assert self.world.balance(chart.FEES) == self.fees
        if self.shop:
            assert self.world.balance(SHOP) == self.shop


@pytest.mark.slow
def test_no_sequence_of_moves_faults_replays_and_freezes_breaks_the_ledger(world: World) -> None:
    """M1, M2, M3, M5, M7, M8, M15, M22, M38, M41, M42."""

    class Machine(LedgerMachine):
        pass

    Machine.world = world
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=20, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
