"""When an outlet can be paid at, and what it may be called."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from wallet_api.errors import Invalid, NotFound
from wallet_api.merchants.model import Profile, Standing
from wallet_api.outlets.errors import MerchantUnavailable, OutletClosed
from wallet_api.outlets.model import Outlet, Place, why_not_payable

OUTLET = Outlet("out_1", "mer_1", "active", "Cuihu", "Cuihu", None, datetime(2026, 11, 22, tzinfo=UTC))
STANDING = Standing("mer_1", "active", Profile("Tea", "Tea", "Kunming", "Kunming", "CN", "5814"))


def test_an_outlet_is_paid_at_while_it_and_its_merchant_are_active() -> None:
    """The merchant comes first: whether an outlet of a suspended one is open is nobody's business."""
    closed, suspended = replace(OUTLET, status="closed"), replace(STANDING, status="suspended")
    assert why_not_payable(Place(OUTLET, STANDING)) is None
    assert isinstance(why_not_payable(None), NotFound)
    assert isinstance(why_not_payable(Place(closed, STANDING)), OutletClosed)
    for outlet in (OUTLET, closed):
        assert isinstance(why_not_payable(Place(outlet, suspended)), MerchantUnavailable)


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("name", " "), ("name", "a" * 141), ("name", "a\u202eb"), ("label", "翠湖"), ("label", "a" * 26),
     ("address", ""), ("address", "a" * 201)],
)  # fmt: skip
def test_what_is_no_name_is_refused(field: str, value: str) -> None:
    with pytest.raises(Invalid):
        replace(OUTLET, **{field: value})


def test_a_new_ascii_name_is_the_new_label_and_a_long_one_is_cut() -> None:
    assert OUTLET.changed({"name": "South Gate of Cuihu Park Kunming"}).label == "South Gate of Cuihu Park "
    assert OUTLET.changed({"name": "翠湖"}).label == "Cuihu"
    assert OUTLET.changed({"name": "East", "label": "CUIHU EAST"}).label == "CUIHU EAST"
