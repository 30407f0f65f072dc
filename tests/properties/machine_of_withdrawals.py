"""The state machine's rules of withdrawals: to cards that take them, that do not, and that nobody hears of for a while."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from tests.properties.machine import AMOUNTS, DISTURBANCES, Machine, why_not
from tests.schedules.conductor import Conductor
from tests.schedules.scenarios import withdrawals
from tests.schedules.stage import Act
from wallet_api.errors import WalletError
from wallet_api.gateways.sandbox_acquirer import ANSWER_AFTER

FEE = 1
"""What a withdrawal costs here, in yuan: the model counts in whole ones."""
NEW_CARDS = 1_000
"""What cards that are new get in a day."""
TAKES, DECLINES, LATER_TAKES, LATER_DECLINES = "takes", "declines", "takes later", "declines later"
CARDS = (TAKES, DECLINES, LATER_TAKES, LATER_DECLINES)


@dataclass
class OnItsWay:
    """A withdrawal that nobody knows the end of, `asked_at` this moment."""

    amount: int
    arrives: bool
    asked_at: datetime


class Withdrawing(Machine):
    """Ada withdraws. What is under way is set aside; an answer comes a minute later, whatever happens to her wallet meanwhile."""

    def __init__(self) -> None:
        super().__init__()
        self.unanswered: list[OnItsWay] = []
        self.sent_to_cards = 0

    @initialize()
    def money_under_way(self) -> None:
        """Every story begins with money that will come back, and money that will not."""
        for card in (LATER_DECLINES, LATER_TAKES):
            self._withdraw_once(4, card)

    @rule(amount=AMOUNTS, card=st.sampled_from(CARDS), disturbance=DISTURBANCES)
    def withdraw(self, amount: int, card: str, disturbance: Any) -> None:
        """Asked for until there is an end."""

        def asking(key: str) -> Any:
            return self._to_card(amount, card, key)

        made = self.happens(asking, disturbance, lambda _: self._reasons(amount))
        if made is not None:
            status = self.stage.wallet.withdrawals.require(made).status
            assert status == ("succeeded" if card in (TAKES, LATER_TAKES) else "failed")
            self.sent_to_cards += amount + FEE
            self.has["ada"] -= amount + FEE if status == "succeeded" else 0
            self.moved += 2  # set aside, then sent or given back
        self.guesses["ada"] = 0

    @rule(amount=AMOUNTS, card=st.sampled_from((LATER_TAKES, LATER_DECLINES)))
    def withdraw_and_not_wait(self, amount: int, card: str) -> None:
        """Asked for once: its money stays set aside while other things happen."""
        self._withdraw_once(amount, card)

    def _withdraw_once(self, amount: int, card: str) -> None:
        self.asked += 1
        reasons = self._reasons(amount)
        told, status = "", "processing"
        try:
            status = self._to_card(amount, card, f"key {self.asked}")(Conductor(min)).value.status
        except WalletError as refusal:
            told = refusal.code
        self.guesses["ada"] = 0
        assert told in reasons if told else (status == "processing" and (not reasons or "" in reasons)), told
        if not told:
            self.unanswered.append(OnItsWay(amount, card == LATER_TAKES, self.now))
            self.on_its_way += amount + FEE
            self.sent_to_cards += amount + FEE
            self.has["ada"] -= amount + FEE
            self.moved += 1

    def answers_come(self) -> None:
        known = [each for each in self.unanswered if self.now - each.asked_at >= ANSWER_AFTER]
        self.unanswered = [each for each in self.unanswered if each not in known]
        for each in known:
            self.on_its_way -= each.amount + FEE
            self.has["ada"] += 0 if each.arrives else each.amount + FEE
            self.moved += 1

    def _to_card(self, amount: int, card: str, key: str) -> Act:
        """With the tokens as they are now."""
        return withdrawals.withdraw(replace(self.stage, card_id=self.stage.made["cards"][card]), amount, key)

    def _reasons(self, amount: int) -> set[str]:
        reasons = why_not(wallet_frozen="ada" in self.frozen, insufficient_funds=self.has["ada"] < amount + FEE)
        full = self.sent_to_cards + amount + FEE > NEW_CARDS
        return reasons | ({"withdrawal_card_too_new", *([] if reasons else [""])} if full else set())
