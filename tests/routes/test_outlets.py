"""Outlets over HTTP: strangers first, then owners and their servers."""

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import Shop, a_merchant, a_person, key, refused
from tests.selling import a_key, an_outlet, an_owned_shop


@pytest.fixture
def shop(cloud: LocalCloud) -> Shop:
    return a_merchant(cloud)


def test_a_strangers_outlet_is_missing(api: Api, cloud: LocalCloud, shop: Shop) -> None:
    """P1."""
    outlet, other, nobody = an_outlet(api, shop).ok(201), a_merchant(cloud), a_person(api, cloud)
    path = f"/v1/outlets/{outlet['id']}"
    for token in (other.key, nobody.token):
        refused(api.get(path, token=token), 404, "not_found")
        refused(api.patch(path, {"status": "closed"}, token=token), 404, "not_found")
        refused(api.get(f"/v1/outlets?merchant_id={shop.id}", token=token), 404, "not_found")
        body = {"name": "Mine", "merchant_id": shop.id}
        refused(api.post("/v1/outlets", body, token=token, key=key()), 404, "not_found")
    assert api.get(path, token=shop.key).ok(200) == outlet


def test_an_outlet_is_opened_once_for_a_key(api: Api, shop: Shop) -> None:
    """M38."""
    idem = key()
    first, again = an_outlet(api, shop, idem=idem), an_outlet(api, shop, idem=idem)
    assert (again.ok(201), again.headers["idempotent-replayed"]) == (first.ok(201), "true")
    refused(an_outlet(api, shop, idem=idem, name="Another"), 422, "idempotency_key_reused")
    assert len(api.get("/v1/outlets", token=shop.key).ok(200)["data"]) == 1


def test_an_owner_and_a_server_see_the_same(api: Api, cloud: LocalCloud) -> None:
    owner, shop = an_owned_shop(api, cloud)
    body = {"name": "翠湖东门", "label": "CUIHU EAST", "address": "翠湖东路 3 号", "merchant_id": shop.id}
    outlet = api.post("/v1/outlets", body, token=owner.token, key=key()).ok(201)
    assert outlet["merchant"] == {"id": shop.id, "name": "翠湖茶馆"}
    assert outlet["status"] == "active"
    assert outlet["qr"].startswith("000201010211")
    scanned = api.post("/v1/scans", {"qr": outlet["qr"]}, token=owner.token).ok(200)
    assert (scanned["kind"], scanned["merchant"]) == ("outlet", outlet["merchant"])
    for token in (owner.token, shop.key):
        assert api.get(f"/v1/outlets/{outlet['id']}", token=token).ok(200) == outlet
        assert api.get(f"/v1/outlets?merchant_id={shop.id}", token=token).ok(200)["data"] == [outlet]
    refused(api.get("/v1/outlets", token=owner.token), 422, "invalid_request")


def test_an_outlet_is_renamed_closed_and_opened_again(api: Api, shop: Shop) -> None:
    path = f"/v1/outlets/{an_outlet(api, shop, address='1 Lake Road').ok(201)['id']}"
    renamed = api.patch(path, {"name": "South Gate", "address": None}, token=shop.key).ok(200)
    assert (renamed["name"], renamed["label"], renamed["address"]) == ("South Gate", "South Gate", None)
    assert api.patch(path, {"status": "closed"}, token=shop.key).ok(200)["status"] == "closed"
    assert api.patch(path, {"status": "active"}, token=shop.key).ok(200)["status"] == "active"
    assert api.get(path, token=shop.key).ok(200)["name"] == "South Gate"


def test_a_name_that_no_code_can_carry_needs_a_label(api: Api, shop: Shop) -> None:
    problem = refused(an_outlet(api, shop, name="翠湖"), 422, "invalid_request")
    assert [error["pointer"] for error in problem["errors"]] == ["/label"]


def test_outlets_are_listed_in_pages_newest_first(api: Api, shop: Shop) -> None:
    made = [an_outlet(api, shop, name=f"Gate {n}").ok(201)["id"] for n in range(3)]
    first = api.get("/v1/outlets?limit=2", token=shop.key).ok(200)
    second = api.get(f"/v1/outlets?limit=2&cursor={first['next_cursor']}", token=shop.key).ok(200)
    assert [each["id"] for each in first["data"] + second["data"]] == made[::-1]
    assert second["next_cursor"] is None


def test_a_key_that_may_only_read_opens_none(api: Api, cloud: LocalCloud, shop: Shop) -> None:
    reader = Shop(shop.id, a_key(api, shop.key, shop.id, "outlets:read")["secret"])
    assert refused(an_outlet(api, reader), 403, "scope_missing")["scope"] == "outlets:write"
    api.get("/v1/outlets", token=reader.key).ok(200)


def test_a_name_in_another_script_is_asked_for_its_label(api: Api, shop: Shop) -> None:
    """D15: what is missing is named, and what for."""
    body = {"name": "翠湖南路店"}
    problem = refused(api.post("/v1/outlets", body, token=shop.key, key=key(), lang="en"), 422, "invalid_request")
    (error,) = problem["errors"]
    assert (error["pointer"], error["code"]) == ("/label", "latin_form_required")
    assert "QR codes" in error["detail"]
    body["label"] = "CUIHU S RD"
    assert api.post("/v1/outlets", body, token=shop.key, key=key()).ok(201)["label"] == "CUIHU S RD"
