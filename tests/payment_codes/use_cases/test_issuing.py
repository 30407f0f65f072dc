"""A device gets a secret, and its owner says up to how much its codes pay by themselves."""

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import PIN, Shop, Someone, a_merchant, a_person, cny, refused
from tests.handset import Handset, a_handset, get_secret, scan, set_limit

SMALL, LARGE = 200_00, 200_01


@pytest.fixture
def shop(cloud: LocalCloud) -> Shop:
    return a_merchant(cloud)


@pytest.fixture
def ada(api: Api, cloud: LocalCloud) -> Someone:
    return a_person(api, cloud, balance=2_000_00)


@pytest.fixture
def phone(api: Api, cloud: LocalCloud, ada: Someone) -> Handset:
    return a_handset(api, cloud, ada)


def test_the_customer_says_up_to_how_much(api: Api, shop: Shop, ada: Someone, phone: Handset) -> None:
    """Zero means that every payment is confirmed; more than before takes the PIN."""
    set_limit(api, ada, 0, pin=None).ok(200)
    assert scan(api, shop, phone.code(), 1).ok(201)["status"] == "requires_action"
    refused(set_limit(api, ada, 500_00, pin=None), 403, "payment_pin_required")
    refused(set_limit(api, ada, 500_00, pin="135791"), 403, "wrong_payment_pin")
    assert scan(api, shop, phone.next_code(), 1).ok(201)["status"] == "requires_action"
    assert set_limit(api, ada, 500_00).ok(200)["limit"] == cny(500_00)
    assert scan(api, shop, phone.next_code(), 500_00).ok(201)["status"] == "succeeded"


def test_a_wrong_pin_gets_no_secret(api: Api, ada: Someone) -> None:
    refused(get_secret(api, ada, pin="135791"), 403, "wrong_payment_pin")
    assert get_secret(api, ada, pin=PIN).ok(201)["digits"] == 18
