"""A customer's phone that shows payment codes, and tills that scan them."""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from typing import Any

from dev.client import Answer, Api
from dev.cloud.local import LocalCloud
from tests.build import PIN, Shop, Someone
from tests.shopping import ask


@dataclass
class Handset:
    """A phone with a secret. It is offline: all it has is a clock, here the wallet's own, which may be off by `off` seconds."""

    cloud: LocalCloud
    told: dict[str, Any]
    off: int = 0

    def code(self, steps: int = 0) -> str:
        """What it shows now, or so many steps from now: RFC 4226 and RFC 6238 by the letter, with the parameters that it was told."""
        told = self.told
        secret = base64.b32decode(told["secret"] + "=" * (-len(told["secret"]) % 8))
        step = (int(self.cloud.clock.now().timestamp()) + self.off) // told["period"] + steps
        digest = hmac.digest(secret, step.to_bytes(8, "big"), {"SHA256": hashlib.sha256}[told["algorithm"]])
        start = digest[-1] & 0xF
        number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
        digits = str(number % 10 ** told["otp_digits"]).zfill(told["otp_digits"])
        return f"{told['prefix']}{told['alias']}{digits}"

    def next_code(self) -> str:
        """Another code than the one that was shown before: the customer waits for it."""
        self.cloud.clock.advance(f"{self.told['period']}s")
        return self.code()


def get_secret(api: Api, someone: Someone, pin: str = PIN) -> Answer:
    """The device of the session asks for a secret."""
    return api.post("/v1/devices/current/payment_code_secret", {"pin": pin}, token=someone.token)


def a_handset(api: Api, cloud: LocalCloud, someone: Someone) -> Handset:
    """The person's phone, once it has a secret."""
    return Handset(cloud, get_secret(api, someone).ok(201))


def scan(api: Api, shop: Shop, code: str, amount: int = 1250, *, idem: str | None = None, **fields: Any) -> Answer:
    """A till takes a code."""
    return ask(api, shop, amount, idem=idem, payment_code=code, **fields)


def set_limit(api: Api, someone: Someone, amount: int, pin: str | None = PIN) -> Answer:
    """Up to how much the person's codes pay by themselves."""
    body: dict[str, Any] = {"limit": {"amount": amount, "currency": "CNY"}}
    return api.put("/v1/payment_code_settings", body if pin is None else {**body, "pin": pin}, token=someone.token)
