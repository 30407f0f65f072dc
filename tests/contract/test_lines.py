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


def test_names_with_wide_spaces_and_rare_characters_are_taken_everywhere(api: Api, cloud: LocalCloud) -> None:
    """A holder's name is kept with plain spaces and dots, others as they were written; rare characters are younger than our tools."""
    owner, shop = an_owned_shop(api, cloud)
    rare = "昆明\u3000翠湖・𮯠\U00031350茶馆"
    account = {**ACCOUNT, "bank": rare, "holder_name": rare}
    path = f"/v1/merchants/{shop.id}/settlement_account"
    assert api.put(path, {**account, "pin": PIN}, token=owner.token).ok(200)["bank"] == rare
    with cloud.wallet.storage.trip() as trip:
        read = cloud.wallet.settlement_accounts.reading(shop.id, trip)
    found = read()
    assert found is not None
    assert cloud.wallet.settlement_accounts.opened(found).holder_name == "昆明 翠湖·𮯠\U00031350茶馆"
    made = an_outlet(api, shop, name=rare, label="CUIHU LAKE", address=rare).ok(201)
    assert (made["name"], made["address"]) == (rare, rare)
    changed = api.patch(f"/v1/merchants/{shop.id}", {"name": rare, "city": rare}, token=owner.token).ok(200)
    assert (changed["name"], changed["city"]) == (rare, rare)
    contact = {"name": "阿卜杜拉・买买提", "phone": "+8613812345678", "email": "a@b.cn"}
    apply(api, owner, legal_name=rare, name=rare, contact=contact).ok(201)
    for wrong in ("12345", "🙂"):
        problem = refused(apply(api, owner, contact={**contact, "name": wrong}), 422, "invalid_request")
        assert [(each["pointer"], each["code"]) for each in problem["errors"]] == [("/contact/name", "not_a_name")]


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
