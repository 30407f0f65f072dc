"""Either side ends a mandate: at once, for good, and with nothing but its own session or key."""

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import Shop, Someone, a_merchant, a_person, refused
from tests.mandates.agreeing import a_mandate, a_waiting_mandate, charge, confirm, end


@pytest.fixture
def shop(cloud: LocalCloud) -> Shop:
    return a_merchant(cloud)


@pytest.fixture
def ada(api: Api, cloud: LocalCloud) -> Someone:
    return a_person(api, cloud, balance=500_00)


def test_a_stranger_ends_nothing(api: Api, cloud: LocalCloud, shop: Shop, ada: Someone) -> None:
    """P1."""
    mandate = a_mandate(api, shop, ada)
    for token in (a_person(api, cloud).token, a_merchant(cloud).key):
        refused(end(api, mandate["id"], token), 404, "not_found")
    charge(api, shop, mandate["id"]).ok(201)


@pytest.mark.parametrize(
    ("by_customer", "status", "code"),
    [(True, "revoked", (402, "mandate_revoked")), (False, "canceled", (409, "mandate_canceled"))],
)
def test_the_very_next_charge_fails(
    api: Api, shop: Shop, ada: Someone, by_customer: bool, status: str, code: tuple[int, str]
) -> None:
    """A43, I9: no password and no PIN: a consent is as easy to take back as it can be; twice is as once."""
    mandate = a_mandate(api, shop, ada)
    token = ada.token if by_customer else shop.key
    first = end(api, mandate["id"], token).ok(200)
    assert (first["status"], first["ended_at"] is None) == (status, False)
    refused(charge(api, shop, mandate["id"]), *code)
    assert end(api, mandate["id"], token).ok(200) == first
    other = shop.key if by_customer else ada.token
    assert end(api, mandate["id"], other).ok(200)["status"] == status
    refused(confirm(api, ada, mandate["id"]), *code)


def test_a_merchant_takes_back_what_nobody_confirmed(api: Api, shop: Shop, ada: Someone) -> None:
    waiting = a_waiting_mandate(api, shop)
    refused(end(api, waiting["id"], ada.token), 404, "not_found")
    assert end(api, waiting["id"], shop.key).ok(200)["cancellation_reason"] == "requested_by_merchant"
    refused(confirm(api, ada, waiting["id"]), 409, "mandate_canceled")


def test_what_ended_leaves_the_list_of_what_may_charge(api: Api, shop: Shop, ada: Someone) -> None:
    """I9."""
    first, second = a_mandate(api, shop, ada)["id"], a_mandate(api, shop, ada)["id"]
    end(api, first, ada.token).ok(200)

    def ids(path: str, token: str) -> list[str]:
        return [each["id"] for each in api.get(path, token=token).ok(200)["data"]]

    assert ids("/v1/mandates", ada.token) == ids("/v1/mandates?status=active", ada.token) == [second]
    assert ids("/v1/mandates?status=ended", ada.token) == [first]
    access = api.get("/v1/access", token=ada.token).ok(200)
    assert [each["id"] for each in access["merchant_authorizations"]] == [second]
