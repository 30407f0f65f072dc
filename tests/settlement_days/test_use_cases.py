"""Days come up when they are over, and go when they were dealt with."""

from datetime import datetime
from typing import Any

from msgspec.structs import replace

from dev.cloud.local import LocalCloud
from tests.build import a_merchant
from tests.settling import past_midnight
from wallet_api.clock import wallet_day
from wallet_api.settlement_days.model import DueDay


def test_a_day_comes_up_once_it_is_over_and_goes_once_it_was_dealt_with(cloud: LocalCloud) -> None:
    shop, days = a_merchant(cloud), cloud.wallet.payouts.days
    day = wallet_day(cloud.clock.now())
    assert list(days.due(cloud.clock.now())) == []
    past_midnight(cloud)
    (due,) = days.due(cloud.clock.now())
    assert (due.merchant_id, due.day) == (shop.id, day)
    assert [days.done(due), days.done(due)] == [True, False]
    assert list(days.due(cloud.clock.now())) == []


def test_an_index_that_is_behind_brings_no_day_that_is_not_over(cloud: LocalCloud) -> None:
    """Another run dealt with the day a moment ago, and the index has not heard of it."""
    shop, days = a_merchant(cloud), cloud.wallet.payouts.days

    class Behind:
        @property
        def work(self) -> Any:
            return self

        def by(self, now: datetime) -> list[str]:
            return [shop.id]

        def require(self, merchant_id: str) -> DueDay:
            found: DueDay = days.store.require(merchant_id)
            return found

    behind: Any = Behind()
    stale = replace(days, store=behind)
    assert list(stale.due(cloud.clock.now())) == []
    past_midnight(cloud)
    assert [each.merchant_id for each in stale.due(cloud.clock.now())] == [shop.id]


def test_merchants_are_spread_over_the_index(cloud: LocalCloud) -> None:
    """No partition of it holds them all."""
    shops = [a_merchant(cloud).id for _ in range(24)]
    store = cloud.wallet.payouts.days.store
    buckets = {raw["due_bucket"]["S"] for raw in store.storage.scan(store.items) if raw["sk"]["S"] == "settlement_day"}
    assert len(shops) == 24
    assert len(buckets) > 4
