"""When a key was last used: about once an hour, beside what is read anyway, and never in the way."""

from datetime import datetime

from bench.meter import metered
from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import Shop, a_merchant, as_merchant
from tests.faults.injector import Faults


def last_used(cloud: LocalCloud, shop: Shop) -> datetime | None:
    (key,) = cloud.wallet.merchants.key_store.newest(shop.id, None, 10)
    return key.last_used_at


def test_a_use_is_noted_within_the_first_trip_and_once_an_hour(api: Api, cloud: LocalCloud) -> None:
    shop = a_merchant(cloud)
    assert last_used(cloud, shop) is None
    with metered() as meter:
        api.get("/v1/payments?order_id=1", token=shop.key).ok(200)
    assert (sorted(meter.names), meter.round_trips) == (["BatchGetItem", "UpdateItem"], 1)
    noted = last_used(cloud, shop)
    assert noted is not None
    cloud.clock.advance("59m")
    with metered() as meter:
        api.get("/v1/payments?order_id=1", token=shop.key).ok(200)
    assert meter.names == ["BatchGetItem"]
    assert last_used(cloud, shop) == noted
    cloud.clock.advance("2m")
    api.get("/v1/payments?order_id=1", token=shop.key).ok(200)
    again = last_used(cloud, shop)
    assert again is not None
    assert again > noted


def test_a_note_that_cannot_be_written_harms_nobody(api: Api, cloud: LocalCloud, faults: Faults) -> None:
    for fault in ("throttled", "no answer, not applied", "denied"):
        shop = a_merchant(cloud)
        faults.clear()
        faults.always("UpdateItem", fault)
        api.get("/v1/payments?order_id=1", token=shop.key).ok(200)
        assert faults.struck
        faults.clear()
        assert last_used(cloud, shop) is None


def test_a_key_that_was_taken_back_is_not_noted(api: Api, cloud: LocalCloud) -> None:
    shop = a_merchant(cloud)
    merchants = cloud.wallet.merchants
    merchants.revoke_key(shop.id, as_merchant(cloud, shop).key_id)
    assert api.get("/v1/payments", token=shop.key).status == 401
    assert last_used(cloud, shop) is None
