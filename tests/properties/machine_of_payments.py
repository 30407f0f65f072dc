"""The state machine's rules of payments, holds, refunds, transfers and top-ups."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from tests.properties.machine import AMOUNTS, DISTURBANCES, PEOPLE, Machine, Payment, why_not
from tests.schedules.stage import yuan
from wallet_api.payments.use_cases import Asking


class Paying(Machine):
    """A merchant asks, customers say yes, and either side has second thoughts."""

    @initialize()
    def begin(self) -> None:
        """Every story begins with money that is set aside, payments that were made, and one that waits."""
        for amount, manual in ((30, True), (20, False), (10, False)):
            self._order(amount, manual=manual)
        for number, who in ((0, "ada"), (1, "bo")):
            self._pay(number, who, None)

    @rule(amount=AMOUNTS, manual=st.booleans())
    def order(self, amount: int, manual: bool) -> None:
        self._order(amount, manual=manual)

    def _order(self, amount: int, *, manual: bool) -> None:
        number = len(self.payments)
        asking = Asking(yuan(amount), "tea", f"order {number}", {}, "manual" if manual else "automatic")
        asked = self.stage.asked(self.stage.shop.id, f"order {number}", "POST /v1/payments", f"{amount}")
        payment = self.fresh(amount, manual=manual)
        self.another(payment, self.stage.wallet.payments.create(self.stage.merchant, asking, asked).value.id)

    @precondition(lambda self: self.payments)
    @rule(data=st.data(), who=PEOPLE, waiting=st.booleans(), disturbance=DISTURBANCES)
    def pay(self, data: st.DataObject, who: str, waiting: bool, disturbance: Any) -> None:
        number = self.drawn(data, *(("waiting",) if waiting else ()))
        if number is not None:
            self._pay(number, who, disturbance)

    def _pay(self, number: int, who: str, disturbance: Any) -> None:
        payment = self.payments[number]

        def reasons(now: datetime) -> set[str]:
            own, state = payment.payer == who, payment.state
            return why_not(
                payment_canceled=state in ("over", "lapsed"),
                payment_already_paid=own and state == "paid",
                payment_already_confirmed=own and state == "held",
                payment_paid_by_another=not own and state in ("paid", "held"),
                payment_expired=state == "waiting" and now >= payment.ends,
                wallet_frozen=who in self.frozen,
                insufficient_funds=self.has[who] < payment.amount,
            )

        if self.happens(lambda key: self.stage.pay(self.person(who), number, key), disturbance, reasons) is not None:
            payment.payer = who
            self.has[who] -= payment.amount
            self.moved += 1
            if payment.manual:
                payment.state = "held"
                payment.before = self.stage.wallet.payments.found_again(self.stage.waiting[number]).capture_before
            else:
                payment.taken(payment.amount)
        self.guesses[who] = 0

    @precondition(lambda self: self.payments)
    @rule(data=st.data(), amount=AMOUNTS, whole=st.booleans(), held=st.booleans(), disturbance=DISTURBANCES)
    def capture(self, data: st.DataObject, amount: int, whole: bool, held: bool, disturbance: Any) -> None:
        number = self.drawn(data, *(("held",) if held else ()))
        if number is None:
            return
        payment, on = self.payments[number], replace(self.stage, held=self.stage.waiting[number])
        wanted = payment.amount if whole else amount

        def reasons(now: datetime) -> set[str]:
            late = payment.state == "held" and payment.before is not None and now >= payment.before
            return why_not(
                payment_already_captured=payment.state == "paid" and payment.manual,
                payment_already_paid=payment.state == "paid" and not payment.manual,
                payment_canceled=payment.state == "over",
                payment_expired=payment.state == "waiting" and now >= payment.ends,
                payment_not_authorized=payment.state == "waiting" and now < payment.ends,
                capture_too_late=late or payment.state == "lapsed",
                capture_exceeds_authorization=payment.state == "held" and wanted > payment.amount,
            )

        if self.happens(lambda key: on.capture(None if whole else amount, key), disturbance, reasons) is not None:
            assert payment.payer is not None
            payment.taken(wanted)
            self.has[payment.payer] += payment.amount - wanted
            self.moved += 1

    @precondition(lambda self: self.payments)
    @rule(data=st.data(), disturbance=DISTURBANCES)
    def cancel(self, data: st.DataObject, disturbance: Any) -> None:
        number = data.draw(st.integers(0, len(self.payments) - 1))
        payment = self.payments[number]

        def reasons(now: datetime) -> set[str]:
            return why_not(
                payment_canceled=payment.state in ("over", "lapsed"),
                payment_already_paid=payment.state == "paid",
                payment_expired=payment.state == "waiting" and now >= payment.ends,
            )

        if self.happens(lambda key: self.stage.cancel(number, key), disturbance, reasons) is None:
            return
        if payment.state == "held":
            self.goes_back(payment, "over")
        payment.state = "over"

    @precondition(lambda self: self.payments)
    @rule(data=st.data(), amount=AMOUNTS, paid=st.booleans(), disturbance=DISTURBANCES)
    def refund(self, data: st.DataObject, amount: int, paid: bool, disturbance: Any) -> None:
        number = self.drawn(data, *(("paid",) if paid else ()))
        if number is None:
            return
        payment, on = self.payments[number], replace(self.stage, paid=self.stage.waiting[number])

        def reasons(_: datetime) -> set[str]:
            paid = payment.state == "paid"
            return why_not(payment_not_refundable=not paid, refund_exceeds_payment=paid and payment.left < amount)

        if self.happens(lambda key: on.refund(amount, key), disturbance, reasons) is not None:
            self.given_back(payment, amount)

    def given_back(self, payment: Payment, amount: int) -> None:
        assert payment.payer is not None
        payment.left -= amount
        self.has[payment.payer] += amount
        self.moved += 1

    @rule(payer=PEOPLE, amount=AMOUNTS, disturbance=DISTURBANCES)
    def send(self, payer: str, amount: int, disturbance: Any) -> None:
        payee = "bo" if payer == "ada" else "ada"

        def reasons(_: datetime) -> set[str]:
            return why_not(
                wallet_frozen=payer in self.frozen,
                insufficient_funds=self.has[payer] < amount,
                payee_unavailable=payee in self.frozen,
            )

        def asking(key: str) -> Any:
            return self.stage.send(self.person(payer), self.person(payee), amount, key)

        if self.happens(asking, disturbance, reasons) is not None:
            self.has[payer] -= amount
            self.has[payee] += amount
            self.moved += 1
        self.guesses[payer] = 0

    @rule(amount=AMOUNTS, disturbance=DISTURBANCES)
    def top_up(self, amount: int, disturbance: Any) -> None:
        frozen = why_not(wallet_frozen="ada" in self.frozen)
        if self.happens(lambda key: self.stage.top_up(amount, key), disturbance, lambda _: frozen) is not None:
            self.has["ada"] += amount
            self.moved += 1
