"""A merchant asks for a standing consent."""

from functools import partial

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import a_merchant, a_person, key, refused
from tests.mandates.agreeing import ask, confirm
from tests.shopping import at_once


def test_a_reference_is_asked_for_once_under_whatever_key(api: Api, cloud: LocalCloud) -> None:
    shop, other = a_merchant(cloud), a_merchant(cloud)
    first = ask(api, shop, reference="member-1").ok(201)
    problem = refused(ask(api, shop, reference="member-1"), 409, "mandate_reference_taken")
    assert problem["mandate_id"] == first["id"]
    assert ask(api, other, reference="member-1").ok(201)["id"] != first["id"]


def test_of_two_at_once_for_one_reference_there_is_one(api: Api, cloud: LocalCloud) -> None:
    shop = a_merchant(cloud)
    answers = at_once(api, *[partial(ask, shop=shop, reference="member-1") for _ in range(4)])
    assert sorted(each.status for each in answers) == [201, 409, 409, 409]


def test_the_same_key_again_is_answered_as_the_first_time(api: Api, cloud: LocalCloud) -> None:
    """M1: whatever became of the mandate since."""
    shop, ada, idem = a_merchant(cloud), a_person(api, cloud), key()
    first = ask(api, shop, reference="member-1", idem=idem)
    confirm(api, ada, first.ok(201)["id"]).ok(200)
    again = ask(api, shop, reference="member-1", idem=idem)
    assert (again.json, again.headers["idempotent-replayed"]) == (first.json, "true")


def test_a_suspended_merchant_asks_for_nothing(api: Api, cloud: LocalCloud) -> None:
    shop = a_merchant(cloud)
    cloud.wallet.merchants.suspend(shop.id)
    refused(ask(api, shop), 403, "merchant_suspended")
