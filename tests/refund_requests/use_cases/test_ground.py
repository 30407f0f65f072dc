"""Whose a request is."""

import pytest
from msgspec.structs import replace

from dev.cloud.local import LocalCloud
from tests.refund_requests.test_model import OPEN
from wallet_api.errors import NotFound
from wallet_api.ids import new_id
from wallet_api.merchants.model import MerchantCaller
from wallet_api.refund_requests.use_cases.ground import own

MERCHANT = MerchantCaller("mer_1", "key_1", "", "test")


def test_a_request_is_its_merchants_to_decide_and_nobody_elses() -> None:
    """P1: a merchant that had its customer's id would find nothing by it."""
    assert own(OPEN, MERCHANT) == OPEN
    for stranger in (replace(MERCHANT, id="mer_2"), replace(MERCHANT, id="usr_ada")):
        with pytest.raises(NotFound):
            own(OPEN, stranger)
    with pytest.raises(NotFound):
        own(None, MERCHANT)


def test_a_request_that_is_named_and_missing_is_a_defect(cloud: LocalCloud) -> None:
    with pytest.raises(LookupError):
        cloud.wallet.refund_requests.found_again(new_id("rfr", cloud.clock.now()))
