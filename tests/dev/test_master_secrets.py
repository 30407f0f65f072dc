"""docs/rotating-keys.md, as an operator does it: a second master secret is put into the store, and every function reads it as it
starts. What was made under the first goes on to work, and what is made from then on is the second's.
"""

import itertools
import json
import os
from collections.abc import Iterator
from typing import Any

import pytest

from dev import master_secrets, rotation
from dev.cloud.local import LocalCloud
from tests.build import PASSWORD, PIN, a_merchant, a_person, a_phone, cny, code_to, key, send, signed_in_again
from tests.client import Api
from tests.identity import challenge, confirm, enrol, give_password, prove, register, send_code
from tests.recovering import confirm_reset, start_reset
from wallet_api.ledger import chart
from wallet_api.sessions.model import REFRESH, read_token
from wallet_api.settings import Settings
from wallet_api.storage.keys import Keys

SECOND = "the second master secret, of 40 letters"


class Store:
    """The secret store, and the functions that start anew after it changed."""

    def __init__(self, cloud: LocalCloud) -> None:
        self.cloud, self.name = cloud, Settings.from_environment().keys_secret
        client: Any = cloud.session.create_client("secretsmanager", region_name=cloud.region)
        self.client = client
        self.first = str(self.client.get_secret_value(SecretId=self.name)["SecretString"])

    def deploy(self, text: str) -> None:
        self.client.put_secret_value(SecretId=self.name, SecretString=text)
        self.cloud._open_wallet()

    def rotate(self) -> None:
        masters = Keys.from_text(self.first).masters
        assert list(masters) == [1]
        self.deploy(json.dumps({"1": masters[1].decode(), "2": SECOND}))


@pytest.fixture
def store(cloud: LocalCloud) -> Iterator[Store]:
    made = Store(cloud)
    yield made
    made.deploy(made.first)


def test_what_was_made_under_the_first_secret_works_under_both(api: Api, cloud: LocalCloud, store: Store) -> None:
    """D8, D10: tokens, PIN, recovery codes, codes on their way, merchants' keys, and a key that was decided."""
    owner, payee, shop = a_person(api, cloud, balance=5_000), a_person(api, cloud), a_merchant(cloud)
    _, recovery_codes = enrol(api, cloud, owner)
    phone, same = a_phone(), key()
    begun = register(api, phone=phone).ok(202)["id"]
    waiting = challenge(api, owner)
    sent = send(api, owner, payee, 700, idem=same).ok(201)
    forgotten = start_reset(api, phone=payee.phone).ok(202)["id"]
    store.rotate()
    api.get("/v1/me", token=owner.token).ok(200)
    owner = signed_in_again(api, owner)
    assert send(api, owner, payee, 700, idem=same).ok(201)["id"] == sent["id"]
    send(api, owner, payee, 300).ok(201)
    prove(api, waiting, "recovery_code", recovery_codes[0]).ok(201)
    confirm(api, begun, code_to(cloud, phone)).ok(201)
    confirm_reset(api, forgotten, code_to(cloud, payee.phone)).ok(200)
    asked = {"amount": cny(1250), "order_id": "1", "description": "tea"}
    api.post("/v1/payments", asked, token=shop.key, key=key()).ok(201)


def test_what_is_made_from_then_on_is_made_under_the_second(api: Api, cloud: LocalCloud, store: Store) -> None:
    """D8, D10: a PIN when it is used, a session when it is refreshed, a contact by the operator's run."""
    owner, payee = a_person(api, cloud, balance=5_000), a_person(api, cloud)
    store.rotate()
    wallet = cloud.wallet
    second = Keys({2: SECOND.encode()})
    assert wallet.ledger.accounts.require(chart.customer(owner.id)).pin_version == 1
    send(api, owner, payee, 700, pin=PIN).ok(201)
    assert wallet.ledger.accounts.require(chart.customer(owner.id)).pin_version == 2
    assert read_token(second, REFRESH, owner.refresh_token, cloud.clock.now()) is None
    owner = signed_in_again(api, owner)
    assert read_token(second, REFRESH, owner.refresh_token, cloud.clock.now()) is not None
    done = rotation.rotate(wallet.people)
    assert (done["claims"], rotation.rotate(wallet.people)["claims"]) == (2, 0)
    assert rotation.rotate(wallet.people, retire=True)["retired"] == 2
    begun = give_password(api, phone=owner.phone, password=PASSWORD).ok(200)["challenge_id"]
    send_code(api, begun).ok(202)
    prove(api, begun, "sms", code_to(cloud, owner.phone)).ok(201)
    twice = register(api, phone=owner.phone).ok(202)["id"]
    assert confirm(api, twice, "000000").status == 403, "whose number it was is known under the second alone"


def test_a_secret_is_in_the_store_and_nowhere_that_is_shown(cloud: LocalCloud, store: Store) -> None:
    """D10: neither in the environment, nor in what a debugger or a traceback prints of the wallet."""
    store.rotate()
    shown = [*os.environ.values(), repr(cloud.wallet.keys), repr(cloud.wallet.settings), repr(cloud.wallet)]
    assert [text for text in shown if SECOND in text or store.first in text] == []
    assert cloud.wallet.keys.versions == [2, 1]


def test_instances_of_before_and_after_each_step_know_what_the_others_made(
    api: Api, cloud: LocalCloud, store: Store
) -> None:
    """D8, D10: while functions begin anew, some have read the secret of before. Nobody is signed out, and a contact that is taken
    is known to be taken.
    """
    texts = [store.first]
    for step in (master_secrets.add, master_secrets.use):
        assert step(store.client, store.name) == 2
        texts.append(str(store.client.get_secret_value(SecretId=store.name)["SecretString"]))
    for before, after in itertools.pairwise(texts):
        for first, second in ((before, after), (after, before)):
            store.deploy(first)
            someone = a_person(api, cloud)
            store.deploy(second)
            api.get("/v1/me", token=someone.token).ok(200)
            with cloud.wallet.storage.trip() as trip:
                found = cloud.wallet.people.resolve(trip, phone=someone.phone)
            assert found() == someone.id
    assert [Keys.from_text(text).current for text in texts] == [1, 1, 2]
