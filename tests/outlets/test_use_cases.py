"""An outlet as whoever is given its id reads it, and two changes of one; over HTTP see tests/routes/test_outlets.py."""

from typing import Any

import pytest

from bench.meter import metered
from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import a_merchant, as_merchant
from tests.selling import an_outlet
from wallet_api.errors import NotFound
from wallet_api.ids import new_id


def test_an_outlet_with_its_merchants_standing_is_one_round_trip(api: Api, cloud: LocalCloud) -> None:
    shop = a_merchant(cloud)
    outlet = an_outlet(api, shop).ok(201)
    with metered() as meter:
        place = cloud.wallet.outlets.shown(outlet["id"])
    assert (place.outlet.merchant_id, place.standing.takes_payments) == (shop.id, True)
    assert meter.names == ["BatchGetItem"]
    cloud.wallet.merchants.suspend(shop.id)
    assert not cloud.wallet.outlets.shown(outlet["id"]).standing.takes_payments
    with pytest.raises(NotFound):
        cloud.wallet.outlets.shown(new_id("out", cloud.clock.now()))


def test_opening_an_outlet_is_two_round_trips(api: Api, cloud: LocalCloud) -> None:
    shop = a_merchant(cloud)
    an_outlet(api, shop).ok(201)
    with metered() as meter:
        an_outlet(api, shop).ok(201)
    assert meter.names == ["BatchGetItem", "TransactWriteItems"]
    assert meter.items_in_transactions == 2


def test_a_change_that_was_overtaken_begins_anew_from_what_is_there(api: Api, cloud: LocalCloud) -> None:
    shop, outlets = a_merchant(cloud), cloud.wallet.outlets
    outlet, caller = an_outlet(api, shop).ok(201), as_merchant(cloud, shop)

    class Overtaken(dict[str, Any]):
        """Changes that are read after another request was faster, once."""

        raced = False

        def get(self, name: str, default: Any = None) -> Any:
            if not self.raced:
                self.raced = True
                outlets.change(caller, outlet["id"], {"status": "closed"})
            return super().get(name, default)

    outlets.change(caller, outlet["id"], Overtaken(name="South Gate"))
    found = outlets.shown(outlet["id"]).outlet
    assert (found.name, found.status) == ("South Gate", "closed")
