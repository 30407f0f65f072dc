"""Who finds a refund."""

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import a_merchant, a_person, as_customer, as_merchant
from tests.shopping import a_paid_payment, refund
from wallet_api.errors import NotFound


def test_a_refund_is_its_two_sides_and_nobody_elses(api: Api, cloud: LocalCloud) -> None:
    """P1."""
    shop, other, ada = a_merchant(cloud), a_merchant(cloud), a_person(api, cloud, balance=100_00)
    made = refund(api, shop, a_paid_payment(api, shop, ada)["id"]).ok(201)
    wallet = cloud.wallet
    for caller in (as_merchant(cloud, shop), as_customer(cloud, ada)):
        assert wallet.refunds.get(caller, made["id"]).id == made["id"]
    stranger = as_merchant(cloud, other)
    with pytest.raises(NotFound):
        wallet.refunds.get(stranger, made["id"])
