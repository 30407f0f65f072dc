"""The schedule brings payments under review to their ends, once; over HTTP."""

import pytest
from msgspec.structs import replace

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import Shop, Someone, a_merchant, a_person
from tests.reviewing import Reviewers, money_of
from tests.shopping import a_payment, confirm, folded
from wallet_api.gateways.screening import MAGIC_AMOUNTS
from wallet_api.ledger import chart

BLOCKS, BLOCKS_LATER, PASSES, PASSES_LATER, SILENT = MAGIC_AMOUNTS
BALANCE = 2_000_00


@pytest.fixture
def shop(cloud: LocalCloud) -> Shop:
    return a_merchant(cloud)


@pytest.fixture
def ada(api: Api, cloud: LocalCloud, shop: Shop) -> Someone:
    return a_person(api, cloud, balance=BALANCE)


def test_two_runs_of_the_schedule_move_the_money_once(api: Api, cloud: LocalCloud, shop: Shop, ada: Someone) -> None:
    """M12, M37: a late contradictory answer changes nothing either: what was posted first stands."""
    payment_id = a_payment(api, shop, PASSES_LATER)["id"]
    confirm(api, ada, payment_id).ok(200)
    cloud.clock.advance(61)
    payments = cloud.wallet.payments
    stale = payments.found_again(payment_id)
    assert payments.settle_review(stale).status == "succeeded"
    for verdict in ("pass", "block", "pending"):
        assert replace(payments, screening=Reviewers(verdict)).settle_review(stale).status == "succeeded"
    assert money_of(cloud, ada) == (BALANCE - PASSES_LATER, 0, PASSES_LATER)
    folded(cloud, chart.merchant(shop.id))


def test_a_review_without_an_end_wakes_somebody(api: Api, cloud: LocalCloud, shop: Shop, ada: Someone) -> None:
    """M12, O8: after four hours, and until it ends."""
    payment_id = a_payment(api, shop, SILENT)["id"]
    confirm(api, ada, payment_id).ok(200)
    silent = replace(cloud.wallet.payments, screening=Reviewers("pending"))
    for wait, stuck in (("3h", 0), ("2h", 1), ("2h", 1)):
        cloud.clock.advance(wait)
        assert silent.settle_due() == 0
        assert api.get("/sandbox").ok(200)["metrics"]["stuck_processing"]["last"] == stuck
    cloud.clock.advance("1h")
    assert cloud.wallet.payments.settle_due() == 1
    assert api.get("/sandbox").ok(200)["metrics"]["stuck_processing"]["last"] == 0
