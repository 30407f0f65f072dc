"""A merchant's own page over HTTP."""

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import a_merchant, a_person, refused
from tests.selling import a_key, an_owned_shop, an_owner


def test_a_strangers_merchant_is_missing(api: Api, cloud: LocalCloud) -> None:
    """P1, P24."""
    _, merchant_id = an_owner(api, cloud)
    for token in (a_person(api, cloud).token, a_merchant(cloud).key):
        refused(api.get(f"/v1/merchants/{merchant_id}", token=token), 404, "not_found")
        refused(api.patch(f"/v1/merchants/{merchant_id}", {"city": "x"}, token=token), 404, "not_found")
    assert api.get("/v1/merchants", token=a_person(api, cloud).token).ok(200)["data"] == []


def test_an_owner_and_a_server_see_and_change_the_same(api: Api, cloud: LocalCloud) -> None:
    owner, shop = an_owned_shop(api, cloud)
    path = f"/v1/merchants/{shop.id}"
    changed = api.patch(path, {"name": "新翠湖", "website": "https://tea.example"}, token=owner.token).ok(200)
    assert (changed["name"], changed["latin_name"], changed["category"]) == ("新翠湖", "CUIHU TEA HOUSE", "5814")
    assert api.get(path, token=shop.key).ok(200) == changed
    assert api.get("/v1/merchants", token=owner.token).ok(200)["data"] == [changed]
    assert api.patch(path, {"website": None}, token=shop.key).ok(200)["website"] is None
    reader = a_key(api, owner.token, shop.id, "merchant:read")["secret"]
    api.get(path, token=reader).ok(200)
    refused(api.patch(path, {"city": "x"}, token=reader), 403, "scope_missing")


def test_what_is_the_operators_is_not_the_owners(api: Api, cloud: LocalCloud) -> None:
    """P2."""
    owner, shop = an_owned_shop(api, cloud)
    for field in ("status", "category", "country", "owner_id", "suspension_reason", "mode"):
        refused(api.patch(f"/v1/merchants/{shop.id}", {field: "x"}, token=owner.token), 422, "invalid_request")


def test_a_suspended_merchants_owner_sees_why_and_its_servers_do_nothing(api: Api, cloud: LocalCloud) -> None:
    owner, shop = an_owned_shop(api, cloud)
    cloud.wallet.merchants.suspend(shop.id, "Chargebacks above the limit.")
    shown = api.get(f"/v1/merchants/{shop.id}", token=owner.token).ok(200)
    assert (shown["status"], shown["suspension_reason"]) == ("suspended", "Chargebacks above the limit.")
    refused(api.get(f"/v1/merchants/{shop.id}", token=shop.key), 403, "merchant_suspended")
