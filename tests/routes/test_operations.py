"""Operations over HTTP: strangers and odd keys first, then what a client that lost an answer does."""

from urllib.parse import quote

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.banking import LATER_APPROVES, NEEDS_CODE
from tests.build import a_card, a_merchant, a_person, cny, key, refused, send
from tests.selling import a_key, an_owned_shop
from tests.shopping import ask, confirm


def operation(name: str) -> str:
    return f"/v1/operations/{quote(name, safe='')}"


def test_the_same_key_of_somebody_else_is_another_operation(api: Api, cloud: LocalCloud) -> None:
    """M39, P1: nobody learns of it, and nobody can abandon it."""
    ada, bo, shop, idem = a_person(api, cloud, balance=500_00), a_person(api, cloud), a_merchant(cloud), key()
    for token in (bo.token, shop.key):
        refused(api.get(operation(idem), token=token), 404, "operation_unknown")
        assert api.post(f"{operation(idem)}/abandon", token=token).ok(200)["status"] == "abandoned"
    sent = send(api, ada, bo, 100, idem=idem).ok(201)
    told = api.get(operation(idem), token=ada.token).ok(200)
    assert (told["status"], told["result"], told["request"]) == ("succeeded", sent, "POST /v1/transfers")
    assert api.get(operation(idem), token=bo.token).ok(200)["status"] == "abandoned"
    refused(api.get(operation(idem)), 401, "not_authenticated")


@pytest.mark.parametrize("name", ["a/b", "ключ", "a" * 65, '"quoted"', " ", "a\tb"])
def test_what_is_no_key_is_refused_as_one_in_the_header_is(api: Api, cloud: LocalCloud, name: str) -> None:
    ada = a_person(api, cloud)
    if name == "a/b":  # printable, and so a key: an encoded slash stays within its segment
        refused(api.get(operation(name), token=ada.token), 404, "operation_unknown")
        return
    for answer in (api.get(operation(name), token=ada.token), api.post(f"{operation(name)}/abandon", token=ada.token)):
        refused(answer, 400, "idempotency_key_malformed")


def test_a_refusal_is_shown_as_it_was_given_in_the_language_of_then(api: Api, cloud: LocalCloud) -> None:
    """M38, M42."""
    ada, idem = a_person(api, cloud), key()
    given = send(api, ada, a_person(api, cloud), 100, idem=idem)
    told = api.get(operation(idem), token=ada.token, lang="en").ok(200)
    assert (told["status"], told["money_moved"], told["result"]) == ("refused", "no", None)
    assert told["problem"] == given.json
    assert given.json["code"] == "insufficient_funds"


def test_a_proof_that_was_wrong_has_decided_nothing(api: Api, cloud: LocalCloud) -> None:
    ada, idem = a_person(api, cloud, balance=500_00), key()
    bo = a_person(api, cloud)
    assert send(api, ada, bo, 100, pin="111222", idem=idem).status == 403
    refused(api.get(operation(idem), token=ada.token), 404, "operation_unknown")
    send(api, ada, bo, 100, idem=idem).ok(201)


@pytest.mark.parametrize("number", [LATER_APPROVES, NEEDS_CODE])
def test_what_the_acquirer_was_asked_for_cannot_be_abandoned(api: Api, cloud: LocalCloud, number: str) -> None:
    """M12: the card may be charged already, and the answer says that this is not known."""
    ada, idem = a_person(api, cloud), key()
    body = {"amount": cny(100), "source": {"card_id": a_card(api, cloud, ada, number)}}
    begun = api.post("/v1/top_ups", body, token=ada.token, key=idem).ok(201)
    for _ in range(2):
        told = api.post(f"{operation(idem)}/abandon", token=ada.token).ok(200)
        assert (told["status"], told["money_moved"], told["result_id"]) == ("processing", "unknown", begun["id"])
        assert told["result"]["status"] == begun["status"]
    assert api.post("/v1/top_ups", body, token=ada.token, key=idem).ok(201)["id"] == begun["id"]


def test_a_restricted_key_is_told_what_became_of_it_and_sees_the_object_if_it_may(api: Api, cloud: LocalCloud) -> None:
    """P4."""
    owner, shop = an_owned_shop(api, cloud)
    idem = key()
    made = ask(api, shop, 100, idem=idem).ok(201)
    blind = a_key(api, owner.token, shop.id, "operations:read")["secret"]
    seeing = a_key(api, owner.token, shop.id, "operations:read", "payments:read")["secret"]
    told, seen = (api.get(operation(idem), token=each).ok(200) for each in (blind, seeing))
    assert (told["result_id"], told["result"], seen["result"]["id"]) == (made["id"], None, made["id"])
    refused(api.post(f"{operation(key())}/abandon", token=blind), 403, "scope_missing")


def test_a_client_that_gives_up_and_asks_anew_pays_once(api: Api, cloud: LocalCloud) -> None:
    """The answer was lost, the client abandons, and the request arrives after all: the second key alone pays."""
    ada, shop = a_person(api, cloud, balance=500_00), a_merchant(cloud)
    payment, first, second = ask(api, shop, 100).ok(201)["id"], key(), key()
    assert api.post(f"{operation(first)}/abandon", token=ada.token).ok(200)["status"] == "abandoned"
    late = refused(confirm(api, ada, payment, idem=first), 409, "operation_abandoned")
    assert late["retry"] == "new_key"
    confirm(api, ada, payment, idem=second).ok(200)
    refused(confirm(api, ada, payment, idem=first), 409, "operation_abandoned")
    assert api.get("/v1/wallet", token=ada.token).ok(200)["balances"][0]["amount"] == 499_00


def test_a_dead_session_is_told_nothing_and_abandons_nothing(api: Api, cloud: LocalCloud) -> None:
    ada, idem = a_person(api, cloud), key()
    api.delete("/v1/sessions/current", token=ada.token).ok(204)
    refused(api.get(operation(idem), token=ada.token), 401, "session_ended")
    refused(api.post(f"{operation(idem)}/abandon", token=ada.token), 401, "session_ended")


def test_an_abandoned_key_gives_nothing_away_of_what_came_late(api: Api, cloud: LocalCloud) -> None:
    """It has no fingerprint: any request under it is answered the same."""
    ada, idem = a_person(api, cloud, balance=500_00), key()
    api.post(f"{operation(idem)}/abandon", token=ada.token).ok(200)
    for amount in (100, 200):
        refused(send(api, ada, a_person(api, cloud), amount, idem=idem), 409, "operation_abandoned")
