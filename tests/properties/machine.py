"""The ground of the state machine over the whole wallet: who has what by the model, how something is asked for until there is an
answer, and what must be true after each step.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from dev.client import Api
from tests.faults.injector import FAULTS, ProcessDied, injecting
from tests.schedules.conductor import Conductor
from tests.schedules.stage import WRONG, Act, Stage
from wallet_api.errors import Unavailable, WalletError
from wallet_api.ledger import chart
from wallet_api.ledger.errors import IdempotencyKeyInUse
from wallet_api.ledger.verify import verify
from wallet_api.payments.model import LIFE
from wallet_api.storage.errors import StorageFault
from wallet_api.top_ups.model import LEASE

START = {"ada": 100, "bo": 50}
GUESSES = 2
"""So many wrong PINs leave room for the attempts that a disturbed request reserved and could not give back."""
PEOPLE = st.sampled_from(["ada", "bo"])
AMOUNTS = st.integers(1, 30) | st.integers(1, 80)
DISTURBANCES = st.none() | st.tuples(
    st.integers(1, 5),
    st.sampled_from([name for name in FAULTS if not name.endswith("left over") and name != "denied"]),
    st.sampled_from([1, 30]),
)
"""Nothing, or: the n-th storage call from now on fails so, once or for long."""
Reasons = Callable[[datetime], set[str]]
"""All that may speak against something at a moment, by the model; nothing when it must succeed, and "" among them when it may."""


@dataclass
class Payment:
    """A payment by the model: `left` of what was captured can still be given back, `request` is open for so much of it."""

    amount: int
    ends: datetime
    manual: bool = False
    state: Literal["waiting", "held", "paid", "over", "lapsed"] = "waiting"
    payer: str | None = None
    left: int = 0
    before: datetime | None = None
    request: tuple[str, int] | None = None

    def taken(self, amount: int) -> None:
        self.state, self.left = "paid", amount


class Machine(RuleBasedStateMachine):
    """The model: what everybody has, what each payment is, who is frozen. Every key has one fate, which the model foretells."""

    built: Stage
    api: Api

    def __init__(self) -> None:
        super().__init__()
        self.built.set_back()
        self.stage = replace(self.built, waiting={}, made=dict(self.built.made))
        self.entries = verify(self.stage.wallet.ledger).entries
        self.moved = 0
        self.has = dict(START)
        self.payments: list[Payment] = []
        self.frozen: set[str] = set()
        self.guesses = dict.fromkeys(START, 0)
        self.fates: list[tuple[Any, str]] = []
        self.asked = 0
        self.on_its_way = 0
        self.set_aside = dict.fromkeys(START, 0)
        self.freezes = dict.fromkeys(START, 0)

    @precondition(lambda self: self.payments)
    @rule(who=PEOPLE)
    def guess(self, who: str) -> None:
        if self.guesses[who] < GUESSES:
            self.guesses[who] += 1
            act = self.stage.pay(self.person(who), 0, f"guess {self.asked} {self.guesses[who]}", pin=WRONG)
            assert self.told(act) == "wrong_payment_pin"

    @precondition(lambda self: self.fates)
    @rule(data=st.data())
    def replay(self, data: st.DataObject) -> None:
        act, fate = data.draw(st.sampled_from(self.fates))
        assert self.told(act) == fate

    @rule(minutes=st.sampled_from([1, 3, 14, 60, 26 * 60, 8 * 24 * 60]))
    def time_passes(self, minutes: int) -> None:
        """Access tokens are over after a while, so that everybody renews theirs; the schedule runs."""
        self.stage.cloud.clock.advance(timedelta(minutes=minutes))
        self._renew()
        self._run_schedule()

    @rule(start=st.integers(0, 30), stop=st.integers(0, 60))
    def fold_some(self, start: int, stop: int) -> None:
        assert self.stage.wallet.folding.fold(self.stage._stream()[start:stop]) == []

    @invariant()
    def everybody_has_what_the_model_says(self) -> None:
        accounts = self.stage.wallet.ledger.accounts
        found = {who: accounts.require(chart.customer(self.person(who).id)) for who in self.has}
        held = {
            who: self.set_aside[who] + sum(each.amount for each in self.payments if self._holds(each, who))
            for who in self.has
        }
        held["ada"] += self.stage.made["held before"] + self.on_its_way
        assert {who: (account.balance("CNY").amount, account.held.get("CNY", 0)) for who, account in found.items()} == {
            who: (amount * 100, held[who] * 100) for who, amount in self.has.items()
        }

    def teardown(self) -> None:
        self.stage.found()
        assert verify(self.stage.wallet.ledger).entries == self.entries + self.moved

    @property
    def now(self) -> datetime:
        moment: datetime = self.stage.cloud.clock.now()
        return moment

    def person(self, who: str) -> Any:
        return self.stage.ada if who == "ada" else self.stage.bo

    def keep(self, who: str, person: Any) -> None:
        setattr(self.stage, who, person)

    def drawn(self, data: st.DataObject, *states: str, payer: str | None = None) -> int | None:
        """The number of a payment in one of these states; in any without one."""
        fitting = [
            number for number, each in enumerate(self.payments)
            if (not states or each.state in states) and payer in (None, each.payer)
        ]  # fmt: skip
        return data.draw(st.sampled_from(fitting)) if fitting else None

    def another(self, payment: Payment, payment_id: str) -> int:
        self.payments.append(payment)
        self.stage.waiting[len(self.payments) - 1] = payment_id
        return len(self.payments) - 1

    def fresh(self, amount: int, *, manual: bool = False) -> Payment:
        return Payment(amount, self.now + LIFE, manual)

    def happens(
        self, asking: Callable[[str], Act], disturbance: Any, reasons: Reasons, *, repeats: bool = True
    ) -> str | None:
        """Asks, disturbed at first, until there is an answer, which must be what the model says; the id of what was made, or None.

        Time passes meanwhile, so what held when it was asked for or holds at its end may decide. `repeats`: whoever sends it again
        under its key is told the same.
        """
        self.asked += 1
        key, began = f"key {self.asked}", self.now

        def act(conductor: Conductor) -> Any:
            # Made anew each time: the tokens may have been renewed.
            asked: Act = asking(key)
            return asked(conductor)

        if disturbance is not None:
            with injecting() as faults, suppress(WalletError, StorageFault, ProcessDied):
                faults.hit(*disturbance)
                act(Conductor(min))
        fate = self.told(act)
        allowed = [reasons(began), reasons(self.now)]
        if repeats:
            self.fates.append((act, fate))
        if " " in fate:
            assert any(not each or "" in each for each in allowed), f"{fate}, and not {allowed}"
            return fate.partition(" ")[2]
        assert any(fate in each for each in allowed), f"{fate}, and not {allowed}"
        return None

    def told(self, act: Act) -> str:
        """The state and id that a caller learns in the end, or the refusal's code."""
        for _ in range(5):
            try:
                value = act(Conductor(min)).value
            except (Unavailable, IdempotencyKeyInUse):
                self._wait()
            except WalletError as refusal:
                return refusal.code
            else:
                if getattr(value, "status", "") != "processing":
                    return f"{getattr(value, 'status', 'sent')} {value.id}"
                self._wait()
        raise AssertionError("there is no end to it")

    def _wait(self) -> None:
        """Until no lease is in the way and the schedule has asked the acquirer and the bank."""
        self.stage.cloud.clock.advance(2 * LEASE)
        self._renew()
        wallet = self.stage.wallet
        for due in (wallet.top_ups, wallet.withdrawals, wallet.transfers, wallet.payouts):
            due.settle_due()
        self.answers_come()

    def _renew(self) -> None:
        for who in START:
            person = self.person(who)
            session = self.stage.wallet.sessions.refresh(person.refresh_token)
            self.keep(who, replace(person, token=session.access_token, refresh_token=session.refresh_token))

    def _run_schedule(self) -> None:
        """What is set aside goes back when its time is over."""
        self.stage.wallet.payments.settle_due()
        self.stage.wallet.withdrawals.settle_due()
        self.stage.wallet.transfers.settle_due()
        self.answers_come()
        for each in self.payments:
            if each.state == "held" and each.before is not None and each.before <= self.now:
                self.goes_back(each, "lapsed")
        if self.stage.made["held before"] and self.stage.made["hold ends"] <= self.now:
            self.has["ada"] += self.stage.made["held before"]
            self.stage.made["held before"] = 0
            self.moved += 1

    def answers_come(self) -> None:
        """What the schedule has heard of, and had arrive, by now."""

    def goes_back(self, payment: Payment, state: Literal["over", "lapsed"]) -> None:
        assert payment.payer is not None
        payment.state = state
        self.has[payment.payer] += payment.amount
        self.moved += 1

    @staticmethod
    def _holds(payment: Payment, who: str) -> bool:
        return payment.state == "held" and payment.payer == who


def why_not(**reasons: bool) -> set[str]:
    """The codes that hold."""
    return {code for code, holds in reasons.items() if holds}
