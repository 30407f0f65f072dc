"""What the clients of the bank workload ask for, asked until it is decided, some of it twice at the same time."""

from __future__ import annotations

import random
import threading
import time
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any

from bench.bank_people import PIN, Client, cny, key
from dev.client import Answer, Api

PATIENCE_SECONDS = 60
DECIDED = (200, 201, 402, 409)
PASSING = ("idempotency_key_in_use", "payment_pin_locked", "wallet_changed", "storage_busy")


class Undecided(AssertionError):
    """A wish that got no decision, or two different ones."""


@dataclass
class Wish:
    """One movement that somebody asks for under one key, and every decision that was told about it."""

    kind: str
    path: str
    body: dict[str, Any]
    asker: Client | str
    """A person, or the merchant by its secret key."""
    payer: int | None
    payee: int | None
    amount: int
    payment_id: str = ""
    key: str = field(default_factory=key)
    told: list[tuple[int, bytes]] = field(default_factory=list)
    sent: int = 0

    @property
    def moved(self) -> bool:
        return self.told[0][0] in (200, 201)


def ask(api: Api, wish: Wish) -> Answer:
    """Asks until there is a decision: a server that is gone comes back, and the key is the same."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    last: object = None
    while time.monotonic() < deadline:
        person = wish.asker if isinstance(wish.asker, Client) else None
        token = wish.asker if person is None else person.token
        wish.sent += 1
        try:
            answer = api.post(wish.path, wish.body, token=str(token), key=wish.key)
            if answer.status == 401 and person is not None:
                person.renew(api)
                continue
        except (OSError, HTTPException) as gone:
            last = gone
            time.sleep(0.1)
            continue
        last = answer.text
        if answer.status in DECIDED and answer.json.get("code") not in PASSING:
            wish.told.append((answer.status, answer.body))
            if wish.told[0] != wish.told[-1]:
                raise Undecided(f"{wish.kind} {wish.key} has two answers: {wish.told[0]} and {wish.told[-1]}")
            return answer
        if answer.status not in (403, 409, 503) or answer.json.get("retry") == "never":
            raise Undecided(f"{wish.kind} {wish.key}: {answer.status} {answer.text}")
        time.sleep(0.05)
    raise Undecided(f"{wish.kind} {wish.key} was never decided: {last}")


@dataclass
class Hand:
    """One client at work: what it will ask for is drawn by a seed."""

    api: Api
    me: Client
    everybody: list[Client]
    shop: str
    dice: random.Random
    wishes: list[Wish] = field(default_factory=list)
    waiting: list[tuple[str, int]] = field(default_factory=list)
    paid: list[str] = field(default_factory=list)

    def order(self, count: int) -> list[str]:
        """Payments that wait for this client's confirmation, and no older ones; their ids."""
        self.waiting, self.paid = [], []
        for _ in range(count):
            amount = self.dice.randint(1, 3_00)
            body = {"amount": cny(amount), "description": "tea", "order_id": key()[:20]}
            asked = Wish("payment", "/v1/payments", body, self.shop, None, None, 0)
            made = ask(self.api, asked).ok(201)
            self.waiting.append((made["id"], amount))
        return [payment_id for payment_id, _ in self.waiting]

    def act(self) -> None:
        """One random movement; one in four is sent twice at the same time."""
        wish = self._drawn()
        self.wishes.append(wish)
        if self.dice.randrange(4):
            self._decide(wish, self.api)
            return
        failures: list[BaseException] = []

        def copy() -> None:
            other = self.api.fresh()
            try:
                ask(other, wish)
            except BaseException as failure:  # noqa: BLE001  the client that waits for it raises it
                failures.append(failure)
            finally:
                other.close()

        twin = threading.Thread(target=copy)
        twin.start()
        try:
            self._decide(wish, self.api)
        finally:
            twin.join()
        if failures:
            raise failures[0]

    def _decide(self, wish: Wish, api: Api) -> None:
        answer = ask(api, wish)
        if wish.kind == "confirm" and answer.status == 200:
            self.paid.append(wish.payment_id)

    def _drawn(self) -> Wish:
        choice = self.dice.randrange(10)
        if choice < 3 and self.waiting:
            payment_id, amount = self.waiting.pop()
            path, body = f"/v1/payments/{payment_id}/confirm", {"authorization": {"pin": PIN}}
            return Wish("confirm", path, body, self.me, self.me.number, None, amount, payment_id)
        if choice < 6 and self.paid:
            payment_id, amount = self.dice.choice(self.paid), self.dice.randint(1, 1_50)
            refund = {"payment_id": payment_id, "reason": "returned", "amount": cny(amount)}
            return Wish("refund", "/v1/refunds", refund, self.shop, None, self.me.number, amount, payment_id)
        payee = self.dice.choice([each for each in self.everybody if each is not self.me])
        # Now and then more than anybody has.
        amount = 900_00 if self.dice.random() < 0.05 else self.dice.randint(1, 40_00)
        sent = {"to": {"phone": payee.phone}, "amount": cny(amount), "authorization": {"pin": PIN}}
        return Wish("transfer", "/v1/transfers", sent, self.me, self.me.number, payee.number, amount)
