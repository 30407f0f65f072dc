"""What payments need of mandates: a charge is counted once, and given back to the month that it was counted in."""

from datetime import timedelta
from typing import Any

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import Shop, a_merchant, a_person
from tests.mandates.agreeing import a_mandate, charge
from wallet_api.mandates.model import MonthTurned
from wallet_api.money import Money


@pytest.fixture
def shop(cloud: LocalCloud) -> Shop:
    return a_merchant(cloud)


def charged(api: Api, shop: Shop, mandate: Any) -> int:
    return int(api.get(f"/v1/mandates/{mandate['id']}", token=shop.key).ok(200)["charged_this_month"]["amount"])


def test_what_came_to_nothing_returns_to_its_month_and_to_no_other(api: Api, cloud: LocalCloud, shop: Shop) -> None:
    """M32."""
    mandates, storage = cloud.wallet.mandates, cloud.wallet.storage
    mandate = a_mandate(api, shop, a_person(api, cloud, balance=200_00))
    charge(api, shop, mandate["id"], 40_00).ok(201)
    now = cloud.wallet.clock.now()
    with storage.atomic_write() as write:
        mandates.give_back(mandate["id"], Money(15_00, "CNY"), now, write)
    assert charged(api, shop, mandate) == 25_00
    for amount, at in ((25_01, now), (1, now - timedelta(days=40))):
        with pytest.raises(MonthTurned), storage.atomic_write() as write:
            mandates.give_back(mandate["id"], Money(amount, "CNY"), at, write)
    assert charged(api, shop, mandate) == 25_00
