"""`./wallet trigger payment.succeeded`: makes an event happen in the running `./wallet serve`, the way it happens to anybody.

Nothing is made up: a person registers, binds a card and tops up where one is needed, and the seeded merchant asks.
"""

import argparse
import re
import secrets
import sys
import time
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from dev.client import Api
from dev.listen import NotThere, seeded_key, told

PIN = "428617"
PATIENCE_SECONDS = 5


class Hands:
    """Does over HTTP what a merchant and a customer do."""

    def __init__(self, api: Api, key: str) -> None:
        self.api = api
        self.key = key

    def ask(self, method: str, path: str, body: Any = None, token: str | None = None) -> Any:
        """One call under a fresh key. Raises NotThere with what a refusal says."""
        return told(self.api.call(method, path, json=body, token=token, key=str(uuid.uuid4()), lang="en"))

    def payment(self, **more: Any) -> str:
        """A payment that waits for its customer."""
        body = {"amount": {"amount": 1250, "currency": "CNY"}, "description": "tea", "order_id": str(uuid.uuid4())}
        return str(self.ask("POST", "/v1/payments", {**body, **more}, self.key)["id"])

    def confirmed(self, **more: Any) -> str:
        """A payment with its customer's yes."""
        payment_id = self.payment(**more)
        body = {"authorization": {"pin": PIN}}
        self.ask("POST", f"/v1/payments/{payment_id}/confirm", body, self.customer())
        return payment_id

    def canceled(self) -> str:
        """A payment that its merchant took back."""
        payment_id = self.payment()
        self.ask("POST", f"/v1/payments/{payment_id}/cancel", token=self.key)
        return payment_id

    def refunded(self) -> str:
        """A refund of a whole payment."""
        body = {"payment_id": self.confirmed(), "reason": "returned"}
        return str(self.ask("POST", "/v1/refunds", body, self.key)["id"])

    def customer(self) -> str:
        """The access token of a new person with a PIN and 100 yuan."""
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
        top_up = {"amount": {"amount": 10_000, "currency": "CNY"}, "source": {"card_id": card_id}}
        self.ask("POST", "/v1/top_ups", top_up, token)
        return token

    def code_to(self, phone: str) -> str:
        """The six digits of the newest message to a phone."""
        text = self.api.get(f"/sandbox/messages?to=%2B{phone[1:]}").ok(200)["data"][0]["text"]
        return str(re.findall(r"(?<!\d)\d{6}(?!\d)", text)[0])


TRIGGERS: Mapping[str, Callable[[Hands], str]] = {
    "payment.created": lambda hands: hands.payment(),
    "payment.authorized": lambda hands: hands.confirmed(capture="manual"),
    "payment.succeeded": lambda hands: hands.confirmed(),
    "payment.canceled": lambda hands: hands.canceled(),
    "refund.succeeded": lambda hands: hands.refunded(),
}
"""By an event's type, what makes it happen; gives the id of the object that it happens to."""


def event_of(hands: Hands, kind: str, subject: str) -> str:
    """The event's id, as soon as the merchant is told of it. Raises NotThere."""
    began = time.monotonic()
    while time.monotonic() - began < PATIENCE_SECONDS:
        found = hands.ask("GET", f"/v1/events?type={kind}&object_id={subject}", token=hands.key)["data"]
        if found:
            return str(found[0]["id"])
        time.sleep(0.05)
    raise NotThere(f"{subject} is there, and no {kind} of it within {PATIENCE_SECONDS} seconds.")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="./wallet trigger", description=__doc__)
    parser.add_argument("type", choices=TRIGGERS, metavar="TYPE", help=", ".join(TRIGGERS))
    parser.add_argument("--port", type=int, default=8000, help="where ./wallet serve listens; default 8000")
    options = parser.parse_args(arguments)
    api = Api(options.port)
    try:
        hands = Hands(api, seeded_key(api))
        subject = TRIGGERS[options.type](hands)
        print(f"{options.type}  {subject}  {event_of(hands, options.type, subject)}")
    except NotThere as missing:
        print(missing, file=sys.stderr)
        return 1
    finally:
        api.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
