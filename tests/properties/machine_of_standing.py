"""The state machine's rules of what stands between people and a merchant: consents, codes, requests, payouts, and owners who stop
their wallets.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests import freezing
from tests.build import PIN
from tests.properties.machine import AMOUNTS, DISTURBANCES, PEOPLE, Machine, why_not
from tests.properties.machine_of_payments import Paying
from tests.schedules.conductor import Conductor
from tests.schedules.scenarios import mandates, payment_codes, payouts, refund_requests
from wallet_api.clock import wallet_day
from wallet_api.ledger import chart
from wallet_api.payment_codes.model import LIFE as LIFE_OF_A_SECRET

ONE_AT_A_TIME, A_MONTH = 60, 90
"""What Ada's consent allows, in yuan (tests/schedules/scenarios/mandates.py)."""
STOPS = 2
"""How often owners stop their wallets in one story: messages to a phone are counted."""


class Charging(Machine):
    """Ada consented to charges, and her phone shows codes."""

    def __init__(self) -> None:
        super().__init__()
        self.charged: dict[str, int] = {}
        self.revoked = False
        self.code_until = self.now + LIFE_OF_A_SECRET

    @rule(amount=AMOUNTS, disturbance=DISTURBANCES)
    def charge(self, amount: int, disturbance: Any) -> None:
        month = wallet_day(self.now)[:7]
        if month != wallet_day(self.now + timedelta(hours=1))[:7]:
            return  # which month counts is told by the moment that it is written at

        def reasons(_: datetime) -> set[str]:
            return why_not(
                mandate_revoked=self.revoked,
                mandate_limit_exceeded=amount > ONE_AT_A_TIME or self.charged.get(month, 0) + amount > A_MONTH,
                payment_declined="ada" in self.frozen or self.has["ada"] < amount,
            )

        made = self.happens(lambda key: mandates.charge(self.stage, amount, key, f"order {key}"), disturbance, reasons)
        if made is not None:
            self.charged[month] = self.charged.get(month, 0) + amount
            self._paid_at_once(amount, made)

    @rule()
    def revoke(self) -> None:
        mandates.revoke(self.stage)(Conductor(min))
        self.revoked = True

    @rule(amount=AMOUNTS, disturbance=DISTURBANCES)
    def take_a_code(self, amount: int, disturbance: Any) -> None:
        self.stage.cloud.clock.advance("40s")  # the next code
        self._renew()

        def reasons(now: datetime) -> set[str]:
            return why_not(
                payment_code_refused="ada" in self.frozen or now >= self.code_until,
                payment_declined=self.has["ada"] < amount,
            )

        def asking(key: str) -> Any:
            return payment_codes.take(self.stage, amount, key)

        made = self.happens(asking, disturbance, reasons, repeats=False)
        if made is not None:
            self._paid_at_once(amount, made)

    def _paid_at_once(self, amount: int, payment_id: str) -> None:
        payment = self.fresh(amount)
        payment.payer = "ada"
        payment.taken(amount)
        self.another(payment, payment_id)
        self.has["ada"] -= amount
        self.moved += 1


class Requesting(Paying):
    """Ada asks for money back."""

    @precondition(lambda self: self.drawable("paid"))
    @rule(data=st.data(), amount=AMOUNTS, disturbance=DISTURBANCES)
    def ask_back(self, data: st.DataObject, amount: int, disturbance: Any) -> None:
        number = self.drawn(data, "paid", payer="ada")
        assert number is not None
        payment, paid = self.payments[number], self.stage.waiting[number]

        def asking(key: str) -> Any:
            # The stage as it is then: tokens are renewed.
            return refund_requests.ask(replace(self.stage, paid=paid), amount, key)

        def reasons(_: datetime) -> set[str]:
            return why_not(
                refund_request_open=payment.request is not None, refund_exceeds_payment=payment.left < amount
            )

        made = self.happens(asking, disturbance, reasons)
        if made is not None:
            payment.request = (made, amount)

    @precondition(lambda self: any(each.request for each in self.payments))
    @rule(data=st.data(), disturbance=DISTURBANCES)
    def approve(self, data: st.DataObject, disturbance: Any) -> None:
        payment = data.draw(st.sampled_from([each for each in self.payments if each.request]))
        assert payment.request is not None
        request_id, amount = payment.request
        on = replace(self.stage, made={"request": request_id})

        def reasons(_: datetime) -> set[str]:
            return why_not(refund_exceeds_payment=payment.left < amount)

        if self.happens(lambda key: refund_requests.approve(on, key), disturbance, reasons) is not None:
            payment.request = None
            self.given_back(payment, amount)

    @precondition(lambda self: any(each.request for each in self.payments))
    @rule(data=st.data(), by_shop=st.booleans())
    def end_request(self, data: st.DataObject, by_shop: bool) -> None:
        payment = data.draw(st.sampled_from([each for each in self.payments if each.request]))
        assert payment.request is not None
        on = replace(self.stage, made={"request": payment.request[0]})
        ended = self.told(refund_requests.decline(on) if by_shop else refund_requests.take_back(on))
        assert ended == f"{'declined' if by_shop else 'canceled'} {payment.request[0]}"
        payment.request = None

    def drawable(self, state: str) -> bool:
        return any(each.state == state and each.payer == "ada" for each in self.payments)


class Stopping(Charging):
    """Owners stop their wallets and have them back; so does the operator."""

    def __init__(self) -> None:
        super().__init__()
        self.stopped: set[str] = set()
        self.stops = 0

    @rule(who=PEOPLE)
    def freeze_or_thaw(self, who: str) -> None:
        if who in self.stopped:
            return
        self.frozen ^= {who}
        self.freezes[who] += who in self.frozen
        accounts = self.stage.wallet.ledger.accounts
        with self.stage.wallet.storage.atomic_write() as write:
            change = accounts.freeze if who in self.frozen else accounts.unfreeze
            change(chart.customer(self.person(who).id), write)

    @precondition(lambda self: self.stops < STOPS)
    @rule(who=PEOPLE)
    def stop(self, who: str) -> None:
        """Over HTTP. It ends every session, so the owner signs in again; the codes of the phone are dead."""
        if who in self.frozen:
            return
        freezing.freeze(self.api, self.person(who)).ok(201)
        self.stops += 1
        self.stopped.add(who)
        self.frozen.add(who)
        self.freezes[who] += 1
        self.stage.cloud.clock.advance("61s")  # a phone gets one code a minute
        self.keep(who, freezing.back(self.api, self.stage.cloud, self.person(who)))
        self._renew()
        if who == "ada":
            self.code_until = self.now

    @precondition(lambda self: self.stopped)
    @rule(data=st.data())
    def have_it_back(self, data: st.DataObject) -> None:
        """With the password, the phone and the PIN."""
        who = data.draw(st.sampled_from(sorted(self.stopped)))
        self.stage.cloud.clock.advance("61s")
        self._renew()
        person = self.person(who)
        asked = freezing.ask_unfreeze(self.api, person).ok(201)
        sms = freezing.unfreeze_code(self.api, self.stage.cloud, person, asked["id"], "sms", person.phone)
        freezing.confirm_unfreeze(self.api, person, asked["id"], sms_code=sms, pin=PIN).ok(200)
        self.stopped.remove(who)
        self.frozen.remove(who)
        self.guesses[who] = 0


class Settling(Machine):
    """The shop has its money sent to its bank."""

    def __init__(self) -> None:
        super().__init__()
        self.paid_out = 0

    @rule(amount=AMOUNTS, disturbance=DISTURBANCES)
    def pay_out(self, amount: int, disturbance: Any) -> None:
        """What is available is told by days, fees and what was folded: no more than the shop ever had."""
        had = self.stage.made["earned before"] + sum(each.left for each in self.payments if each.state == "paid")

        refusals = {"payout_exceeds_available", "payout_below_minimum"}
        possible = self.paid_out + amount <= had

        def asking(key: str) -> Any:
            return payouts.pay_out(self.stage, amount, key)

        made = self.happens(asking, disturbance, lambda _: {*refusals, ""} if possible else refusals)
        if made is not None:
            self.paid_out += amount
            self.moved += 2  # set aside, then paid
