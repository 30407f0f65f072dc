"""Tables that are busy, cannot be reached or do not answer, and a key service that is away, at every endpoint that there is: 503 that
says when to come again, and the truth about money. What was refused before the write has changed nothing; of what was sent and
not answered nothing is claimed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from chalicelib.http import Endpoint
from chalicelib.samples import sample
from dev.client import Answer, Api
from dev.cloud.calls import Real, intercepted
from dev.cloud.local import LocalCloud
from tests.build import key
from tests.contract.bodies import encoded, schema_of
from tests.contract.owned import OWNED, World
from tests.contract.place import ENDPOINTS, WRITING, Place, every, name_of
from tests.contract.test_bola import ask
from tests.contract.test_dead_sessions import RIGHT, path_of
from tests.faults.injector import injecting
from wallet_api.errors import Unavailable, WalletError
from wallet_api.merchants.model import MerchantCaller
from wallet_api.sessions.model import Customer

WRITES = ("TransactWriteItems", "PutItem", "UpdateItem", "DeleteItem")
SERVED = {
    "GET /v1/fees": "the schedule is remembered for a minute",
}
"""What is answered all the same, and why."""
RESUMED = {"POST /v1/top_ups/{top_up_id}/confirm"}
"""It goes on with what was begun under another request's key."""
UNKEYED = [each for each in WRITING if name_of(each) in OWNED and each.idempotency != "required"]
"""Those with a key are in the fault matrix, with every call of theirs."""

DECIDED_BEFORE = {
    "PATCH /v1/merchants/{merchant_id}/payout_schedule": "nothing changes",
    "POST /v1/authorizations/{challenge_id}/send": "it wants the PIN first",
    "POST /v1/cards/{card_id}/verify": "it is verified",
    "POST /v1/contact_changes/{change_id}/confirm": "it wants the proof of the old contact first",
    "POST /v1/contact_changes/{change_id}/resend": "one is on its way",
    "POST /v1/contact_changes/{change_id}/send": "it wants the new contact",
    "POST /v1/events/{event_id}/replay": "there is no endpoint",
    "POST /v1/merchants/{merchant_id}/signing_keys": "the sample's key is of another kind",
    "POST /v1/payment_pin_resets/{reset_id}/confirm": "the code is wrong",
    "POST /v1/top_ups/{top_up_id}/confirm": "it has succeeded",
    "POST /v1/unfreezes/{unfreeze_id}/confirm": "it wants another proof",
    "POST /v1/unfreezes/{unfreeze_id}/send": "it wants a method",
}
"""What of the owner's is answered without a write that a transaction makes, and why."""


def told_truly(answer: Answer, what: str) -> str:
    """Checks a 503's form; what it says of money."""
    problem = answer.json
    assert (answer.status, problem["status"]) == (503, 503), f"{what}: {answer.text}"
    assert answer.headers["content-type"] == "application/problem+json", what
    assert int(answer.headers["retry-after"]) >= 1, what
    kind = WalletError.by_code[problem["code"]]
    assert issubclass(kind, Unavailable), what
    assert problem["money_moved"] == kind.money_moved, what
    assert problem["retry"] == "same_key", what
    return str(problem["money_moved"])


def request(place: Place, each: Endpoint) -> Answer:
    raw = encoded(RIGHT.get(each.path) or sample(*schema_of(each.body))) if each.body else None
    headers = [*place.proof(each), ("Accept-Language", "en"), ("Idempotency-Key", key())]
    if raw is not None:
        headers.append(("Content-Type", "application/json"))
    return place.api.call(each.method, path_of(each), body=raw, headers=headers)


@pytest.mark.parametrize("fault", ["throttled", "no answer, not applied"])
@every(ENDPOINTS)
def test_tables_that_do_not_answer_are_no_reason_to_guess(place: Place, each: Endpoint, fault: str) -> None:
    """M38, O13, S50: throttled or unreachable from the first call on. Nothing of it was done, and nothing is changed."""
    before = place.tables()
    with injecting() as faults:
        faults.always("*", fault)
        answer = request(place, each)
        struck = list(faults.struck)
    assert place.tables() == before
    if not struck or name_of(each) in SERVED:
        assert answer.status < 500, answer.text
        return
    moved = told_truly(answer, name_of(each))
    # Of a key that cannot be looked up, an earlier request may have moved money; of a write that was sent, this one.
    earlier = each.idempotency == "required" or "{key}" in each.path or name_of(each) in RESUMED
    sent = fault != "throttled" and set(struck) & set(WRITES)
    assert moved == "no" or earlier or sent, answer.text


def test_most_endpoints_ask_their_tables(place: Place) -> None:
    """What this file asks is asked."""
    asking = 0
    for each in ENDPOINTS:
        with injecting() as faults:
            faults.always("*", "throttled")
            request(place, each)
            asking += bool(faults.struck)
    assert asking >= len(ENDPOINTS) / 2, "the others are refused by their form, or ask nobody"


@every(UNKEYED)
def test_a_write_that_storage_refuses_or_does_not_answer_is_told_as_what_it_is(
    api: Api, cloud: LocalCloud, each: Endpoint
) -> None:
    """M38, O13: on a thing that is there, so that the request comes as far as its write."""
    world = World(api, cloud)
    real = OWNED[name_of(each)](world)
    tokens = {Customer: world.ada.token, MerchantCaller: world.a.key}
    token = next(tokens[kind] for kind in each.callers if kind in tokens)
    for fault, truth in (("throttled", {"no"}), ("no answer, not applied", {"unknown", "no"})):
        with injecting() as faults:
            faults.always("TransactWriteItems", fault)
            answer = ask(world, each, real, token)
            if not faults.struck:
                assert name_of(each) in DECIDED_BEFORE, answer.text
                assert answer.status != 503, answer.text
                continue
        assert told_truly(answer, name_of(each)) in truth


@contextmanager
def no_key_service() -> Iterator[list[str]]:
    """Every call to the key service ends without an answer; which were made."""
    asked: list[str] = []

    def away(_real: Real, _client: Any, operation: str, _parameters: dict[str, Any]) -> Any:
        asked.append(operation)
        raise EndpointConnectionError(endpoint_url="https://kms")

    with intercepted(away, "kms"):
        yield asked


@every(ENDPOINTS)
def test_without_the_key_service_nothing_personal_is_read_or_written(place: Place, each: Endpoint) -> None:
    """D7, O13."""
    place.cloud.wallet.people.cipher._cache.clear()
    with no_key_service() as asked:
        answer = request(place, each)
    if asked:
        assert told_truly(answer, name_of(each)) == "no"
        assert answer.json["code"] == "key_service_unavailable"
    else:
        assert answer.status < 500, answer.text
