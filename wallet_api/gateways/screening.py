"""Screening: a company that reviews payments for fraud and sanctions before they are final.

Which payments are reviewed is decided here, without asking anybody; what is reviewed has its money set aside first.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, Literal, Protocol

from msgspec import Struct

from wallet_api.clock import Clock
from wallet_api.errors import Unavailable
from wallet_api.money import Money

Verdict = Literal["pass", "block", "pending"]


class ScreeningSilent(Unavailable):
    """The reviewers did not answer; what they decide is not known until they do."""

    code = "screening_unavailable"


class Case(Struct, frozen=True):
    """A payment as its reviewers know it: `reference` is ours; `since` is when its customer said yes, None before that."""

    reference: str
    customer_id: str
    merchant_id: str
    amount: Money
    since: datetime | None


class Screening(Protocol):
    """What the wallet asks of its reviewers."""

    def concerns(self, case: Case) -> bool:
        """Whether a payment is to be reviewed. A rule of ours: it asks nobody and costs no time."""

    def ask(self, case: Case) -> Verdict:
        """How the review stands; pass and block are final, and stay so for a reference. May raise ScreeningSilent."""


class NoScreening:
    """Nothing is reviewed: limits and the strength of a yes are all that guards a payment."""

    def concerns(self, case: Case) -> bool:  # noqa: ARG002  no payment is
        """Never."""
        return False

    def ask(self, case: Case) -> Verdict:  # noqa: ARG002  whatever it is
        """Lets everything pass."""
        return "pass"


REVIEW_AFTER = timedelta(seconds=60)
"""How long a review of the sandbox that comes later stays pending."""

MAGIC_AMOUNTS: Final = {
    777_01: "blocks",
    777_02: "blocks later",
    777_03: "passes",
    777_04: "passes later",
    777_05: "is silent, then passes",
}
"""What the magic amounts do, in minor units of any currency. No other amount is reviewed."""


class SandboxScreening(Struct, frozen=True):
    """The reviewers of test mode: magic amounts reach every end. They remember nothing; what comes later is the clock's."""

    clock: Clock

    def concerns(self, case: Case) -> bool:
        """Whether the amount is a magic one."""
        return case.amount.amount in MAGIC_AMOUNTS

    def ask(self, case: Case) -> Verdict:
        """What the amount does, at this time."""
        behaviour = MAGIC_AMOUNTS.get(case.amount.amount, "passes")
        waiting = case.since is None or self.clock.now() - case.since < REVIEW_AFTER
        if waiting and behaviour == "is silent, then passes":
            raise ScreeningSilent
        if waiting and behaviour.endswith("later"):
            return "pending"
        return "block" if behaviour.startswith("blocks") else "pass"
