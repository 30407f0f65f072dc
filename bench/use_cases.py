"""The requests whose cost is measured: each prepares what it needs, unmetered, and gives the request itself."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from bench import people
from bench.people import InProcess, Person, key
from bench.usual import UsualPayments
from dev.cloud.local import LocalCloud
from wallet_api.clock import rfc3339
from wallet_api.ledger.operations import Operation

Request = Callable[[], object]


@dataclass(frozen=True)
class Bench:
    """A wallet in use: a merchant, and two people with money, one of whom has an authenticator."""

    cloud: LocalCloud
    api: InProcess
    merchant_key: str
    ada: Person
    bo: Person
    totp: Any

    @staticmethod
    def open(cloud: LocalCloud) -> Bench:
        """Fills an empty local cloud; every kind of request that is measured was made once, so that containers are warm."""
        import pyotp

        api = InProcess(cloud.gateway)
        cloud.seed()
        ada, bo = people.a_person(api, 1), people.a_person(api, 2)
        totp = pyotp.TOTP(api.post("/v1/totp", token=bo.token).ok(201)["secret"])
        api.post("/v1/totp/confirm", {"code": totp.at(cloud.clock.now())}, token=bo.token).ok(200)
        bench = Bench(cloud, api, cloud.seeded["merchant_key"], ada, bo, totp)
        bench.paid()
        cloud.pump.drain()
        return bench

    def asked(self) -> str:
        """A payment that waits for its customer."""
        return str(people.ask(self.api, self.merchant_key).ok(201)["id"])

    def paid(self) -> str:
        """A payment that Ada confirmed."""
        payment = self.asked()
        people.confirm(self.api, self.ada, payment).ok(200)
        return payment

    def ask(self) -> Request:
        return lambda: people.ask(self.api, self.merchant_key).ok(201)

    def confirm(self) -> Request:
        payment = self.asked()
        return lambda: people.confirm(self.api, self.ada, payment).ok(200)

    def confirm_again(self) -> Request:
        payment, idem = self.asked(), key()
        people.confirm(self.api, self.ada, payment, idem).ok(200)
        return lambda: people.confirm(self.api, self.ada, payment, idem).ok(200)

    def confirm_in_vain(self) -> Request:
        payment = people.ask(self.api, self.merchant_key, 4_000_00).ok(201)["id"]
        return lambda: people.confirm(self.api, self.ada, payment).text

    def set_aside(self) -> str:
        """A payment whose money waits for its merchant."""
        payment = str(people.ask(self.api, self.merchant_key, capture="manual").ok(201)["id"])
        people.confirm(self.api, self.ada, payment).ok(200)
        return payment

    def authorize(self) -> Request:
        payment = people.ask(self.api, self.merchant_key, capture="manual").ok(201)["id"]
        return lambda: people.confirm(self.api, self.ada, payment).ok(200)

    def capture(self) -> Request:
        path = f"/v1/payments/{self.set_aside()}/capture"
        return lambda: self.api.post(path, {"amount": people.cny(1000)}, token=self.merchant_key, key=key()).ok(200)

    def apply(self) -> Request:
        return lambda: people.apply(self.api, self.bo).ok(201)

    def open_outlet(self) -> Request:
        return lambda: people.outlet(self.api, self.merchant_key)

    def pay_at_outlet(self) -> Request:
        path = f"/v1/outlets/{people.outlet(self.api, self.merchant_key)}/payments"
        body = {"amount": people.cny(1250), "authorization": {"pin": people.PIN}}
        return lambda: self.api.post(path, body, token=self.ada.token, key=key()).ok(201)

    def charge(self) -> Request:
        terms = {"description": "Tea", "reference": key(), "max_per_payment": people.cny(1250)}
        asked = self.api.post(
            "/v1/mandates", {**terms, "max_per_month": people.cny(5000)}, token=self.merchant_key, key=key()
        )
        mandate, yes = asked.ok(201)["id"], {"authorization": {"pin": people.PIN}}
        self.api.post(f"/v1/mandates/{mandate}/confirm", yes, token=self.ada.token, key=key()).ok(200)
        return lambda: people.ask(self.api, self.merchant_key, mandate_id=mandate).ok(201)

    def cancel(self) -> Request:
        path = f"/v1/payments/{self.asked()}/cancel"
        return lambda: self.api.post(path, token=self.merchant_key, key=key()).ok(200)

    def confirm_as_usual(self) -> Request:
        """The other design, asked without HTTP; its calls to storage are what counts."""
        wallet, payment = self.cloud.wallet, self.asked()
        usual, customer = UsualPayments.open(wallet), wallet.sessions.presented(self.ada.token)
        assert customer is not None
        operation = self.operation(customer.id)
        return lambda: usual.confirm(customer, payment, people.PIN, operation)

    def operation(self, caller: str) -> Operation:
        """What the edge would have read of a confirmation."""
        wallet = self.cloud.wallet
        return Operation(
            caller=caller,
            mode=wallet.settings.mode,
            key=key(),
            fingerprint="0" * 32,
            kind="POST /v1/payments/{payment_id}/confirm",
            requested_at=wallet.clock.now(),
            request_id=key(),
            locale="en",
        )

    def refund(self) -> Request:
        payment = self.paid()
        return lambda: people.refund(self.api, self.merchant_key, payment, 500).ok(201)

    def ask_back(self) -> Request:
        payment = self.paid()
        return lambda: people.ask_back(self.api, self.ada, payment)

    def approve(self) -> Request:
        path = f"/v1/refund_requests/{people.ask_back(self.api, self.ada, self.paid())}/approve"
        return lambda: self.api.post(path, {}, token=self.merchant_key, key=key()).ok(200)

    def transfer(self) -> Request:
        return lambda: people.transfer(self.api, self.ada, self.bo.phone, 100).ok(201)

    def send_for_later(self) -> Request:
        return lambda: people.transfer(self.api, self.ada, self.bo.phone, 100, "2h").ok(201)

    def take_back(self) -> Request:
        sent = people.transfer(self.api, self.ada, self.bo.phone, 100, "2h").ok(201)["id"]
        return lambda: self.api.post(f"/v1/transfers/{sent}/cancel", token=self.ada.token, key=key()).ok(200)

    def top_up(self) -> Request:
        return lambda: people.top_up(self.api, self.ada, 100_00).ok(201)

    def top_up_with_a_code(self) -> Request:
        """The two requests of a top-up whose card's issuer asks back."""
        card = replace(self.bo, card_id=people.bind(self.api, self.bo, people.CARD_WITH_A_CODE))

        def both() -> object:
            begun = people.top_up(self.api, card, 100_00).ok()
            code = {"code": people.code_to(self.api, self.bo.phone)}
            return self.api.post(f"/v1/top_ups/{begun['id']}/confirm", code, token=self.bo.token, key=key()).ok()

        return both

    def withdraw(self) -> Request:
        person = replace(self.ada, card_id=people.bind(self.api, self.ada, people.DEBIT_CARD))
        return lambda: people.withdraw(self.api, person, 10_00).ok(201)

    def register(self) -> Request:
        phone = f"+86138{secrets.randbelow(10**8):08}"
        return lambda: people.register(self.api, phone)

    def bind(self) -> Request:
        return lambda: people.bind(self.api, self.bo, people.DEBIT_CARD)

    def quote(self) -> Request:
        body = {"operation": "transfer", "amount": people.cny(5000), "payee": {"phone": self.bo.phone}}
        return lambda: self.api.post("/v1/fee_quotes", body, token=self.ada.token, key=key()).ok(201)

    def balance(self) -> Request:
        return lambda: self.api.get("/v1/wallet", token=self.ada.token).ok(200)

    def history(self) -> Request:
        for _ in range(20):
            self.paid()
        return self.page

    def page(self) -> object:
        """The newest twenty of Ada's transactions."""
        return self.api.get("/v1/transactions?limit=20", token=self.ada.token).ok(200)

    def deep_page(self) -> Request:
        """Twenty of Ada's transactions from amid all that she has."""
        middle = self.cloud.clock.now() - timedelta(days=790)
        query = f"limit=20&to={quote(rfc3339(middle))}"
        return lambda: self.api.get(f"/v1/transactions?{query}", token=self.ada.token).ok(200)

    def payments_page(self) -> object:
        """The merchant's newest twenty payments."""
        return self.api.get("/v1/payments?limit=20", token=self.merchant_key).ok(200)

    def events_page(self) -> object:
        """What happened to the merchant's payments last."""
        return self.api.get("/v1/events?limit=20", token=self.merchant_key).ok(200)

    def behind(self) -> Request:
        """All that the streams' readers do for a payment after its answer."""
        self.cloud.pump.drain()
        self.paid()
        return self.cloud.pump.drain

    def get_payment(self) -> Request:
        payment = self.paid()
        return lambda: self.api.get(f"/v1/payments/{payment}", token=self.merchant_key).ok(200)

    def sign_in(self) -> Request:
        def both_factors() -> object:
            given = {"phone": self.bo.phone, "password": people.PASSWORD}
            challenge = self.api.post("/v1/sessions", given).ok(200)["challenge_id"]
            proof = {"method": "totp", "code": self.totp.at(self.cloud.clock.now())}
            return self.api.post(f"/v1/sessions/challenges/{challenge}/verify", proof).ok(201)

        # A code counts once, so the authenticator has to show the next one.
        self.cloud.clock.advance("30s")
        return both_factors

    def refresh(self) -> Request:
        self.sign_in()
        given = {"phone": self.bo.phone, "password": people.PASSWORD}
        challenge = self.api.post("/v1/sessions", given).ok(200)["challenge_id"]
        proof = {"method": "totp", "code": self.totp.at(self.cloud.clock.now())}
        made = self.api.post(f"/v1/sessions/challenges/{challenge}/verify", proof).ok(201)
        body = {"refresh_token": made["session"]["refresh_token"]}
        return lambda: self.api.post("/v1/sessions/refresh", body).ok(200)


ASKED, PAYMENT, USUAL = "payment, asked for", "payment, confirmed", "the same, the usual way"

MEASURED: dict[str, Callable[[Bench], Request]] = {
    ASKED: Bench.ask,
    PAYMENT: Bench.confirm,
    "the same key again": Bench.confirm_again,
    "payment, refused (no money)": Bench.confirm_in_vain,
    USUAL: Bench.confirm_as_usual,
    "payment, set aside": Bench.authorize,
    "payment, captured": Bench.capture,
    "payment, canceled": Bench.cancel,
    "payment at an outlet": Bench.pay_at_outlet,
    "payment by a mandate": Bench.charge,
    "merchant applied for": Bench.apply,
    "outlet opened": Bench.open_outlet,
    "refund": Bench.refund,
    "refund asked for": Bench.ask_back,
    "the same, approved": Bench.approve,
    "transfer": Bench.transfer,
    "transfer that arrives later": Bench.send_for_later,
    "the same, taken back": Bench.take_back,
    "top-up": Bench.top_up,
    "top-up with a code (2 requests)": Bench.top_up_with_a_code,
    "withdrawal": Bench.withdraw,
    "fee quote": Bench.quote,
    "GET wallet": Bench.balance,
    "GET payment": Bench.get_payment,
    "GET transactions, 20 a page": Bench.history,
    "GET payments, 20 a page": lambda bench: bench.payments_page,
    "GET events, 20 a page": lambda bench: bench.events_page,
    "registration (2 requests)": Bench.register,
    "card bound (2 requests)": Bench.bind,
    "sign-in with TOTP (2 requests)": Bench.sign_in,
    "session refreshed": Bench.refresh,
}
