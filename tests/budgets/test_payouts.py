"""What a payout costs: a trip, the write that sets its money aside, and, once the bank answered, the write that keeps the answer."""

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import a_merchant
from tests.faults.injector import injecting
from tests.settling import earn, funds, pay_out, with_account

AT_ONCE = ["BatchGetItem", "TransactWriteItems", "TransactWriteItems"]


def test_the_first_payout_of_a_day_costs_what_every_other_does(api: Api, cloud: LocalCloud) -> None:
    """M24: nothing of the day is there yet, and the write itself begins it."""
    shop = with_account(cloud, a_merchant(cloud))
    earn(api, cloud, shop)
    cloud.clock.advance("24h")
    # That a key was used is noted once an hour, and the fee schedule is read once a minute, by whatever comes first.
    funds(api, shop)
    api.get("/v1/fees").ok(200)
    for _ in range(2):
        with injecting() as faults:
            pay_out(api, shop, 10_00).ok(201)
        assert [name for name, _ in faults.calls] == AT_ONCE
        set_aside, _ = faults.made("TransactWriteItems")
        assert len(set_aside["TransactItems"]) == 6, "operation, line, balance, day, payout, destination"
