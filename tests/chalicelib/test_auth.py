"""Which header names which caller, before anything is read from storage."""

from types import SimpleNamespace
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.auth import authenticate, require_readable, require_single
from chalicelib.errors import DuplicateHeader, NotAuthenticated, WrongCaller
from wallet_api.merchants.model import MerchantCaller
from wallet_api.sessions.model import Customer

PERSON = Customer("usr_1", "ses_1", "hash")
MERCHANT = MerchantCaller("mer_1", "key_1", "hash", "test")


@pytest.fixture
def wallet() -> Any:
    """A wallet that made two tokens; what is made of a token is tested with sessions and merchants."""
    return SimpleNamespace(
        sessions=SimpleNamespace(presented=lambda token: PERSON if token == "wat_good" else None),
        merchants=SimpleNamespace(presented=lambda token: MERCHANT if token == "sk_test_good" else None),
    )


def test_a_token_names_its_person_and_a_key_its_merchant(wallet: Any) -> None:
    assert authenticate(wallet, "Bearer wat_good", [Customer]) == PERSON
    assert authenticate(wallet, "bearer sk_test_good", [Customer, MerchantCaller]) == MERCHANT


def test_a_merchant_brings_what_its_key_must_hold_and_what_its_server_signed(wallet: Any) -> None:
    """What the first trip judges: without the one a restricted key would do anything, without the other no signature would be seen."""
    signed: Any = object()
    caller = authenticate(wallet, "Bearer sk_test_good", [MerchantCaller], "refunds:write", lambda: signed)
    assert caller == replace(MERCHANT, scope="refunds:write", signed=signed)


@pytest.mark.parametrize("text", [None, "", "Bearer", "wat_good", "Basic wat_good", "Bearer wat_bad", "Bearer  wat_good",
                                  "Bearer wat_good, Bearer wat_good", "Bearer sk_good", "Bearer WAT_good"])  # fmt: skip
def test_anything_else_is_nobody(wallet: Any, text: str | None) -> None:
    with pytest.raises(NotAuthenticated):
        authenticate(wallet, text, [Customer, MerchantCaller])


def test_a_caller_of_another_kind_is_told_so(wallet: Any) -> None:
    """P4: a merchant's key opens no person's call, nor the other way round."""
    with pytest.raises(WrongCaller):
        authenticate(wallet, "Bearer sk_test_good", [Customer])
    with pytest.raises(WrongCaller):
        authenticate(wallet, "Bearer wat_good", [MerchantCaller])


def test_what_decides_stands_once_however_it_is_spelled() -> None:
    """P23."""
    require_single({"Authorization": ["a"], "Accept": ["a", "b"], "X-Forwarded-For": ["1", "2"]})
    for twice in ({"Authorization": ["a", "a"]}, {"signature": ["a"], "Signature": ["b"]}):
        with pytest.raises(DuplicateHeader):
            require_single(twice)


def test_a_proof_is_text_that_can_be_compared() -> None:
    """P22."""
    require_readable({"authorization": "Bearer a", "accept": "é"})
    with pytest.raises(NotAuthenticated):
        require_readable({"signature": "é"})
