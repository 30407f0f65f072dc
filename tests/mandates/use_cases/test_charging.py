"""What payments need of mandates: a charge is counted once, and given back to the month that it was counted in."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import Shop, a_merchant, a_person
from tests.mandates.agreeing import a_mandate, charge, end
from wallet_api.ledger.accounts import StaleAccount
from wallet_api.mandates.errors import MandateLimitExceeded, MandateRevoked
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


def test_what_was_read_before_it_was_revoked_charges_nothing_afterwards(
    api: Api, cloud: LocalCloud, shop: Shop
) -> None:
    """A customer who was told that it ended sees no charge after that, also not one that had begun before."""
    wallet, ada = cloud.wallet, a_person(api, cloud, balance=200_00)
    mandate_id = a_mandate(api, shop, ada)["id"]
    seen, now = wallet.mandates.found_again(mandate_id), wallet.clock.now()
    end(api, mandate_id, ada.token).ok(200)
    with pytest.raises(MandateRevoked), wallet.storage.atomic_write() as write:
        wallet.mandates.charge(seen, Money(1, "CNY"), now, write)


def test_limits_are_those_of_the_write_and_not_of_the_read(api: Api, cloud: LocalCloud, shop: Shop) -> None:
    """M32: the first charges of a month at once, and a limit that is lowered meanwhile."""
    wallet, ada = cloud.wallet, a_person(api, cloud, balance=300_00)
    mandate = a_mandate(api, shop, ada, 100_00, 150_00)
    seen, now = wallet.mandates.found_again(mandate["id"]), wallet.clock.now()
    charge(api, shop, mandate["id"], 100_00).ok(201)
    with pytest.raises(MandateLimitExceeded), wallet.storage.atomic_write() as write:
        wallet.mandates.charge(seen, Money(51_00, "CNY"), now, write)
    with pytest.raises(StaleAccount), wallet.storage.atomic_write() as write:
        wallet.mandates.charge(seen, Money(50_00, "CNY"), now, write)
    seen = wallet.mandates.found_again(mandate["id"])
    body = {"max_per_month": {"amount": 120_00, "currency": "CNY"}}
    api.patch(f"/v1/mandates/{mandate['id']}", body, token=ada.token).ok(200)
    with pytest.raises(MandateLimitExceeded), wallet.storage.atomic_write() as write:
        wallet.mandates.charge(seen, Money(21_00, "CNY"), now, write)
    body = {"max_per_payment": {"amount": 10_00, "currency": "CNY"}}
    api.patch(f"/v1/mandates/{mandate['id']}", body, token=ada.token).ok(200)
    seen = replace(wallet.mandates.found_again(mandate["id"]), month=seen.month)
    with pytest.raises(MandateLimitExceeded), wallet.storage.atomic_write() as write:
        wallet.mandates.charge(seen, Money(10_01, "CNY"), now, write)
    assert charged(api, shop, mandate) == 100_00
