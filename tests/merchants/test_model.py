"""A merchant's key names its merchant and itself, and cannot be made up."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallet_api.errors import Invalid
from wallet_api.ids import new_id
from wallet_api.merchants.model import SECRET_BYTES, Profile, api_key, read_api_key
from wallet_api.storage.keys import Keys

KEYS = Keys({1: b"k" * 64})
NOW = datetime(2026, 11, 22, tzinfo=UTC)
MERCHANT, KEY = new_id("mer", NOW), new_id("key", NOW)


def a_key(keys: Keys = KEYS, mode: str = "test") -> str:
    return api_key(keys, MERCHANT, KEY, mode, b"e" * SECRET_BYTES)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "sk_test_",
        "sk_test_x",
        "sk_other_" + "A" * 96,
        "sk_test_" + "A" * 96,
        "sk_live_" + "=" * 96,
        "sk_test_" + "é" * 96,
    ],
)
def test_a_made_up_text_is_no_key(text: str) -> None:
    """P22: what is not ASCII is refused like any other, not a fault."""
    assert read_api_key(KEYS, text) is None


@given(st.integers(0, 103), st.sampled_from("ABab01-_"))
def test_a_key_with_any_other_character_is_no_key(place: int, sign: str) -> None:
    text = a_key()
    if text[place] != sign:
        assert read_api_key(KEYS, text[:place] + sign + text[place + 1 :]) is None


def test_a_test_key_cannot_be_made_a_live_one() -> None:
    assert read_api_key(KEYS, a_key().replace("sk_test_", "sk_live_")) is None


def test_a_key_of_another_deployment_is_no_key() -> None:
    assert read_api_key(KEYS, a_key(Keys({1: b"x" * 64}))) is None


def test_a_key_names_its_merchant_and_itself() -> None:
    caller = read_api_key(KEYS, a_key())
    assert caller is not None
    assert (caller.id, caller.key_id, caller.mode) == (MERCHANT, KEY, "test")
    assert a_key() not in caller.key_hash


def test_a_key_outlives_the_rotation_of_the_master_secret() -> None:
    assert read_api_key(Keys({1: b"k" * 64, 2: b"n" * 64}), a_key()) == read_api_key(KEYS, a_key())


GOOD = {
    "name": "翠湖茶馆",
    "latin_name": "CUIHU",
    "city": "昆明",
    "latin_city": "KUNMING",
    "country": "CN",
    "category": "5814",
}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "a\nb"),
        ("latin_name", "翠湖"),
        ("latin_name", ""),
        ("city", ""),
        ("latin_city", "昆明"),
        ("country", "China"),
        ("category", "58１4"),
        ("category", "581"),
    ],
)
def test_a_profile_that_no_code_could_show_is_refused(field: str, value: str) -> None:
    with pytest.raises(Invalid) as refused:
        Profile(**{**GOOD, field: value})
    assert [problem.pointer for problem in refused.value.problems] == [f"/{field}"]
