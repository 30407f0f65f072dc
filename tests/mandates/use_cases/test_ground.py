"""Whose mandate it is, before anything is said of it."""

from typing import Any

import pytest

from tests.mandates.test_model import ACTIVE, NOW, WAITING
from wallet_api.errors import NotFound
from wallet_api.mandates.model import Mandate
from wallet_api.mandates.use_cases.ground import first_answer, of
from wallet_api.merchants.model import MerchantCaller
from wallet_api.sessions.model import Customer

MERCHANT, STRANGER = (MerchantCaller(name, "key_1", "", "test") for name in ("mer_1", "mer_2"))
ADA, BO = (Customer(name, "ses_1", "") for name in ("usr_1", "usr_2"))


@pytest.mark.parametrize(("mandate", "caller"), [(ACTIVE, STRANGER), (ACTIVE, BO), (WAITING, ADA), (None, MERCHANT)])
def test_somebody_elses_is_as_missing_as_none(mandate: Mandate | None, caller: Any) -> None:
    """P1."""
    with pytest.raises(NotFound):
        of(mandate, caller)


def test_each_side_finds_its_own() -> None:
    assert of(ACTIVE, MERCHANT) is of(ACTIVE, ADA) is ACTIVE
    assert of(WAITING, MERCHANT) is WAITING


def test_an_answer_is_kept_as_far_as_it_changes_later() -> None:
    lowered = ACTIVE.lowered(None, ACTIVE.terms.max_per_payment, NOW)
    assert lowered.as_answered("active", **first_answer(ACTIVE)) == ACTIVE
    assert ACTIVE.as_answered("requires_confirmation", **first_answer(ACTIVE)) == WAITING
