"""Transfers over HTTP: who may ask and look, how a request must look, and what a repeated one gets."""

from typing import Any

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import PIN, Someone, a_merchant, a_person, balance_of, cny, key, refused, send


@pytest.fixture
def ada(api: Api, cloud: LocalCloud) -> Someone:
    return a_person(api, cloud, balance=10_000)


@pytest.fixture
def bo(api: Api, cloud: LocalCloud) -> Someone:
    return a_person(api, cloud)


def request(payee: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"to": payee, "amount": cny(700), "authorization": {"pin": PIN}, **more}


def test_a_stranger_sends_nothing(api: Api, cloud: LocalCloud, bo: Someone) -> None:
    body = request({"user_id": bo.id})
    refused(api.post("/v1/transfers", body, key=key()), 401, "not_authenticated")
    refused(api.post("/v1/transfers", body, token="wat_" + "A" * 96, key=key()), 401, "not_authenticated")
    refused(api.post("/v1/transfers", body, token=a_merchant(cloud).key, key=key()), 403, "wrong_caller")


def test_a_made_up_token_burns_nobodys_attempts(api: Api, cloud: LocalCloud, ada: Someone, bo: Someone) -> None:
    """The tag is checked before any storage call, so a changed token reaches nobody's PIN counter."""
    forged = ada.token[:-1] + ("A" if ada.token[-1] != "A" else "B")
    for _ in range(6):
        body = request({"user_id": bo.id}, authorization={"pin": "907351"})
        assert api.post("/v1/transfers", body, token=forged, key=key()).status == 401

    send(api, ada, bo, 700).ok(201)


def test_a_transfer_is_seen_by_its_two_sides_alone_p1(api: Api, cloud: LocalCloud, ada: Someone, bo: Someone) -> None:
    """P1: for anybody else it is as missing as none."""
    made, cy = send(api, ada, bo, 700).ok(201), a_person(api, cloud)
    path = f"/v1/transfers/{made['id']}"

    assert api.get(path, token=ada.token).ok(200) == made
    seen = api.get(path, token=bo.token).ok(200)
    assert (seen["direction"], seen["amount"], seen["fee"], seen["total"]) == ("in", cny(700), None, None)
    theirs = refused(api.get(path, token=cy.token), 404, "not_found")
    for missing in ("trf_" + "0" * 26, "x", ada.id):
        none = refused(api.get(f"/v1/transfers/{missing}", token=cy.token), 404, "not_found")
        assert none["detail"] == theirs["detail"]


def test_without_a_key_nothing_is_sent_m38(api: Api, ada: Someone, bo: Someone) -> None:
    """M38: missing: 400."""
    answer = api.post("/v1/transfers", request({"user_id": bo.id}), token=ada.token)

    refused(answer, 400, "idempotency_key_required")


@pytest.mark.parametrize("idem", ['"abc"', "a" * 65, "ключ", " "])
def test_a_key_is_plain_and_short_m40(api: Api, ada: Someone, bo: Someone, idem: str) -> None:
    """M40: the quoted form would be another name for the same key."""
    answer = api.post("/v1/transfers", request({"user_id": bo.id}), token=ada.token, key=idem)

    assert answer.status == 400
    assert balance_of(api, ada) == 10_000


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"to": {}}, "/to"),
        ({"to": {"phone": "+8613800000001", "email": "bo@example.org"}}, "/to"),
        ({"to": {"phone": "not a number"}}, "/to/phone"),
        ({"to": {"phone": "+86１３８00000001"}}, "/to/phone"),
        ({"to": {"email": "nobody"}}, "/to/email"),
        ({"to": None}, "/to"),
        ({"amount": cny(0)}, "/amount/amount"),
        ({"amount": {"amount": 100, "currency": "XYZ"}}, "/amount/currency"),
        ({"note": "a\nb"}, "/note"),
        ({"note": "x" * 141}, "/note"),
        ({"note": "\u202eevil"}, "/note"),
        ({"delay": "3h"}, "/delay"),
        ({"delay": "next_day"}, "/delay"),
        ({"delay": ""}, "/delay"),
        ({"delay": 24}, "/delay"),
        ({"ammount": cny(1)}, "/ammount"),
        ({"fee": cny(0)}, "/fee"),
    ],
)
def test_what_cannot_be_meant_is_refused_and_named(
    api: Api, ada: Someone, bo: Someone, change: dict[str, Any], pointer: str
) -> None:
    answer = api.post("/v1/transfers", {**request({"user_id": bo.id}), **change}, token=ada.token, key=key())

    assert answer.status == 422, answer.text
    assert [problem["pointer"] for problem in answer.json["errors"]] == [pointer]
    assert balance_of(api, ada) == 10_000


def test_a_repeated_request_is_answered_again_word_for_word_and_moves_nothing_m38(
    api: Api, ada: Someone, bo: Someone
) -> None:
    """M38: same key, same body: the same status and body."""
    first = send(api, ada, bo, 700, idem="k")

    again = [send(api, ada, bo, 700, idem="k") for _ in range(3)]

    assert {(answer.status, answer.body) for answer in again} == {(201, first.body)}
    assert {answer.headers["idempotent-replayed"] for answer in again} == {"true"}
    assert "idempotent-replayed" not in first.headers
    assert balance_of(api, bo) == 700


@pytest.mark.parametrize("change", [{"amount": cny(701)}, {"note": "other"}, {"to": {"email": "bo@example.org"}}])
def test_a_key_belongs_to_its_request_m38(api: Api, ada: Someone, bo: Someone, change: dict[str, Any]) -> None:
    """M38: same key, other body: 422, and the first stands."""
    body = request({"phone": bo.phone})
    api.post("/v1/transfers", body, token=ada.token, key="k").ok(201)

    answer = api.post("/v1/transfers", {**body, **change}, token=ada.token, key="k")

    refused(answer, 422, "idempotency_key_reused")
    assert balance_of(api, bo) == 700


def test_two_peoples_equal_keys_neither_meet_nor_tell_m39(api: Api, cloud: LocalCloud, ada: Someone) -> None:
    """M39: a key is its caller's own."""
    bo, cy = a_person(api, cloud, balance=10_000), a_person(api, cloud)
    first = send(api, ada, cy, 700, idem="k").ok(201)

    second = send(api, bo, cy, 700, idem="k").ok(201)

    assert first["id"] != second["id"]
    assert balance_of(api, cy) == 1_400


def test_a_key_of_another_endpoint_is_refused_m39(api: Api, ada: Someone, bo: Someone) -> None:
    """M39: the endpoint is part of what a key belongs to."""
    send(api, ada, bo, 700, idem="k").ok(201)
    quote = {"operation": "transfer", "amount": cny(700)}

    refused(api.post("/v1/fee_quotes", quote, token=ada.token, key="k"), 422, "idempotency_key_reused")


def test_after_signing_out_not_even_a_replay_is_answered_a42(api: Api, ada: Someone, bo: Someone) -> None:
    """A42, M39: authorization is checked again before a replay."""
    send(api, ada, bo, 700, idem="k").ok(201)
    api.delete("/v1/sessions/current", token=ada.token).ok()

    assert send(api, ada, bo, 700, idem="k").status == 401
