"""What a session that has ended can still do, at every endpoint that there is: nothing, and it is told so in one trip."""

import re
from collections.abc import Iterator

import pytest

from bench.meter import metered
from chalicelib.http import Endpoint
from chalicelib.samples import sample
from dev.cloud.local import LocalCloud
from dev.server import Server
from tests import build
from tests.contract.bodies import encoded, schema_of
from tests.contract.place import AN_ID, ENDPOINTS, Place, every, problem_of
from tests.identity import sign_in
from tests.promises import PromisedApi
from tests.secrecy import rows_of
from wallet_api.merchants.model import MerchantCaller
from wallet_api.sessions.model import Customer

FOR_PEOPLE = [each for each in ENDPOINTS if Customer in each.callers and MerchantCaller not in each.callers]


@pytest.fixture(scope="module")
def place(_running_cloud: LocalCloud, _running_server: Server) -> Iterator[Place]:
    """A person whose token was good a moment ago, with a PIN and money."""
    _running_cloud.reset()
    api = PromisedApi(_running_server.port)
    person = build.a_person(api, _running_cloud, balance=100_000)
    sign_in(api, _running_cloud, person)
    assert api.delete("/v1/sessions/current", json={}, token=person.token).status == 204
    yield Place(api, _running_cloud, person, build.a_merchant(_running_cloud))
    api.close()


PREFIXES = {"session_id": "ses", "device_id": "dev", "challenge_id": "chl", "unfreeze_id": "unf", "change_id": "ctc",
            "reset_id": "otc", "card_id": "crd", "quote_id": "quo", "top_up_id": "top", "transfer_id": "trf"}  # fmt: skip
RIGHT = {"/v1/contact_changes": {"phone": "+8613955550000", "current_password": build.PASSWORD}}
"""Bodies whose fields must fit together."""


WHEN_TRIED = re.compile(r", 'reserved_at': \{'S': '[^']*'\}")


def path_of(each: Endpoint) -> str:
    """With ids that could be somebody's."""
    return re.sub(r"\{(\w+)\}", lambda name: f"{PREFIXES.get(name[1], 'pay')}{AN_ID[3:]}", each.path)


def kept(place: Place) -> list[tuple[str, str]]:
    """Every item but the counts of requests, which are of this session alone; and but for when a try at the PIN was last taken:
    it is taken in the trip that reads the session, and only says how fresh the tries are that `attempts` counts.
    """
    return sorted((name, WHEN_TRIED.sub("", row)) for name, row in rows_of(place.cloud) if name != "ephemeral")


@every(FOR_PEOPLE)
def test_a_session_that_has_ended_does_nothing_and_is_told_so_in_one_trip(place: Place, each: Endpoint) -> None:
    """A42, P4: a call with an access token reads once to know that, and nothing of anybody's is changed."""
    raw = encoded(RIGHT.get(each.path) or sample(*schema_of(each.body))) if each.body else None
    before = kept(place)
    with metered() as meter:
        answer = place.api.call(
            each.method, path_of(each), body=raw, token=place.person.token, key=build.key(), lang="en"
        )
    assert kept(place) == before
    if answer.status in (404, 422):
        assert not meter.names, "what is refused by its form is refused before anything is read"
        return
    problem_of(answer, "en", each.path, ("session_ended",))
    assert answer.status == 401
    gives_a_pins_try_back = "TransactWriteItems" in meter.names
    assert meter.round_trips == 1 + gives_a_pins_try_back, meter.names


def test_most_of_them_come_as_far_as_the_session() -> None:
    """A42: what this file asks is asked."""
    assert len([each for each in FOR_PEOPLE if set(re.findall(r"\{(\w+)\}", each.path)) <= set(PREFIXES)]) >= 40
