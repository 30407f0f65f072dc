"""Holds whose time is over go back, whoever notices first; over HTTP."""

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import Shop, Someone, a_merchant, a_person, refused, signed_in_again
from tests.shopping import (
    a_payment,
    an_authorized_payment,
    cancel,
    capture,
    confirm,
    folded,
    merchant_balance,
)
from wallet_api.ledger import chart


@pytest.fixture
def shop(cloud: LocalCloud) -> Shop:
    return a_merchant(cloud)


@pytest.fixture
def ada(api: Api, cloud: LocalCloud, shop: Shop) -> Someone:
    return a_person(api, cloud, balance=100_00)


def wallet_of(api: Api, someone: Someone) -> tuple[int, int, int]:
    """What there is, what of it is set aside, and what of the day's limit is left."""
    wallet = api.get("/v1/wallet", token=someone.token).ok(200)
    (balance,) = wallet["balances"]
    return balance["amount"], balance["held"], wallet["limits"]["daily"]["remaining"]["amount"]


DAILY = 20_000_00


def test_a_hold_that_nobody_captures_goes_back_by_the_schedule(
    api: Api, cloud: LocalCloud, shop: Shop, ada: Someone
) -> None:
    """M11: exactly once, however often the schedule runs."""
    payment = an_authorized_payment(api, shop, ada)
    cloud.clock.advance("167h")
    assert cloud.wallet.payments.settle_due() == 0
    cloud.clock.advance("1h")
    assert [cloud.wallet.payments.settle_due() for _ in range(3)] == [1, 0, 0]
    ada = signed_in_again(api, ada)
    assert wallet_of(api, ada)[:2] == (100_00, 0)
    shown = api.get(f"/v1/payments/{payment['id']}", token=ada.token).ok(200)
    assert (shown["status"], shown["cancellation_reason"]) == ("canceled", "expired")
    assert shown["canceled_at"] == payment["capture_before"]
    assert merchant_balance(cloud, shop) == 0
    assert folded(cloud, chart.hold(payment["id"])) == 0


@pytest.mark.parametrize("look", ["get", "capture", "cancel", "order"])
def test_whoever_looks_first_gives_it_back(api: Api, cloud: LocalCloud, shop: Shop, ada: Someone, look: str) -> None:
    payment = an_authorized_payment(api, shop, ada)
    payment_id = payment["id"]
    cloud.clock.advance("168h")
    if look == "get":
        assert api.get(f"/v1/payments/{payment_id}", token=shop.key).ok(200)["status"] == "canceled"
    elif look == "capture":
        problem = refused(capture(api, shop, payment_id), 409, "capture_too_late")
        assert problem["capture_before"] == payment["capture_before"]
    elif look == "cancel":
        refused(cancel(api, shop, payment_id), 409, "payment_canceled")
    else:
        (found,) = api.get(f"/v1/payments?order_id={payment['order_id']}", token=shop.key).ok(200)["data"]
        assert found["status"] == "canceled"
    ada = signed_in_again(api, ada)
    assert wallet_of(api, ada)[:2] == (100_00, 0)
    refused(capture(api, shop, payment_id), 409, "capture_too_late")
    assert cloud.wallet.payments.settle_due() == 0


def test_what_returns_the_same_day_returns_to_the_days_limit(
    api: Api, cloud: LocalCloud, shop: Shop, ada: Someone
) -> None:
    """M32: a part that was not captured, and a hold that was voided."""
    one, two = (an_authorized_payment(api, shop, ada, 1000)["id"] for _ in range(2))
    assert wallet_of(api, ada) == (80_00, 20_00, DAILY - 20_00)
    capture(api, shop, one, 400).ok(200)
    assert wallet_of(api, ada) == (86_00, 10_00, DAILY - 14_00)
    cancel(api, shop, two).ok(200)
    assert wallet_of(api, ada) == (96_00, 0, DAILY - 4_00)


def test_what_returns_another_day_leaves_that_days_limit_alone(
    api: Api, cloud: LocalCloud, shop: Shop, ada: Someone
) -> None:
    """M32: neither the old day's sum nor what was spent today is changed."""
    held = an_authorized_payment(api, shop, ada, 1000)["id"]
    cloud.clock.advance("24h")
    ada = signed_in_again(api, ada)
    confirm(api, ada, a_payment(api, shop, 700)["id"]).ok(200)
    cancel(api, shop, held).ok(200)
    assert wallet_of(api, ada) == (93_00, 0, DAILY - 7_00)
