"""A customer says yes to a standing consent: as strongly as a month of its charges needs."""

from functools import partial

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import Shop, Someone, a_merchant, a_person, key, refused
from tests.mandates.agreeing import a_mandate, a_waiting_mandate, charge, confirm
from tests.shopping import at_once
from tests.signing import a_phone_of, a_trusted_phone_of
from tests.signing import ask as ask_authorization
from wallet_api.ledger import chart


@pytest.fixture
def shop(cloud: LocalCloud) -> Shop:
    return a_merchant(cloud)


@pytest.fixture
def ada(api: Api, cloud: LocalCloud) -> Someone:
    return a_person(api, cloud)


def test_another_cannot_take_over_what_somebody_agreed_to(
    api: Api, cloud: LocalCloud, shop: Shop, ada: Someone
) -> None:
    """P1: of a mandate that was confirmed, a stranger learns nothing but that it was."""
    mandate, bo = a_mandate(api, shop, ada), a_person(api, cloud)
    refused(confirm(api, bo, mandate["id"]), 409, "mandate_confirmed_by_another")
    refused(confirm(api, ada, mandate["id"]), 409, "mandate_already_confirmed")


def test_of_two_people_at_once_one_agrees(api: Api, cloud: LocalCloud, shop: Shop, ada: Someone) -> None:
    waiting, bo = a_waiting_mandate(api, shop), a_person(api, cloud)
    answers = at_once(api, *[partial(confirm, someone=who, mandate_id=waiting["id"]) for who in (ada, bo)])
    assert sorted(each.status for each in answers) == [200, 409]


def test_the_same_key_again_is_answered_as_the_first_time(api: Api, shop: Shop, ada: Someone) -> None:
    """M1."""
    waiting, idem = a_waiting_mandate(api, shop), key()
    first = confirm(api, ada, waiting["id"], idem=idem)
    api.patch(
        f"/v1/mandates/{waiting['id']}", {"max_per_month": {"amount": 100_00, "currency": "CNY"}}, token=ada.token
    ).ok(200)
    again = confirm(api, ada, waiting["id"], idem=idem)
    assert (again.json, again.headers["idempotent-replayed"]) == (first.ok(200), "true")


def test_it_always_takes_a_proof(api: Api, cloud: LocalCloud, shop: Shop, ada: Someone) -> None:
    """A45: a wrong PIN is counted, and agrees to nothing."""
    waiting, unset = a_waiting_mandate(api, shop), a_person(api, cloud, pin=None)
    assert refused(confirm(api, ada, waiting["id"], pin="135791"), 403, "wrong_payment_pin")["attempts_left"] == 4
    refused(confirm(api, unset, waiting["id"]), 403, "payment_pin_not_set")
    refused(charge(api, shop, waiting["id"]), 409, "mandate_not_confirmed")
    confirm(api, ada, waiting["id"]).ok(200)
    assert cloud.wallet.ledger.accounts.require(chart.customer(ada.id)).attempts == 0


def test_a_high_month_takes_more_than_a_pin(api: Api, cloud: LocalCloud, shop: Shop, ada: Someone) -> None:
    """A45: as paying that much to somebody new; and the signature is over the very terms."""
    high = a_waiting_mandate(api, shop, 1_000_00, 6_000_00)
    assert refused(confirm(api, ada, high["id"]), 403, "step_up_required")["reason"] == "new_payee"
    ada, phone = a_trusted_phone_of(api, cloud, ada)
    fresh = a_waiting_mandate(api, shop, 1_000_00, 6_000_00)
    asked = ask_authorization(api, ada, "mandate", mandate_id=fresh["id"]).ok(201)
    confirm(api, ada, fresh["id"], **phone.yes(asked)).ok(200)


def test_a_signature_is_good_for_these_terms_alone(api: Api, shop: Shop, ada: Someone) -> None:
    """A46: signed for one mandate, it confirms no other."""
    phone, one, other = a_phone_of(api, ada), a_waiting_mandate(api, shop), a_waiting_mandate(api, shop, 99_00)
    asked = ask_authorization(api, ada, "mandate", mandate_id=one["id"]).ok(201)
    refused(confirm(api, ada, other["id"], **phone.yes(asked)), 403, "authorization_mismatch")
    asked = ask_authorization(api, ada, "mandate", mandate_id=one["id"]).ok(201)
    confirm(api, ada, one["id"], **phone.yes(asked)).ok(200)
    refused(confirm(api, ada, other["id"], **phone.yes(asked)), 403, "authorization_used")


def test_a_wallet_that_froze_meanwhile_agrees_to_nothing(api: Api, cloud: LocalCloud, shop: Shop, ada: Someone) -> None:
    """A39: by a condition of the write itself."""
    waiting = a_waiting_mandate(api, shop)
    with cloud.wallet.storage.atomic_write() as write:
        cloud.wallet.ledger.accounts.freeze(chart.customer(ada.id), write)
    refused(confirm(api, ada, waiting["id"]), 402, "wallet_frozen")
    refused(charge(api, shop, waiting["id"]), 409, "mandate_not_confirmed")


def test_a_suspended_merchant_gets_no_consent(api: Api, cloud: LocalCloud, shop: Shop, ada: Someone) -> None:
    waiting = a_waiting_mandate(api, shop)
    cloud.wallet.merchants.suspend(shop.id)
    refused(confirm(api, ada, waiting["id"]), 402, "merchant_unavailable")


def test_its_time_ends_it(api: Api, cloud: LocalCloud, shop: Shop, ada: Someone) -> None:
    waiting = a_waiting_mandate(api, shop)
    cloud.clock.advance("25h")
    fresh = api.post("/v1/sessions/refresh", {"refresh_token": ada.refresh_token}).ok(200)["session"]["access_token"]
    ada.token = fresh
    refused(confirm(api, ada, waiting["id"]), 409, "mandate_expired")
    seen = api.get(f"/v1/mandates/{waiting['id']}", token=shop.key).ok(200)
    assert (seen["status"], seen["cancellation_reason"]) == ("canceled", "expired")


def test_the_person_is_told_on_every_channel(api: Api, cloud: LocalCloud, shop: Shop, ada: Someone) -> None:
    a_mandate(api, shop, ada)
    cloud.wallet.notifications.send_due()
    assert "免密扣款" in cloud.inbox.messages(ada.phone)[0].shown()["text"]
