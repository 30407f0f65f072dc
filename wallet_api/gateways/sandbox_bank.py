"""The bank of test mode: magic account numbers and amounts reach every state of a payout, and no money is real.

It remembers nothing, so that it works as well in ten Lambda containers as on a laptop: what an order does is in its account's
number or its amount, and what comes later is decided by the clock. It speaks over the same wire as any bank, in bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from msgspec import Struct

from wallet_api.clock import Clock

MAGIC_ENDINGS: Final = {
    "0000001": "rejected",
    "0000002": "unknown, then paid",
    "0000003": "unknown, then rejected",
    "0000004": "paid, then returned",
    "0000005": "silent, then paid",
    "0000006": "paid, then rejected",
    "0000007": "rejected, then paid",
    "0000008": "unknown",
}
"""What account numbers that end so do. Every other account is paid at once."""
MAGIC_AMOUNTS: Final = {888_01 + place: what for place, what in enumerate(MAGIC_ENDINGS.values())}
"""The same by amount, in minor units of any currency: 888.01 to 888.08."""

ANSWER_AFTER = timedelta(seconds=60)
"""How long an order that is answered later stays pending."""
RETURNED_AFTER = timedelta(days=2)
CONTRADICTED_AFTER = timedelta(hours=20)


class SandboxBankWire(Struct, frozen=True):
    """A wire with the sandbox's bank at its other end."""

    clock: Clock

    def ask(self, request: bytes, timeout_seconds: int) -> bytes:  # noqa: ARG002  it takes no time
        """The answer to one call. Raises OSError when the bank is silent."""
        asked: dict[str, Any] = json.loads(request)
        age = self.clock.now() - datetime.fromisoformat(asked["ordered_at"])
        status, reason = _stands(behaviour_of(asked["account_number"], asked["amount"]), age)
        answer = {name: asked[name] for name in ("reference", "amount", "currency")}
        own = "BNK" + hashlib.sha256(asked["reference"].encode()).hexdigest()[:12].upper()
        return json.dumps({**answer, "status": status, "reason": reason, "bank_reference": own}).encode()


def behaviour_of(account_number: str, amount: int) -> str:
    """What an order does: its amount says so, else its account, else it is paid."""
    by_account = next((does for ending, does in MAGIC_ENDINGS.items() if account_number.endswith(ending)), "paid")
    return MAGIC_AMOUNTS.get(amount, by_account)


def steps_of(behaviour: str) -> Iterator[tuple[timedelta, str]]:
    """What an order is told as, and how long after it was made."""
    first, _, later = behaviour.partition(", then ")
    yield timedelta(), first
    if later:
        after = {"returned": RETURNED_AFTER, "rejected": CONTRADICTED_AFTER, "paid": CONTRADICTED_AFTER}[later]
        yield (ANSWER_AFTER if first in ("unknown", "silent") else after), later


def booked(behaviour: str, ordered_at: datetime, now: datetime) -> Iterator[tuple[datetime, str]]:
    """What the bank's own books have of an order by now: when it was paid, sent back, or rejected. A payment that is rejected
    afterwards is money that comes back.
    """
    paid = False
    for after, state in steps_of(behaviour):
        if ordered_at + after <= now and state in ("paid", "returned", "rejected"):
            yield ordered_at + after, "returned" if state == "rejected" and paid else state
            paid = state == "paid"


def _stands(behaviour: str, age: timedelta) -> tuple[str, str | None]:
    now = [state for after, state in steps_of(behaviour) if age >= after][-1]
    if now == "silent":
        raise TimeoutError("the bank does not answer")
    if now == "unknown":
        return "pending", None
    return now, {"rejected": "account_closed", "returned": "account_unknown"}.get(now)
