"""What a merchant and its customers do over HTTP, for whoever wants to see it happen in a running `./wallet serve`."""

import re
import secrets
import sys
import uuid
from typing import Any

from dev.client import Answer, Api
from dev.listen import NotThere, told

PIN = "428617"
REVIEWED_AND_BLOCKED, REVIEWED_LONG = 777_01, 777_05
REFUSED_BY_THE_CARD, REFUSED_BY_THE_BANK, SENT_BACK = 888_01, 888_01, 888_04
"""Magic amounts of the sandbox."""


class Hands:
    """Does over HTTP what a merchant and a customer do."""

    def __init__(self, api: Api, key: str) -> None:
        self.api = api
        self.key = key

    def send(self, method: str, path: str, body: Any = None, token: str | None = None) -> Answer:
        """One call under a fresh key."""
        return self.api.call(method, path, json=body, token=token, key=str(uuid.uuid4()), lang="en")

    def ask(self, method: str, path: str, body: Any = None, token: str | None = None) -> Any:
        """One call that has to go well. Raises NotThere with what a refusal says."""
        return told(self.send(method, path, body, token))

    def payment(self, amount: int = 1250, **more: Any) -> str:
        """A payment that waits for its customer."""
        body = {"amount": cny(amount), "description": "tea", "order_id": str(uuid.uuid4())}
        return str(self.ask("POST", "/v1/payments", {**body, **more}, self.key)["id"])

    def confirmed(self, amount: int = 1250, **more: Any) -> str:
        """A payment with its customer's yes, whatever comes of it."""
        return self.paid_by(self.customer(amount), amount, **more)

    def paid_by(self, customer: str, amount: int = 1250, **more: Any) -> str:
        """The same by somebody who is there."""
        payment_id = self.payment(amount, **more)
        answer = self.send("POST", f"/v1/payments/{payment_id}/confirm", {"authorization": {"pin": PIN}}, customer)
        if answer.status >= 500:
            told(answer)
        return payment_id

    def coded(self) -> str:
        """A payment by a code that a customer's phone shows, of more than it pays by itself."""
        customer = self.customer(50_000)
        self.ask("POST", "/v1/devices/current/payment_code_secret", {"pin": PIN}, customer)
        person = self.ask("GET", "/v1/me", token=customer)["id"]
        code = self.ask("GET", f"/sandbox/payment_codes?user={person}")["data"][0]["payment_code"]
        return self.payment(40_000, payment_code=code)

    def canceled(self) -> str:
        """A payment that its merchant took back."""
        payment_id = self.payment()
        self.ask("POST", f"/v1/payments/{payment_id}/cancel", token=self.key)
        return payment_id

    def refunded(self) -> str:
        """A refund of a whole payment."""
        body = {"payment_id": self.confirmed(), "reason": "returned"}
        return str(self.ask("POST", "/v1/refunds", body, self.key)["id"])

    def mandate(self, end: str | None = None) -> str:
        """A customer's standing consent; `end` is who ends it, `lowered` what becomes of its limits."""
        limits = {"max_per_payment": cny(5_000), "max_per_month": cny(20_000)}
        asked = {"description": "tea every month", "reference": str(uuid.uuid4()), **limits}
        mandate = f"/v1/mandates/{self.ask('POST', '/v1/mandates', asked, self.key)['id']}"
        if end != "created":
            customer = self.customer()
            self.ask("POST", f"{mandate}/confirm", {"authorization": {"pin": PIN}}, customer)
            if end == "lowered":
                self.ask("PATCH", mandate, {"max_per_payment": cny(1_000)}, customer)
            elif end:
                self.ask("DELETE", mandate, token=self.key if end == "canceled" else customer)
        return mandate.rpartition("/")[2]

    def refund_request(self, act: str | None = None) -> str:
        """A customer's wish to have money back, and what becomes of it."""
        customer = self.customer()
        body = {"payment_id": self.paid_by(customer), "reason": "damaged"}
        request = f"/v1/refund_requests/{self.ask('POST', '/v1/refund_requests', body, customer)['id']}"
        if act == "cancel":
            self.ask("POST", f"{request}/cancel", token=customer)
        elif act:
            self.ask("POST", f"{request}/{act}", {"reason": "used"} if act == "decline" else {}, self.key)
        return request.rpartition("/")[2]

    def escalated(self) -> str:
        """One that nobody answers in time."""
        request = self.refund_request()
        self.wait("73h")
        return request

    def refunded_to_card(self, amount: int = 1250) -> str:
        """A refund that goes to the card that the money came from."""
        customer = self.customer(amount)
        body = {"payment_id": self.paid_by(customer, amount), "reason": "damaged", "destination": "card"}
        request = self.ask("POST", "/v1/refund_requests", body, customer)["id"]
        return str(self.ask("POST", f"/v1/refund_requests/{request}/approve", {}, self.key)["refund_id"])

    def payout(self, amount: int = 1250, *waits: str) -> str:
        """A payout of what was earned the day before."""
        merchant = self.ask("GET", "/v1/balance", token=self.key)["merchant_id"]
        schedule = f"/v1/merchants/{merchant}/payout_schedule"
        before = self.ask("GET", schedule, token=self.key)["interval"]
        # Or the night would pay out what is to be asked for.
        self.ask("PATCH", schedule, {"interval": "manual"}, self.key)
        self.confirmed(amount + 10_000)
        self.wait("24h")
        made = self.ask("POST", "/v1/payouts", {"amount": cny(amount)}, self.key)["id"]
        for each in waits:
            self.wait(each)
        self.ask("PATCH", schedule, {"interval": before}, self.key)
        return str(made)

    def rescheduled(self) -> str:
        """Another sum from which on a night pays out."""
        merchant = str(self.ask("GET", "/v1/balance", token=self.key)["merchant_id"])
        schedule = f"/v1/merchants/{merchant}/payout_schedule"
        least = self.ask("GET", schedule, token=self.key)["minimum"]
        self.ask("PATCH", schedule, {"minimum": {**least, "amount": least["amount"] + 1}}, self.key)
        return merchant

    def tested(self) -> str:
        """A test of the newest endpoint that is enabled. Raises NotThere."""
        endpoints = self.ask("GET", "/v1/webhook_endpoints", token=self.key)["data"]
        enabled = [each["id"] for each in endpoints if each["status"] == "enabled"]
        if not enabled:
            raise NotThere("There is no webhook endpoint to test: ./wallet listen makes one.")
        self.ask("POST", f"/v1/webhook_endpoints/{enabled[-1]}/test", token=self.key)
        return str(enabled[-1])

    def wait(self, time: str) -> None:
        """Time passes, for everybody."""
        self.ask("POST", "/sandbox/clock", {"advance": time})
        print(f"(the sandbox's clock moved by {time})", file=sys.stderr)

    def customer(self, amount: int = 0) -> str:
        """The access token of a new person with a PIN and 100 yuan, or as much as is asked for."""
        phone = f"+86138{secrets.randbelow(10**8):08}"
        body = {"phone": phone, "password": "a cup of pu-erh", "consents": ["terms", "privacy"]}
        begun = self.ask("POST", "/v1/registrations", body)
        made = self.ask("POST", f"/v1/registrations/{begun['id']}/confirm", {"code": self.code_to(phone)})
        token = str(made["session"]["access_token"])
        self.ask("PUT", "/v1/payment_pin", {"pin": PIN}, token)
        card = {
            "number": "6200000000000005",
            "expiry_month": 12,
            "expiry_year": 2035,
            "holder_name": "LI MEI",
            "phone": phone,
        }
        card_id = self.ask("POST", "/v1/cards", card, token)["id"]
        self.ask("POST", f"/v1/cards/{card_id}/verify", {"code": self.code_to(phone)}, token)
        top_up = {"amount": cny(max(10_000, amount)), "source": {"card_id": card_id}}
        self.ask("POST", "/v1/top_ups", top_up, token)
        return token

    def code_to(self, phone: str) -> str:
        """The six digits of the newest message to a phone."""
        text = self.api.get(f"/sandbox/messages?to=%2B{phone[1:]}").ok(200)["data"][0]["text"]
        return str(re.findall(r"(?<!\d)\d{6}(?!\d)", text)[0])


def cny(amount: int) -> dict[str, Any]:
    """An amount in fen, as the API takes it."""
    return {"amount": amount, "currency": "CNY"}
