"""Phones that are pushed to: only their own person's money is told on them, and they end with the session."""

from dataclasses import replace
from typing import Any

import pytest
from msgspec.structs import replace as with_other

from dev.client import Api
from dev.cloud.local import LocalCloud
from dev.cloud.services import backend
from tests.build import PASSWORD, Someone, a_merchant, a_person, as_customer, refused, send, signed_in_again
from tests.client import Api as Client
from tests.confirming import (
    DOWN,
    GONE,
    Phones,
    a_token,
    kept,
    message_of,
    pushed,
    register,
    sending,
    waiting,
    with_phone,
)
from tests.freezing import freeze
from tests.identity import at_once, sign_in
from tests.recovering import reset
from tests.secrecy import rows_of
from tests.shopping import a_paid_payment, refund
from wallet_api.confirmations import use_cases
from wallet_api.confirmations.errors import PushServiceDown
from wallet_api.errors import Invalid, NotFound
from wallet_api.gateways.errors import PushTokenUnusable
from wallet_api.storage.crypto import FieldCipher

PATH = "/v1/devices/current/push_token"


def phones(cloud: LocalCloud, company: Phones) -> use_cases.Phones:
    made: use_cases.Phones = with_other(cloud.wallet.phones, push=company)
    return made


def paid_to(api: Api, cloud: LocalCloud, someone: Someone) -> None:
    """Somebody else sends them money."""
    send(api, a_person(api, cloud, balance=5_000), someone, 100).ok(201)


def test_nobody_but_a_person_has_a_phone(api: Api, cloud: LocalCloud) -> None:
    body = {"service": "fcm", "token": a_token()}
    assert api.put(PATH, body).status == api.delete(PATH).status == 401
    shop = a_merchant(cloud)
    refused(api.put(PATH, body, token=shop.key), 403, "wrong_caller")
    refused(api.delete(PATH, token=shop.key), 403, "wrong_caller")


def test_nobody_reaches_the_phone_of_another_session_p1(api: Api, cloud: LocalCloud) -> None:
    """P1: the path names no device but one's own; what a stranger drops is their own, and there is none."""
    ada, token = with_phone(api, cloud)
    bo = a_person(api, cloud)
    refused(api.delete(PATH, token=bo.token), 404, "not_found")
    second = replace(ada, token=sign_in(api, cloud, ada, device={"name": "tablet"})["session"]["access_token"])
    refused(api.delete(PATH, token=second.token), 404, "not_found")
    paid_to(api, cloud, ada)
    assert len(pushed(cloud, token)) == 1


def test_a_phone_that_somebody_else_signed_in_on_tells_nothing_of_who_was_there_before(
    api: Api, cloud: LocalCloud
) -> None:
    """The first never signed out: the phone was sold, or is the family's. What is told on it is the present one's."""
    ada, token = with_phone(api, cloud)
    bo = a_person(api, cloud)
    register(api, bo, token).ok(200)
    paid_to(api, cloud, ada)
    assert pushed(cloud, token) == []
    paid_to(api, cloud, bo)
    assert len(pushed(cloud, token)) == 1
    register(api, ada, token).ok(200)
    paid_to(api, cloud, ada)
    paid_to(api, cloud, bo)
    assert len(pushed(cloud, token)) == 2


def test_a_token_that_a_phone_gave_up_takes_nothing_from_it(api: Api, cloud: LocalCloud) -> None:
    """Apple or Firebase gave the app another since; whoever has the old one now is no concern of its first owner's."""
    ada, token = with_phone(api, cloud)
    fresh = a_token()
    register(api, ada, fresh).ok(200)
    register(api, a_person(api, cloud), token).ok(200)
    paid_to(api, cloud, ada)
    assert len(pushed(cloud, fresh)) == 1


def test_of_two_who_register_one_phone_at_once_one_has_it(api: Client, cloud: LocalCloud) -> None:
    people, token = [a_person(api, cloud) for _ in range(4)], a_token()
    turns = iter(people)
    answers = at_once(len(people), lambda own: register(own, next(turns), token).status, api)
    assert set(answers) <= {200, 503}
    for each in people:
        paid_to(api, cloud, each)
    assert len(pushed(cloud, token)) == 1


@pytest.mark.parametrize("end", ["signed out", "device removed", "frozen", "new password", "signed in again"])
def test_whatever_ends_the_session_ends_the_pushes_at_once(api: Api, cloud: LocalCloud, end: str) -> None:
    (ada, token), shop = with_phone(api, cloud, balance=5_000), a_merchant(cloud)
    paid = a_paid_payment(api, shop, ada, 1250)
    assert len(pushed(cloud, token)) == 1
    if end == "signed out":
        api.delete("/v1/sessions/current", token=ada.token).ok(204)
    elif end == "device removed":
        device = api.get("/v1/devices", token=ada.token).ok(200)["data"][0]["id"]
        api.call("DELETE", f"/v1/devices/{device}", json={"password": PASSWORD}, token=ada.token).ok(204)
    elif end == "frozen":
        freeze(api, ada).ok(201)
    elif end == "new password":
        reset(api, cloud, ada).ok(200)
    else:
        api.delete("/v1/sessions/current", token=ada.token).ok(204)
        sign_in(api, cloud, ada)
    refund(api, shop, paid["id"], 100).ok(201)
    assert len(pushed(cloud, token)) == 1, "the payment, and nothing after the end"
    assert len(kept(cloud)) == 2


def test_a_session_that_ran_out_is_pushed_to_no_more(api: Api, cloud: LocalCloud) -> None:
    ada, token = with_phone(api, cloud)
    cloud.clock.advance("31d")
    paid_to(api, cloud, ada)
    assert pushed(cloud, token) == []


def test_a_refreshed_session_is_pushed_to_as_before(api: Api, cloud: LocalCloud) -> None:
    ada, token = with_phone(api, cloud)
    cloud.clock.advance("20m")
    signed_in_again(api, ada)
    paid_to(api, cloud, ada)
    assert len(pushed(cloud, token)) == 1


def test_another_token_takes_the_place_of_the_one_before(api: Api, cloud: LocalCloud) -> None:
    ada, token = with_phone(api, cloud)
    fresh = a_token()
    register(api, ada, fresh, "apns").ok(200)
    paid_to(api, cloud, ada)
    assert (len(pushed(cloud, token)), len(pushed(cloud, fresh))) == (0, 1)


def test_the_same_token_again_asks_nobody(api: Api, cloud: LocalCloud) -> None:
    """An app sends it at every start."""
    ada, token = with_phone(api, cloud)
    caller = as_customer(cloud, ada)
    company = Phones(DOWN)
    first = api.put(PATH, {"service": "fcm", "token": token}, token=ada.token).ok(200)
    cloud.clock.advance("1m")
    again = phones(cloud, company).register(caller, "fcm", token)
    assert again.since.strftime("%Y-%m-%dT%H:%M:%SZ") == first["created_at"]
    with pytest.raises(PushServiceDown):
        phones(cloud, company).register(caller, "fcm", a_token())


def test_a_phone_that_was_let_go_is_pushed_to_no_more(api: Api, cloud: LocalCloud) -> None:
    ada, token = with_phone(api, cloud)
    api.delete(PATH, token=ada.token).ok(204)
    refused(api.delete(PATH, token=ada.token), 404, "not_found")
    paid_to(api, cloud, ada)
    assert pushed(cloud, token) == []
    assert token not in [each.token for each in backend("sns", cloud.region).platform_endpoints.values()]
    register(api, ada, token).ok(200)
    paid_to(api, cloud, ada)
    assert len(pushed(cloud, token)) == 1


def test_an_app_that_was_removed_is_forgotten(api: Api, cloud: LocalCloud) -> None:
    """SNS disables the endpoint when Apple or Google say so; the next push finds it out, and is no failure."""
    ada, token = with_phone(api, cloud)
    (endpoint,) = [each for each in backend("sns", cloud.region).platform_endpoints.values() if each.token == token]
    endpoint.attributes["Enabled"] = False
    paid_to(api, cloud, ada)
    assert pushed(cloud, token) == []
    assert "due_at" not in kept(cloud)[0]
    refused(api.delete(PATH, token=ada.token), 404, "not_found")
    register(api, ada, token).ok(200)
    paid_to(api, cloud, ada)
    assert len(pushed(cloud, token)) == 1


def test_a_phone_that_was_registered_anew_is_not_let_go_for_what_it_was(api: Api, cloud: LocalCloud) -> None:
    """A worker that pushed to the old address hears late that it is gone."""
    ada, _ = with_phone(api, cloud)
    fresh = a_token()

    class Late(Phones):
        def send(self, *_: object) -> None:
            register(api, ada, fresh).ok(200)
            raise GONE

    paid_to(api, cloud, ada)
    with waiting(cloud):
        cloud.pump.drain()
    (item,) = kept(cloud)
    sending(cloud, push=Late()).take([message_of(item)])
    paid_to(api, cloud, ada)
    assert len(pushed(cloud, fresh)) == 1


def test_a_company_that_refuses_or_is_away_leaves_everything_as_it_was(api: Api, cloud: LocalCloud) -> None:
    ada, token = with_phone(api, cloud)
    caller = as_customer(cloud, ada)
    with pytest.raises(Invalid):
        phones(cloud, Phones(PushTokenUnusable())).register(caller, "fcm", a_token())

    class Elsewhere(Phones):
        def offers(self, service: object) -> bool:
            return False

    with pytest.raises(Invalid):
        phones(cloud, Elsewhere()).register(caller, "fcm", a_token())
    paid_to(api, cloud, ada)
    assert len(pushed(cloud, token)) == 1


def test_neither_a_token_nor_an_address_can_be_read_in_any_table(api: Api, cloud: LocalCloud) -> None:
    """What a stolen table could be used for to reach people."""
    _, token = with_phone(api, cloud)
    (address,) = [each.arn for each in backend("sns", cloud.region).platform_endpoints.values() if each.token == token]
    assert not [row for row in rows_of(cloud) if token in str(row) or address in str(row)]


def test_a_phone_is_reached_after_its_persons_key_was_wrapped_anew_d6(api: Api, cloud: LocalCloud) -> None:
    """D6: it is sealed with what seals their contacts, so that no key's rotation leaves it behind."""
    ada, token = with_phone(api, cloud)
    kms: Any = cloud.session.create_client("kms", region_name=cloud.region)
    people = with_other(
        cloud.wallet.people, cipher=FieldCipher(kms, kms.create_key()["KeyMetadata"]["KeyId"], cloud.clock)
    )
    assert people.rewrap(people.require(ada.id)) is True
    paid_to(api, cloud, ada)
    assert len(pushed(cloud, token)) == 1


def test_a_session_that_ends_while_its_phone_is_made_known_keeps_nothing(api: Api, cloud: LocalCloud) -> None:
    ada = a_person(api, cloud)
    caller = as_customer(cloud, ada)

    class Slow(Phones):
        def enrol(self, *_: object) -> str:
            api.delete("/v1/sessions/current", token=ada.token).ok(204)
            return "address"

    from wallet_api.sessions.errors import SessionEnded

    with pytest.raises(SessionEnded):
        phones(cloud, Slow()).register(caller, "fcm", a_token())
    with pytest.raises(SessionEnded):
        cloud.wallet.phones.drop(caller)
    assert not [row for row in rows_of(cloud) if "push_place" in str(row)]


def test_dropping_what_was_taken_meanwhile_is_to_find_nothing(api: Api, cloud: LocalCloud) -> None:
    ada, _ = with_phone(api, cloud)
    caller = as_customer(cloud, ada)
    cloud.wallet.phones.drop(caller)
    with pytest.raises(NotFound):
        cloud.wallet.phones.drop(caller)
