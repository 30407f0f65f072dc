"""A line of text as long as the document allows is taken wherever the document says so: 140 characters, of any script."""

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import PIN, a_person, refused
from tests.selling import ACCOUNT, an_outlet, an_owned_shop, apply

LONGEST = "茶" * 140


@pytest.mark.parametrize("field", ["name", "city"])
def test_a_merchants_names(api: Api, cloud: LocalCloud, field: str) -> None:
    owner, shop = an_owned_shop(api, cloud)
    path = f"/v1/merchants/{shop.id}"
    assert api.patch(path, {field: LONGEST}, token=owner.token).ok(200)[field] == LONGEST
    refused(api.patch(path, {field: LONGEST + "茶"}, token=owner.token), 422, "invalid_request")
    applied = apply(api, a_person(api, cloud), latin_name="TEA", latin_city="KUNMING", **{field: LONGEST})
    assert applied.ok(201)[field] == LONGEST


def test_an_outlets_name(api: Api, cloud: LocalCloud) -> None:
    _, shop = an_owned_shop(api, cloud)
    made = an_outlet(api, shop, name=LONGEST, label="CUIHU LAKE").ok(201)
    assert made["name"] == LONGEST
    shorter = api.patch(f"/v1/outlets/{made['id']}", {"name": "翠湖"}, token=shop.key).ok(200)
    assert api.patch(f"/v1/outlets/{shorter['id']}", {"name": LONGEST}, token=shop.key).ok(200)["name"] == LONGEST
    refused(an_outlet(api, shop, name=LONGEST + "茶", label="CUIHU LAKE"), 422, "invalid_request")


def test_the_name_of_an_accounts_holder(api: Api, cloud: LocalCloud) -> None:
    owner, shop = an_owned_shop(api, cloud)
    path = f"/v1/merchants/{shop.id}/settlement_account"
    body = {**ACCOUNT, "pin": PIN}
    api.put(path, {**body, "holder_name": LONGEST}, token=owner.token).ok(200)
    refused(api.put(path, {**body, "holder_name": LONGEST + "茶"}, token=owner.token), 422, "invalid_request")


@pytest.mark.parametrize(("field", "value"), [("bank", "Bank\u202e"), ("holder_name", "\U000fedf1")])
def test_a_refused_account_is_named_where_it_stands(api: Api, cloud: LocalCloud, field: str, value: str) -> None:
    """Alone, and within an application: the pointer is one into the body that was sent."""
    owner, shop = an_owned_shop(api, cloud)
    account = {**ACCOUNT, field: value}
    put = api.put(f"/v1/merchants/{shop.id}/settlement_account", {**account, "pin": PIN}, token=owner.token)
    assert [each["pointer"] for each in refused(put, 422, "invalid_request")["errors"]] == [f"/{field}"]
    applied = apply(api, a_person(api, cloud), settlement_account=account)
    pointer = f"/settlement_account/{field}"
    assert [each["pointer"] for each in refused(applied, 422, "invalid_request")["errors"]] == [pointer]
    made = apply(api, owner, settlement_account=None).ok(201)
    change = {"settlement_account": account}
    changed = api.patch(f"/v1/merchant_applications/{made['id']}", change, token=owner.token)
    assert [each["pointer"] for each in refused(changed, 422, "invalid_request")["errors"]] == [pointer]
