"""A merchant takes back what is only set aside; over HTTP."""

from typing import Any

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import Shop, Someone, a_merchant, a_person, key, refused
from tests.shopping import (
    an_authorized_payment,
    cancel,
    capture,
)
from wallet_api.ledger import chart
from wallet_api.payments.errors import PaymentCanceled


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


def test_a_void_is_answered_again(api: Api, shop: Shop, ada: Someone) -> None:
    payment_id, idem = an_authorized_payment(api, shop, ada)["id"], key()
    first = cancel(api, shop, payment_id, idem=idem)
    assert first.ok(200)["cancellation_reason"] == "requested_by_merchant"
    assert cancel(api, shop, payment_id, idem=idem).body == first.body
    refused(cancel(api, shop, payment_id), 409, "payment_canceled")
    refused(capture(api, shop, payment_id), 409, "payment_canceled")
    assert wallet_of(api, ada) == (100_00, 0, DAILY)


def test_a_frozen_wallet_gets_its_hold_back_and_pays_what_it_set_aside(
    api: Api, cloud: LocalCloud, world: Any, shop: Shop, ada: Someone
) -> None:
    one, two, three = (an_authorized_payment(api, shop, ada, 500)["id"] for _ in range(3))
    world.set_status(chart.customer(ada.id), "frozen")
    cancel(api, shop, one).ok(200)
    capture(api, shop, two, 200).ok(200)
    cloud.clock.advance("7d")
    cloud.wallet.payments.settle_due()
    assert cloud.wallet.ledger.accounts.require(chart.customer(ada.id)).balances == {"CNY": 100_00 - 200}
    assert api.get(f"/v1/payments/{three}", token=shop.key).ok(200)["status"] == "canceled"


def test_a_hold_goes_back_once_whatever_was_read_of_it(api: Api, cloud: LocalCloud, shop: Shop, ada: Someone) -> None:
    """M11: also beside another hold, whose money would suffice to give the first one back again."""
    one, _ = (an_authorized_payment(api, shop, ada, 500)["id"] for _ in range(2))
    payments = cloud.wallet.payments
    stale = payments.found_again(one)
    cancel(api, shop, one).ok(200)
    with pytest.raises(PaymentCanceled):
        payments.void(stale, payments.own_operation(stale, "void"))
    assert wallet_of(api, ada) == (95_00, 5_00, DAILY - 5_00)
