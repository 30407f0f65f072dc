"""Who finds a refund."""

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import a_merchant, a_person
from tests.shopping import a_paid_payment, refund
from wallet_api.errors import NotFound
from wallet_api.merchants.model import MerchantCaller


def test_a_refund_is_its_two_sides_and_nobody_elses(api: Api, cloud: LocalCloud) -> None:
    """P1."""
    shop, other, ada = a_merchant(cloud), a_merchant(cloud), a_person(api, cloud, balance=100_00)
    made = refund(api, shop, a_paid_payment(api, shop, ada)["id"]).ok(201)
    wallet = cloud.wallet
    for caller in (wallet.merchants.presented(shop.key), wallet.sessions.presented(ada.token)):
        assert wallet.refunds.get(caller, made["id"]).id == made["id"]
    stranger = wallet.merchants.presented(other.key)
    assert isinstance(stranger, MerchantCaller)
    with pytest.raises(NotFound):
        wallet.refunds.get(stranger, made["id"])
