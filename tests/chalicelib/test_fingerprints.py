"""Two requests that ask the same have the same fingerprint, however they are written and proved."""

from types import SimpleNamespace
from typing import Any

from chalicelib.fingerprints import fingerprint_of
from dev.cloud.local import LocalCloud
from wallet_api.storage.keys import Keys


def test_order_and_proof_change_nothing_and_every_value_does(cloud: LocalCloud) -> None:
    first = fingerprint_of(
        cloud.wallet, "POST", "/v1/transfers", {"amount": 1, "to": "a", "authorization": {"pin": "1"}}
    )
    same = fingerprint_of(cloud.wallet, "POST", "/v1/transfers", {"to": "a", "amount": 1})
    assert first == same
    for method, path, asked in (
        ("PUT", "/v1/transfers", {"amount": 1, "to": "a"}),
        ("POST", "/v1/top_ups", {"amount": 1, "to": "a"}),
        ("POST", "/v1/transfers", {"amount": 2, "to": "a"}),
    ):
        assert fingerprint_of(cloud.wallet, method, path, asked) != first


def test_that_a_code_was_shown_counts_and_which_does_not(cloud: LocalCloud) -> None:
    one, another, none = (
        fingerprint_of(cloud.wallet, "POST", "/v1/payments", asked)
        for asked in ({"payment_code": "28001"}, {"payment_code": "28002"}, {})
    )
    assert one == another != none


def test_a_fingerprint_is_what_it_always_was_whichever_master_secret_is_current() -> None:
    """Keys are kept for ever: made otherwise, or with another secret, every request that is sent again would be another one."""
    wallet: Any = SimpleNamespace(keys=Keys({1: b"a" * 32, 2: b"b" * 32}))
    asked = {
        "to": {"phone": "+8613800138000"},
        "amount": {"amount": 1250, "currency": "CNY"},
        "note": "茶",
        "authorization": {"pin": "1"},
    }
    assert fingerprint_of(wallet, "POST", "/v1/transfers", asked) == "f32534208f20868678d355fa95c79d13"
