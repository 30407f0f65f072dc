"""The state machine's rules of transfers that arrive later: taken back in time, stopped by a freeze, or arrived."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from tests.properties.machine import AMOUNTS, DISTURBANCES, PEOPLE, Machine, why_not
from tests.schedules.scenarios import delayed_transfers
from tests.schedules.stage import Act

OTHER = {"ada": "bo", "bo": "ada"}
TOLD = {
    "arrived": "transfer_already_arrived",
    "canceled": "transfer_already_canceled",
    "failed": "transfer_already_failed",
}


@dataclass
class Later:
    """A transfer by the model: `freezes` is how often its payer's wallet had been frozen when they sent it."""

    id: str
    payer: str
    amount: int
    arrives_at: datetime
    freezes: int
    state: Literal["scheduled", "arrived", "canceled", "failed"] = "scheduled"


class Delaying(Machine):
    """Both send with delayed arrival and have second thoughts; what is on its way ends when its time has come."""

    def __init__(self) -> None:
        super().__init__()
        self.later: list[Later] = []

    @initialize()
    def money_that_arrives_later(self) -> None:
        """Every story begins with money that is on its way in both directions."""
        self._send_later(5, "ada", None)
        self._send_later(3, "bo", None)

    @rule(amount=AMOUNTS, payer=PEOPLE, disturbance=DISTURBANCES)
    def send_later(self, amount: int, payer: str, disturbance: Any) -> None:
        self._send_later(amount, payer, disturbance)

    def _send_later(self, amount: int, payer: str, disturbance: Any) -> None:
        payee = OTHER[payer]

        def asking(key: str) -> Act:
            who, to = self.person(payer), self.person(payee)
            return delayed_transfers.send_later(self.stage, amount, key, payer=who, payee=to)

        def reasons(_: datetime) -> set[str]:
            return why_not(
                wallet_frozen=payer in self.frozen,
                insufficient_funds=self.has[payer] < amount,
                payee_unavailable=payee in self.frozen,
            )

        made = self.happens(asking, disturbance, reasons, repeats=False)
        self.guesses[payer] = 0
        if made is not None:
            arrives_at = self.stage.wallet.transfers.require(made).delayed.arrives_at
            self.later.append(Later(made, payer, amount, arrives_at, self.freezes[payer]))
            self.has[payer] -= amount
            self.set_aside[payer] += amount
            self.moved += 1

    @precondition(lambda self: self.later)
    @rule(data=st.data(), on_its_way=st.booleans(), disturbance=DISTURBANCES)
    def take_back(self, data: st.DataObject, on_its_way: bool, disturbance: Any) -> None:
        fitting = [each for each in self.later if each.state == "scheduled" or not on_its_way]
        if not fitting:
            return
        chosen = data.draw(st.sampled_from(fitting))
        self._settled()

        def asking(key: str) -> Act:
            on = replace(self.stage, made={**self.stage.made, "transfer": chosen.id})
            return delayed_transfers.take_back(on, key, payer=self.person(chosen.payer))

        def reasons(now: datetime) -> set[str]:
            if chosen.state == "scheduled" and chosen.arrives_at > now:
                return set()
            return {TOLD[self._end_of(chosen) if chosen.state == "scheduled" else chosen.state]}

        if self.happens(asking, disturbance, reasons) is not None:
            self._ends(chosen, "canceled")
        self._settled()

    def answers_come(self) -> None:
        super().answers_come()
        self._arrivals()

    def _settled(self) -> None:
        self.stage.wallet.transfers.settle_due()
        self._arrivals()

    def _arrivals(self) -> None:
        for each in self.later:
            if each.state == "scheduled" and each.arrives_at <= self.now:
                self._ends(each, self._end_of(each))

    def _end_of(self, each: Later) -> Literal["arrived", "failed"]:
        """How it ends when nobody takes it back."""
        stopped = each.payer in self.frozen or self.freezes[each.payer] != each.freezes
        return "failed" if stopped or OTHER[each.payer] in self.frozen else "arrived"

    def _ends(self, each: Later, state: Literal["arrived", "canceled", "failed"]) -> None:
        each.state = state
        self.set_aside[each.payer] -= each.amount
        self.has[OTHER[each.payer] if state == "arrived" else each.payer] += each.amount
        self.moved += 1
