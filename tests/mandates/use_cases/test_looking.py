"""Who sees which mandates, and how many at a time."""

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import a_merchant, a_person, refused
from tests.mandates.agreeing import a_mandate, a_waiting_mandate, charge


def test_each_side_sees_its_own(api: Api, cloud: LocalCloud) -> None:
    """P1: a stranger is told of it what is told of none; a customer does not learn the merchant's own reference."""
    shop, ada = a_merchant(cloud), a_person(api, cloud, balance=100_00)
    mandate = a_mandate(api, shop, ada)
    charge(api, shop, mandate["id"], 10_00).ok(201)
    mine = api.get(f"/v1/mandates/{mandate['id']}", token=ada.token).ok(200)
    theirs = api.get(f"/v1/mandates/{mandate['id']}", token=shop.key).ok(200)
    assert (mine["reference"], mine["suspended"], mine["charged_this_month"]["amount"]) == (None, False, 10_00)
    assert (theirs["reference"] is None, theirs["suspended"], theirs["qr"]) == (False, None, None)
    for token in (a_person(api, cloud).token, a_merchant(cloud).key):
        refused(api.get(f"/v1/mandates/{mandate['id']}", token=token), 404, "not_found")


def test_a_person_pages_through_them(api: Api, cloud: LocalCloud) -> None:
    shop, ada = a_merchant(cloud), a_person(api, cloud)
    made = [a_mandate(api, shop, ada)["id"] for _ in range(3)]
    first = api.get("/v1/mandates?limit=2", token=ada.token).ok(200)
    rest = api.get(f"/v1/mandates?limit=2&cursor={first['next_cursor']}", token=ada.token).ok(200)
    assert [each["id"] for each in first["data"] + rest["data"]] == made[::-1]
    assert rest["next_cursor"] is None


def test_a_merchant_pages_through_months_and_finds_a_reference(api: Api, cloud: LocalCloud) -> None:
    shop = a_merchant(cloud)
    made = [a_waiting_mandate(api, shop, reference="member-1")["id"]]
    cloud.clock.advance("40d")
    made += [a_waiting_mandate(api, shop)["id"] for _ in range(2)]
    first = api.get("/v1/mandates?limit=2", token=shop.key).ok(200)
    rest = api.get(f"/v1/mandates?limit=2&cursor={first['next_cursor']}", token=shop.key).ok(200)
    assert sorted(each["id"] for each in first["data"] + rest["data"]) == sorted(made)
    (found,) = api.get("/v1/mandates?reference=member-1", token=shop.key).ok(200)["data"]
    assert (found["id"], found["status"]) == (made[0], "canceled")
    assert api.get("/v1/mandates?reference=member-2", token=shop.key).ok(200)["data"] == []


def test_what_is_the_other_sides_to_ask_is_refused(api: Api, cloud: LocalCloud) -> None:
    shop, ada = a_merchant(cloud), a_person(api, cloud)
    refused(api.get("/v1/mandates?reference=member-1", token=ada.token), 422, "invalid_request")
    refused(api.get("/v1/mandates?status=ended", token=shop.key), 422, "invalid_request")
    refused(api.get("/v1/mandates?cursor=YQ", token=ada.token), 422, "invalid_request")
