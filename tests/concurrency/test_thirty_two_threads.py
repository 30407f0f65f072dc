"""Thirty-two people at once, every request sent twice under one key: the ledger agrees to the cent with what they were told."""

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest

from dev.client import Answer, Api
from dev.cloud.local import LocalCloud
from tests.build import PIN, Someone, a_merchant, a_person, balance_of, cny, key
from wallet_api.ledger.verify import verify

PEOPLE = 32
ROUNDS = 3
START = 20_00


@dataclass(frozen=True)
class Wish:
    """One request: who pays, what for, how much, and the key of both its copies."""

    path: str
    body: dict[str, Any]
    payer: int
    payee: int | None
    amount: int
    key: str


@pytest.mark.slow
def test_everyone_pays_one_merchant_and_each_other_and_no_cent_is_lost_made_or_moved_twice(
    api: Api, cloud: LocalCloud
) -> None:
    """M1, M13, M38–M41."""
    people = [a_person(api, cloud, balance=START) for _ in range(PEOPLE)]
    shop = a_merchant(cloud)
    wishes = [wish for payer in range(PEOPLE) for wish in _wishes(api, people, payer, shop.key)]
    random.Random(20).shuffle(wishes)
    cloud.pump.drain()
    before = verify(cloud.wallet.ledger)
    with ThreadPoolExecutor(PEOPLE) as crowd:
        twice = [(wish, copy) for wish in wishes for copy in range(2)]
        answers = list(crowd.map(lambda each: _send(api, people, each[0]), twice))
    cloud.pump.drain()

    report = verify(cloud.wallet.ledger)
    assert report.findings == []
    expected = dict.fromkeys(range(PEOPLE), START)
    moved = 0
    for index, wish in enumerate(wishes):
        first, second = answers[2 * index : 2 * index + 2]
        assert (first.status, first.body) == (second.status, second.body), f"{first.text}\n{second.text}"
        assert first.status in (200, 201, 402), first.text
        if first.status != 402:
            moved += 1
            expected[wish.payer] -= wish.amount
            if wish.payee is not None:
                expected[wish.payee] += wish.amount
    assert report.entries - before.entries == moved
    assert {index: balance_of(api, person) for index, person in enumerate(people)} == expected
    assert min(expected.values()) >= 0
    assert 0 < moved < len(wishes), "some must be refused for the test to mean something"


def _wishes(api: Api, people: list[Someone], payer: int, merchant_key: str) -> list[Wish]:
    chosen = random.Random(payer)
    wishes = []
    for _ in range(ROUNDS):
        amount = chosen.randint(1_00, 9_00)
        order = {"amount": cny(amount), "description": "tea", "order_id": key()[:20]}
        payment = api.post("/v1/payments", order, token=merchant_key, key=key()).ok(201)
        confirm = {"authorization": {"pin": PIN}}
        wishes.append(Wish(f"/v1/payments/{payment['id']}/confirm", confirm, payer, None, amount, key()))
        payee = (payer + chosen.randint(1, PEOPLE - 1)) % PEOPLE
        amount = chosen.randint(1_00, 9_00)
        transfer = {"to": {"phone": people[payee].phone}, "amount": cny(amount), "authorization": {"pin": PIN}}
        wishes.append(Wish("/v1/transfers", transfer, payer, payee, amount, key()))
    return wishes


def _send(api: Api, people: list[Someone], wish: Wish) -> Answer:
    """Sends until it is decided: a PIN that is being evaluated five times over asks for a moment's patience."""
    client = api.fresh()
    try:
        while True:
            answer = client.post(wish.path, wish.body, token=people[wish.payer].token, key=wish.key)
            if answer.status not in (403, 409, 503) or answer.json["retry"] == "never":
                return answer
    finally:
        client.close()
