"""The bank of the local cloud: the sandbox's own, with books. What it paid is in its file of the day, whatever the wallet made of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from threading import Lock
from typing import Any

from wallet_api.clock import Clock, wallet_day
from wallet_api.gateways.bank import WireBank
from wallet_api.gateways.sandbox_bank import SandboxBankWire, behaviour_of, booked
from wallet_api.money import Money
from wallet_api.reconciliation.model import BankRecord


class LocalBank:
    """Remembers every order that reached it, since it was started or reset. It is the wire's other end; `bank` is this end."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._wire = SandboxBankWire(clock)
        self._orders: dict[str, dict[str, Any]] = {}
        self._lock = Lock()
        self.bank = WireBank(self)

    def ask(self, request: bytes, timeout_seconds: int) -> bytes:
        """Takes the order in and answers as the sandbox's bank does, or not at all."""
        order = json.loads(request)
        with self._lock:
            self._orders.setdefault(order["reference"], order)
        return self._wire.ask(request, timeout_seconds)

    def clear(self) -> None:
        """As just started."""
        with self._lock:
            self._orders.clear()

    def records(self, day: str) -> Iterator[BankRecord]:
        """What happened at the bank in a day of China, by our references, in the order in which the orders came."""
        with self._lock:
            orders = list(self._orders.values())
        for order in orders:
            behaviour = behaviour_of(order["account_number"], order["amount"])
            for at, state in booked(behaviour, datetime.fromisoformat(order["ordered_at"]), self._clock.now()):
                if wallet_day(at) == day:
                    yield BankRecord(order["reference"], state, Money(order["amount"], order["currency"]))
