"""Applications over HTTP, and how an operator decides them."""

from typing import Any

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import PIN, a_person, key, refused
from tests.selling import ACCOUNT, CONTACT, NUMBER, a_key, an_owner, apply


def test_a_strangers_application_is_missing(api: Api, cloud: LocalCloud) -> None:
    """P1."""
    owner, stranger = a_person(api, cloud), a_person(api, cloud)
    path = f"/v1/merchant_applications/{apply(api, owner).ok(201)['id']}"
    refused(api.get(path, token=stranger.token), 404, "not_found")
    refused(api.patch(path, {"website": "https://mine.example"}, token=stranger.token), 404, "not_found")
    assert api.get("/v1/merchant_applications", token=stranger.token).ok(200)["data"] == []


def test_an_application_is_handed_in_once_for_a_key(api: Api, cloud: LocalCloud) -> None:
    """M38."""
    owner, idem = a_person(api, cloud), key()
    first, again = apply(api, owner, idem=idem), apply(api, owner, idem=idem)
    assert (again.ok(201), again.headers["idempotent-replayed"]) == (first.ok(201), "true")
    assert len(api.get("/v1/merchant_applications", token=owner.token).ok(200)["data"]) == 1
    assert len(api.get("/v1/merchants", token=owner.token).ok(200)["data"]) == 1


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"registration_number": "91350100M000100Y44"}, "/registration_number"),
        ({"registration_number": "91350100I000100Y43"}, "/registration_number"),
        ({"latin_name": None}, "/latin_name"),
        ({"contact": {**CONTACT, "phone": "+8612345"}}, "/contact/phone"),
        ({"contact": {**CONTACT, "email": "mei"}}, "/contact/email"),
        ({"settlement_account": {**ACCOUNT, "account_number": "81107010 12"}}, "/settlement_account/account_number"),
        ({"website": "http://tea.example"}, "/website"),
        ({"category": "tea"}, "/category"),
    ],
)
def test_what_cannot_be_is_named(api: Api, cloud: LocalCloud, fields: dict[str, Any], pointer: str) -> None:
    problem = refused(apply(api, a_person(api, cloud), **fields), 422, "invalid_request")
    assert pointer in [error["pointer"] for error in problem["errors"]]


def test_what_is_missing_is_said_and_may_follow(api: Api, cloud: LocalCloud) -> None:
    owner = a_person(api, cloud)
    begun = apply(api, owner, contact=None, settlement_account=None).ok(201)
    assert (begun["status"], begun["missing"]) == ("incomplete", ["contact", "settlement_account"])
    path = f"/v1/merchant_applications/{begun['id']}"
    assert api.patch(path, {"contact": CONTACT}, token=owner.token).ok(200)["missing"] == ["settlement_account"]
    whole = api.patch(path, {"settlement_account": ACCOUNT}, token=owner.token).ok(200)
    assert (whole["status"], whole["missing"]) == ("pending", [])
    assert whole["contact"] == {"phone": "+86138****8000", "email": "m***@tea.example"}


def test_nothing_personal_is_kept_in_clear(api: Api, cloud: LocalCloud) -> None:
    """D1, D9: contact and account number are sealed in every table."""
    apply(api, a_person(api, cloud)).ok(201)
    cloud.pump.drain()
    client: Any = cloud.session.create_client("dynamodb", region_name=cloud.region)
    for table in cloud.wallet.settings.tables.values():
        text = str(client.scan(TableName=table)["Items"])
        for secret in (NUMBER, CONTACT["phone"], CONTACT["email"], CONTACT["name"]):
            assert secret not in text, table


def test_an_operator_declines_with_a_reason_and_it_is_handed_in_again(api: Api, cloud: LocalCloud) -> None:
    owner = a_person(api, cloud)
    begun = apply(api, owner).ok(201)
    path = f"/v1/merchant_applications/{begun['id']}"
    cloud.wallet.merchant_applications.decline(begun["id"], "The name is another company's.")
    declined = api.get(path, token=owner.token).ok(200)
    assert (declined["status"], declined["reason"]) == ("declined", "The name is another company's.")
    cloud.wallet.notifications.send_due()
    assert "未通过" in cloud.inbox.messages(owner.phone)[0].shown()["text"]
    again = api.patch(path, {"name": "翠湖新茶馆"}, token=owner.token).ok(200)
    assert (again["status"], again["reason"], again["decided_at"]) == ("pending", None, None)


def test_an_approved_application_is_the_merchant_from_then_on(api: Api, cloud: LocalCloud) -> None:
    owner = a_person(api, cloud)
    begun = apply(api, owner).ok(201)
    path = f"/v1/merchant_applications/{begun['id']}"
    api.patch(path, {"name": "翠湖新茶馆"}, token=owner.token).ok(200)
    cloud.wallet.merchant_applications.approve(begun["id"])
    assert api.get(path, token=owner.token).ok(200)["status"] == "approved"
    merchant = api.get(f"/v1/merchants/{begun['merchant_id']}", token=owner.token).ok(200)
    assert merchant["name"] == "翠湖新茶馆"
    problem = refused(api.patch(path, {"name": "x"}, token=owner.token), 409, "application_approved")
    assert problem["merchant_id"] == begun["merchant_id"]


def test_in_a_test_deployment_the_merchant_works_at_once(api: Api, cloud: LocalCloud) -> None:
    owner, merchant_id = an_owner(api, cloud)
    made = a_key(api, owner.token, merchant_id)
    assert made["secret"].startswith("sk_test_")
    assert api.get(f"/v1/merchants/{merchant_id}", token=made["secret"]).ok(200)["mode"] == "test"


def test_names_in_another_script_are_asked_for_their_latin_forms(api: Api, cloud: LocalCloud) -> None:
    """D15."""
    someone = a_person(api, cloud)
    problem = refused(apply(api, someone, latin_name=None, latin_city=None), 422, "invalid_request")
    assert {each["pointer"]: each["code"] for each in problem["errors"]} == {
        "/latin_name": "latin_form_required",
        "/latin_city": "latin_form_required",
    }


def test_an_account_that_the_merchant_has_already_is_not_asked_for_again(api: Api, cloud: LocalCloud) -> None:
    owner = a_person(api, cloud)
    begun = apply(api, owner, contact=None, settlement_account=None).ok(201)
    account = f"/v1/merchants/{begun['merchant_id']}/settlement_account"
    api.put(account, {**ACCOUNT, "pin": PIN}, token=owner.token).ok(200)
    path = f"/v1/merchant_applications/{begun['id']}"
    assert api.patch(path, {"contact": CONTACT}, token=owner.token).ok(200)["status"] == "pending"
