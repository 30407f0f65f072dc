"""An acquirer that keeps its own books, and whose every call can be broken: what it charged is the truth that the wallet must meet."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from tests.faults.injector import DEATHS, Faults, ProcessDied
from wallet_api.gateways.acquirer import (
    Acquirer,
    AcquirerSilent,
    CardDetails,
    ChargeOrder,
    ChargeOutcome,
    CreditOrder,
    CreditOutcome,
    RefundOrder,
    RefundOutcome,
    TokenisedCard,
    Verdict,
)

T = TypeVar("T")

NOT_RECEIVED = ChargeOutcome("declined", "charge_not_received")
REFUND_NOT_RECEIVED = RefundOutcome("declined", "refund_not_received")
CREDIT_NOT_RECEIVED = CreditOutcome("declined", "withdrawal_not_received")
OPPOSITE = {"approved": ChargeOutcome("declined", "card_declined"), "declined": ChargeOutcome("approved")}

CALL_FAULTS = ("not received", "received, no answer", "died before", "died after")
"""What may happen to any call."""
LATE_FAULTS = ("late", "late and contradictory")
"""What may happen to a question about money: the schedule asks as well, and learns and posts the outcome first. The answer
that comes after it says the same (as a callback that is delivered twice does), or the opposite.
"""
OPPOSITE_CREDIT = {
    "approved": CreditOutcome("declined", "withdrawal_declined"),
    "declined": CreditOutcome("approved"),
}
ABOUT_CHARGES = ("charge", "confirm", "find", "credit", "find_credit")


def faults_of(call: str) -> tuple[str, ...]:
    """The faults that a call can meet."""
    return CALL_FAULTS + (LATE_FAULTS if call in ABOUT_CHARGES else ())


@dataclass
class BookkeepingAcquirer:
    """The sandbox's issuers behind an acquirer that remembers, as a real one does.

    A charge that never arrived is closed when it is asked about; a final outcome stays. `meanwhile` is what happens while a late
    answer is on its way. It shares the process, and so its death, with storage's faults.
    """

    issuers: Acquirer
    faults: Faults
    meanwhile: Callable[[], None]
    calls: list[str] = field(default_factory=list)
    final: dict[str, ChargeOutcome] = field(default_factory=dict)
    ordered: dict[str, ChargeOrder] = field(default_factory=dict)
    received: set[str] = field(default_factory=set)
    refunds: dict[str, tuple[RefundOrder, RefundOutcome]] = field(default_factory=dict)
    """What was decided of money to cards, by our reference: one that was asked about before it arrived never arrives."""
    credits: dict[str, tuple[CreditOrder, CreditOutcome]] = field(default_factory=dict)
    """The same of withdrawals."""
    struck: bool = False
    _aimed: tuple[str, int, str] | None = None

    def aim(self, call: str, nth: int, fault: str) -> None:
        """Breaks the n-th call of this name from now on."""
        self._aimed = (call, self.calls.count(call) + nth, fault)

    def clear(self) -> None:
        """Forgets the calls and the plan, never the books."""
        self.calls.clear()
        self._aimed, self.struck = None, False

    @property
    def charged(self) -> dict[str, int]:
        """What was really taken from cards, in minor units, by our reference."""
        return {name: self.ordered[name].amount.amount for name, end in self.final.items() if end.status == "approved"}

    def tokenise(self, reference: str, details: CardDetails) -> TokenisedCard:
        return self._called("tokenise", lambda: self.issuers.tokenise(reference, details))

    def send_code(self, token: str) -> None:
        self._called("send_code", lambda: self.issuers.send_code(token))

    def verify(self, token: str, code: str) -> Verdict:
        return self._called("verify", lambda: self.issuers.verify(token, code))

    def detach(self, token: str) -> None:
        self._called("detach", lambda: self.issuers.detach(token))

    def charge(self, order: ChargeOrder) -> ChargeOutcome:
        self.ordered.setdefault(order.reference, order)
        return self._asked("charge", order, lambda: self.issuers.charge(order))

    def confirm(self, order: ChargeOrder, code: str) -> ChargeOutcome:
        return self._asked("confirm", order, lambda: self.issuers.confirm(order, code))

    def find(self, order: ChargeOrder) -> ChargeOutcome:
        def found() -> ChargeOutcome:
            return self.issuers.find(order) if order.reference in self.received else NOT_RECEIVED

        return self._asked("find", order, found)

    def refund(self, order: RefundOrder) -> RefundOutcome:
        def kept() -> RefundOutcome:
            if order.reference not in self.refunds:
                self.refunds[order.reference] = order, self.issuers.refund(order)
            return self.refunds[order.reference][1]

        return self._called("refund", kept)

    def find_refund(self, order: RefundOrder) -> RefundOutcome:
        def found() -> RefundOutcome:
            kept = self.refunds.setdefault(order.reference, (order, REFUND_NOT_RECEIVED))
            if kept[1].status == "pending":
                self.refunds[order.reference] = order, self.issuers.find_refund(order)
            return self.refunds[order.reference][1]

        return self._called("find_refund", found)

    def credit(self, order: CreditOrder) -> CreditOutcome:
        def kept() -> CreditOutcome:
            if order.reference not in self.credits:
                self.credits[order.reference] = order, CreditOutcome("pending")
                self.credits[order.reference] = order, self.issuers.credit(order)
            return self.credits[order.reference][1]

        return self._called("credit", kept)

    def find_credit(self, order: CreditOrder) -> CreditOutcome:
        def found() -> CreditOutcome:
            kept = self.credits.setdefault(order.reference, (order, CREDIT_NOT_RECEIVED))
            if kept[1].status == "pending":
                self.credits[order.reference] = order, self.issuers.find_credit(order)
            return self.credits[order.reference][1]

        return self._called("find_credit", found)

    @property
    def credited(self) -> dict[str, int]:
        """What cards really got of withdrawals, in minor units, by our reference."""
        return {name: each.amount.amount for name, (each, end) in self.credits.items() if end.status == "approved"}

    @property
    def refunded(self) -> dict[str, int]:
        """What cards really got, in minor units, by our reference."""
        return {name: each.amount.amount for name, (each, end) in self.refunds.items() if end.status == "approved"}

    def _asked(self, name: str, order: ChargeOrder, ask: Callable[[], ChargeOutcome]) -> ChargeOutcome:
        def kept() -> ChargeOutcome:
            if name == "charge" and order.reference not in self.final:
                self.received.add(order.reference)
            if order.reference not in self.final:
                outcome = ask()
                if outcome.status not in OPPOSITE:
                    return outcome
                self.final[order.reference] = outcome
            return self.final[order.reference]

        return self._called(name, kept)

    def _called(self, name: str, make: Callable[[], T]) -> T:
        if self.faults.dead:
            raise ProcessDied
        self.calls.append(name)
        fault = None
        if self._aimed is not None and self._aimed[:2] == (name, self.calls.count(name)):
            fault, self._aimed, self.struck = self._aimed[2], None, True
        if fault is None:
            return make()
        if fault == "not received":
            raise AcquirerSilent
        self.faults.dead = fault in DEATHS
        if fault == "died before":
            raise ProcessDied
        answer = make()
        if fault == "died after":
            raise ProcessDied
        if fault == "received, no answer":
            raise AcquirerSilent
        self.meanwhile()
        if fault == "late and contradictory" and isinstance(answer, CreditOutcome):
            return OPPOSITE_CREDIT.get(answer.status, answer)  # type: ignore[return-value]
        if fault == "late and contradictory" and isinstance(answer, ChargeOutcome):
            return OPPOSITE.get(answer.status, answer)  # type: ignore[return-value]
        return answer
