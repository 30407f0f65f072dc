"""A state machine over the whole wallet: people, a merchant, cards, faults, replays, freezes, time and folding in any order."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.faults.injector import FAULTS, ProcessDied, injecting
from tests.schedules.conductor import Conductor
from tests.schedules.stage import WRONG, Act, Stage, build, yuan
from wallet_api.errors import Unavailable, WalletError
from wallet_api.ledger import chart
from wallet_api.ledger.errors import IdempotencyKeyInUse
from wallet_api.ledger.verify import verify
from wallet_api.payments.model import LIFE
from wallet_api.payments.use_cases import Asking
from wallet_api.storage.errors import StorageFault
from wallet_api.top_ups.model import LEASE

START = {"ada": 100, "bo": 50}
GUESSES = 2
"""So many wrong PINs leave room for the attempts that a disturbed request reserved and could not give back."""
PEOPLE = st.sampled_from(["ada", "bo"])
AMOUNTS = st.integers(1, 80)
DISTURBANCES = st.none() | st.tuples(
    st.integers(1, 5),
    st.sampled_from([name for name in FAULTS if not name.endswith("left over") and name != "denied"]),
    st.sampled_from([1, 30]),
)
"""Nothing, or: the n-th storage call from now on fails so, once or for long."""


class WalletMachine(RuleBasedStateMachine):
    """The model: what everybody has, what each payment is, who is frozen. Every key has one fate, which the model foretells."""

    built: Stage

    def __init__(self) -> None:
        super().__init__()
        self.built.set_back()
        self.stage = replace(self.built, waiting={})
        self.entries = verify(self.stage.wallet.ledger).entries
        self.has = dict(START)
        self.payments: list[dict[str, Any]] = []
        self.frozen: set[str] = set()
        self.guesses = dict.fromkeys(START, 0)
        self.fates: list[tuple[Any, str]] = []

    @rule(amount=AMOUNTS)
    def order(self, amount: int) -> None:
        number = len(self.payments)
        asking = Asking(yuan(amount), "tea", f"order {number}", {})
        asked = self.stage.asked(self.stage.shop.id, f"order {number}", "POST /v1/payments", f"{amount}")
        made = self.stage.wallet.payments.create(self.stage.merchant, asking, asked).value
        self.stage.waiting[number] = made.id
        self.payments.append({"amount": amount, "payer": None, "left": 0, "over": False, "ends": self.now + LIFE})

    @precondition(lambda self: self.payments)
    @rule(data=st.data(), who=PEOPLE, disturbance=DISTURBANCES)
    def pay(self, data: st.DataObject, who: str, disturbance: Any) -> None:
        number = data.draw(st.integers(0, len(self.payments) - 1))
        payment = self.payments[number]
        fate = self._settled(lambda key: self.stage.pay(self._person(who), number, key), disturbance)
        own = payment["payer"] == who
        refused = self._why_not(
            payment_canceled=payment["over"],
            payment_already_paid=own,
            payment_paid_by_another=payment["payer"] is not None and not own,
            payment_expired=not payment["over"] and payment["payer"] is None and self.now >= payment["ends"],
            wallet_frozen=who in self.frozen,
            insufficient_funds=self.has[who] < payment["amount"],
        )
        if not self._foretold(fate, refused):
            payment["payer"], payment["left"] = who, payment["amount"]
            self.has[who] -= payment["amount"]
        self.guesses[who] = 0

    @rule(payer=PEOPLE, amount=AMOUNTS, disturbance=DISTURBANCES)
    def send(self, payer: str, amount: int, disturbance: Any) -> None:
        payee = "bo" if payer == "ada" else "ada"
        fate = self._settled(
            lambda key: self.stage.send(self._person(payer), self._person(payee), amount, key), disturbance
        )
        refused = self._why_not(
            wallet_frozen=payer in self.frozen,
            insufficient_funds=self.has[payer] < amount,
            payee_unavailable=payee in self.frozen,
        )
        if not self._foretold(fate, refused):
            self.has[payer] -= amount
            self.has[payee] += amount
        self.guesses[payer] = 0

    @precondition(lambda self: self.payments)
    @rule(data=st.data(), amount=AMOUNTS, disturbance=DISTURBANCES)
    def refund(self, data: st.DataObject, amount: int, disturbance: Any) -> None:
        number = data.draw(st.integers(0, len(self.payments) - 1))
        payment = self.payments[number]
        on = replace(self.stage, paid=self.stage.waiting[number])
        fate = self._settled(lambda key: on.refund(amount, key), disturbance)
        refused = self._why_not(
            payment_not_refundable=payment["payer"] is None, refund_exceeds_payment=payment["left"] < amount
        )
        if not self._foretold(fate, refused):
            payment["left"] -= amount
            self.has[payment["payer"]] += amount

    @precondition(lambda self: self.payments)
    @rule(data=st.data(), disturbance=DISTURBANCES)
    def cancel(self, data: st.DataObject, disturbance: Any) -> None:
        number = data.draw(st.integers(0, len(self.payments) - 1))
        payment = self.payments[number]
        fate = self._settled(lambda key: self.stage.cancel(number, key), disturbance)
        late = not payment["over"] and payment["payer"] is None and self.now >= payment["ends"]
        refused = self._why_not(
            payment_canceled=payment["over"], payment_already_paid=payment["payer"] is not None, payment_expired=late
        )
        payment["over"] = payment["over"] or not self._foretold(fate, refused)

    @rule(amount=AMOUNTS, disturbance=DISTURBANCES)
    def top_up(self, amount: int, disturbance: Any) -> None:
        fate = self._settled(lambda key: self.stage.top_up(amount, key), disturbance)
        if not self._foretold(fate, self._why_not(wallet_frozen="ada" in self.frozen)):
            self.has["ada"] += amount

    @precondition(lambda self: self.payments)
    @rule(who=PEOPLE)
    def guess(self, who: str) -> None:
        if self.guesses[who] < GUESSES:
            self.guesses[who] += 1
            act = self.stage.pay(self._person(who), 0, f"guess {len(self.fates)} {self.guesses[who]}", pin=WRONG)
            assert self._told(act) == "wrong_payment_pin"

    @precondition(lambda self: self.fates)
    @rule(data=st.data())
    def replay(self, data: st.DataObject) -> None:
        act, fate = data.draw(st.sampled_from(self.fates))
        assert self._told(act) == fate

    @rule(who=PEOPLE)
    def freeze_or_thaw(self, who: str) -> None:
        self.frozen ^= {who}
        accounts = self.stage.wallet.ledger.accounts
        with self.stage.wallet.storage.atomic_write() as write:
            change = accounts.freeze if who in self.frozen else accounts.unfreeze
            change(chart.customer(self._person(who).id), write)

    @rule(minutes=st.sampled_from([1, 14, 60, 26 * 60]))
    def time_passes(self, minutes: int) -> None:
        """Access tokens are over after a while, so that everybody renews theirs."""
        self.stage.cloud.clock.advance(timedelta(minutes=minutes))
        self._renew()

    @rule(start=st.integers(0, 30), stop=st.integers(0, 60))
    def fold_some(self, start: int, stop: int) -> None:
        assert self.stage.wallet.folding.fold(self.stage._stream()[start:stop]) == []

    @invariant()
    def everybody_has_what_the_model_says(self) -> None:
        accounts = self.stage.wallet.ledger.accounts
        found = {who: accounts.require(chart.customer(self._person(who).id)) for who in self.has}
        assert {who: account.balance("CNY").amount for who, account in found.items()} == {
            who: amount * 100 for who, amount in self.has.items()
        }

    def teardown(self) -> None:
        self.stage.found()
        moved = sum(" " in fate and not fate.startswith("canceled") for _, fate in self.fates)
        assert verify(self.stage.wallet.ledger).entries == self.entries + moved

    @property
    def now(self) -> Any:
        return self.stage.cloud.clock.now()

    def _person(self, who: str) -> Any:
        return self.stage.ada if who == "ada" else self.stage.bo

    def _renew(self) -> None:
        for who in START:
            person = self._person(who)
            session = self.stage.wallet.sessions.refresh(person.refresh_token)
            person = replace(person, token=session.access_token, refresh_token=session.refresh_token)
            setattr(self.stage, who, person)

    def _settled(self, asking: Any, disturbance: Any) -> str:
        """Asks, disturbed at first, until there is an answer, and keeps it with its key."""
        key = f"key {len(self.fates)}"

        def act(conductor: Conductor) -> Any:
            # Made anew each time: the tokens may have been renewed.
            asked: Act = asking(key)
            return asked(conductor)

        if disturbance is not None:
            with injecting() as faults, suppress(WalletError, StorageFault, ProcessDied):
                faults.hit(*disturbance)
                act(Conductor(min))
        fate = self._told(act)
        self.fates.append((act, fate))
        return fate

    def _told(self, act: Act) -> str:
        """The id and state that a caller learns in the end, or the refusal's code."""
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
        """Until no lease is in the way and the schedule has asked the acquirer."""
        self.stage.cloud.clock.advance(2 * LEASE)
        self._renew()
        self.stage.wallet.top_ups.settle_due()

    def _why_not(self, **reasons: bool) -> set[str]:
        return {code for code, holds in reasons.items() if holds}

    def _foretold(self, fate: str, refused: set[str]) -> bool:
        """Whether it was refused; the answer must be what the model says."""
        assert fate in refused if refused else " " in fate, f"{fate}, and not {refused or 'a success'}"
        return bool(refused)


@pytest.mark.slow
def test_no_sequence_of_whatever_people_do_and_whatever_breaks_makes_the_wallet_lie(
    api: Api, cloud: LocalCloud
) -> None:
    """M1, M2, M3, M5, M7, M8, M15, M22, M37, M38, M41, M42."""
    stage = build(api, cloud)
    stage.keep()

    class Machine(WalletMachine):
        built = stage

    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=6, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
