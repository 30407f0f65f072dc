"""The small steps that more than one verb takes."""

import pytest
from msgspec.structs import replace

from tests.payments.test_model import CANCELED, PAID, WAITING
from wallet_api.errors import NotFound
from wallet_api.merchants.model import MerchantCaller
from wallet_api.payments.errors import PaymentCanceled
from wallet_api.payments.use_cases.ground import fit, move_of, own

MERCHANT = MerchantCaller("mer_1", "key_1", "", "test")


def test_a_payment_is_its_merchants_and_nobody_elses() -> None:
    """P1: somebody else's is as missing as none."""
    assert own(PAID, MERCHANT) == PAID
    for stranger in (replace(MERCHANT, id="mer_2"), replace(MERCHANT, id="usr_ada")):
        with pytest.raises(NotFound):
            own(PAID, stranger)
    with pytest.raises(NotFound):
        own(None, MERCHANT)


def test_what_speaks_against_a_wish_is_raised_and_nothing_lets_it_pass() -> None:
    assert fit(WAITING, lambda _: None) == WAITING
    with pytest.raises(PaymentCanceled):
        fit(CANCELED, lambda _: PaymentCanceled())
    with pytest.raises(NotFound):
        fit(None, lambda _: None)


def test_the_customer_says_yes_to_this_payment_of_this_merchant() -> None:
    move = move_of(WAITING, "quo_1")
    assert (move.kind, move.subject, move.payee_id) == ("payment", WAITING.id, "mer_1")
    assert (move.amount, move.quote_id, move.by_static_code) == (WAITING.amount, "quo_1", False)
