"""Broken object level authorization: every route that names a thing, asked by everybody whom the thing does not belong to.

The matrix is made from the routes: one that is in neither list of `owned.py` fails the build.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.http import Endpoint
from chalicelib.samples import sample
from dev.client import Answer, Api
from dev.cloud.local import LocalCloud
from tests.build import a_merchant, as_merchant, key, refused
from tests.contract.bodies import schema_of
from tests.contract.owned import BODIES, LEFT_AWAY, OPEN, OWNED, World
from tests.contract.place import ENDPOINTS, name_of
from tests.faults.injector import Faults
from tests.headers import untimed
from wallet_api.ids import new_id
from wallet_api.merchants.model import MerchantCaller
from wallet_api.sessions.model import Customer

NAMING = [each for each in ENDPOINTS if "{" in each.path]
CLOSED = [each for each in NAMING if name_of(each) in OWNED]
CODES = {"POST /v1/payment_pin_resets/{reset_id}/confirm"}
"""Where a code is the key: a stranger's is as wrong as one that was never sent."""
TOLD_APART_BY_TIME = ("x-request-id", "date")


def test_every_route_that_names_a_thing_says_whose_it_is() -> None:
    """P1: whoever adds a route says how a thing of somebody's is made, or why it is nobody's."""
    named = {name_of(each) for each in NAMING}
    assert named - OWNED.keys() - OPEN.keys() == set()
    assert OWNED.keys() & OPEN.keys() == set()
    assert (OWNED.keys() | OPEN.keys()) - named == set()


def test_what_a_merchants_key_may_call_names_the_scope_that_it_needs() -> None:
    """P4."""
    unnamed = [name_of(each) for each in ENDPOINTS if MerchantCaller in each.callers and not each.scope]
    assert unnamed == []


@pytest.mark.parametrize("each", CLOSED, ids=name_of)
def test_a_stranger_is_told_of_somebodys_thing_what_is_told_of_none(
    api: Api, cloud: LocalCloud, faults: Faults, each: Endpoint
) -> None:
    """P1, P4: {owner, another person, another merchant, the wrong kind of caller, nobody}, word for word but the request's id, and
    after as many calls to storage, so that the time that it takes tells nothing either.
    """
    world = World(api, cloud)
    real = OWNED[name_of(each)](world)
    for _who, token, kind in strangers(world):
        ask(world, each, elsewhere(world, real), token)  # what a key's first use notes down is noted
        answers, calls = [], []
        for ids in (real, elsewhere(world, real)):
            faults.clear()
            answers.append(ask(world, each, ids, token))
            calls.append(sorted(operation for operation, _ in faults.calls))
        assert told(answers[0]) == told(answers[1])
        assert calls[0] == calls[1]
        if kind is None:
            refused(answers[0], 401, "not_authenticated")
        elif kind not in each.callers:
            refused(answers[0], 403, "wrong_caller")
        else:
            assert answers[0].status == 404 or name_of(each) in CODES, answers[0].text
    require_the_owner_finds_it(world, each, real)


@pytest.mark.parametrize("each", [each for each in CLOSED if each.path.count("{") > 1], ids=name_of)
def test_ones_own_id_does_not_lead_to_what_is_under_anothers(api: Api, cloud: LocalCloud, each: Endpoint) -> None:
    """P24: merchant B's id with what belongs to merchant A."""
    world = World(api, cloud)
    real = OWNED[name_of(each)](world)
    first, last = real
    mine = world.b.id if first == "merchant_id" else OWNED[name_of(each)](swapped(world))[first]
    crossed = {first: mine, last: real[last]}
    nothing = {first: mine, last: elsewhere(world, real)[last]}
    answers = [ask(world, each, ids, world.b.key) for ids in (crossed, nothing)]
    assert told(answers[0]) == told(answers[1])
    assert answers[0].status == 404


@pytest.mark.parametrize("each", [each for each in ENDPOINTS if MerchantCaller in each.callers], ids=name_of)
def test_a_key_without_the_scope_a_revoked_one_and_a_missing_signature_are_refused_everywhere(
    api: Api, cloud: LocalCloud, each: Endpoint
) -> None:
    """P4, P17, P24: before anything is said of what they ask for."""
    world = World(api, cloud)
    make = OWNED.get(name_of(each))
    real = make(world) if make is not None else dict.fromkeys(re.findall(r"\{(\w+)\}", each.path), key())
    merchants, shop = cloud.wallet.merchants, world.a
    other = "reports:read" if each.scope != "reports:read" else "events:read"
    body = {"name": "weak", "scopes": [other]}
    weak = api.post(f"/v1/merchants/{shop.id}/api_keys", body, token=world.ada.token).ok(201)["secret"]
    assert refused(ask(world, each, real, weak), 403, "scope_missing")["scope"] == each.scope
    world.post(f"/v1/merchants/{shop.id}/signing_keys", {"name": "server", "algorithm": "hmac-sha256"})
    api.patch(f"/v1/merchants/{shop.id}", {"signed_requests_only": True}, token=world.ada.token).ok(200)
    refused(ask(world, each, real, shop.key), 401, "signature_required")
    merchants.suspend(shop.id)
    merchants.revoke_key(shop.id, as_merchant(cloud, shop).key_id)
    refused(ask(world, each, real, shop.key), 401, "api_key_revoked")


def require_the_owner_finds_it(world: World, each: Endpoint, real: dict[str, str]) -> None:
    """Or a stranger's 404 would say nothing. Of what has two sides, such as a payment, one may be tried in vain."""
    owners = {Customer: world.ada.token, MerchantCaller: world.a.key}
    missing, own = (
        [ask(world, each, ids, token) for kind, token in owners.items() if kind in each.callers]
        for ids in (elsewhere(world, real), real)
    )
    assert any(each.status != 404 for each in own), [each.text for each in own]
    assert any(told(one) != told(other) for one, other in zip(own, missing, strict=True))


def strangers(world: World) -> Iterator[tuple[str, str | None, Any]]:
    """Everybody but the owner; `a_merchant` is one whose key works, and which has nothing to do with anything."""
    yield "another person", world.bo.token, Customer
    yield "merchant B", world.b.key, MerchantCaller
    yield "another merchant", a_merchant(world.cloud).key, MerchantCaller
    yield "nobody", None, None


def swapped(world: World) -> World:
    """The world in which merchant B owns what is made."""
    made = object.__new__(World)
    made.__dict__ = {**world.__dict__, "a": world.b, "ada": world.bo}
    return made


def elsewhere(world: World, real: dict[str, str]) -> dict[str, str]:
    """Ids of the same kinds that nothing has."""
    return {name: new_id(text.partition("_")[0], world.cloud.clock.now()) for name, text in real.items()}


def ask(world: World, each: Endpoint, ids: dict[str, str], token: str | None) -> Answer:
    path = re.sub(r"\{(\w+)\}", lambda found: ids[found[1]], each.path)
    body = None if each.body is None else wanted(each)
    query = f"?payment_id={new_id('pay', world.cloud.clock.now())}" if name_of(each) == "GET /v1/refunds" else ""
    return world.api.call(each.method, path + query, json=body, token=token, key=key(), lang="en")


def wanted(each: Endpoint) -> Any:
    """A body that the endpoint takes, so that nothing but the asker speaks against the request."""
    assert each.body is not None
    body = {**sample(*schema_of(each.body)), **BODIES.get(name_of(each), {})}
    return {name: value for name, value in body.items() if name != LEFT_AWAY.get(name_of(each))}


def told(answer: Answer) -> tuple[int, dict[str, str], Any]:
    """What an answer says, but for what names this one request."""
    shown = json.loads(answer.body) if answer.body else {}
    shown.pop("request_id", None)
    headers = {name: untimed(value) for name, value in answer.headers.items() if name not in TOLD_APART_BY_TIME}
    headers.pop("content-length", None)
    return answer.status, headers, shown
