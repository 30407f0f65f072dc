"""Keyed hashes: one key for each purpose, versions side by side."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallet_api.storage.keys import Keys, KeysUnusable, plain_digest, same

OLD, NEW = "o" * 32, "n" * 32
TEXTS = st.lists(st.text(max_size=8), max_size=4)


def test_a_purpose_says_nothing_about_another() -> None:
    """D8: one canonical value, two purposes, two hashes that nobody can connect."""
    keys = Keys.from_text(OLD)
    assert keys.digest("phone", "+8613800138000") != keys.digest("email", "+8613800138000")
    assert keys.digest("phone", "+8613800138000") == keys.digest("phone", "+8613800138000")


def test_the_key_is_hkdf_of_the_master() -> None:
    """RFC 5869, against cryptography's own implementation."""
    import hmac

    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    key = HKDF(SHA256(), 32, salt=b"wallet-api", info=b"phone:v1").derive(OLD.encode())
    assert Keys.from_text(OLD).digest("phone", "a") == hmac.digest(key, b"\x00\x00\x00\x01a", "sha256")


@given(TEXTS, TEXTS)
def test_no_two_lists_of_parts_look_alike(left: list[str], right: list[str]) -> None:
    keys = Keys.from_text(OLD)
    assert (keys.digest("p", *left) == keys.digest("p", *right)) is (left == right)


def test_a_rotation_makes_new_hashes_and_still_finds_the_old() -> None:
    """D8, D10: the highest version hashes, all versions are looked up, newest first."""
    before = Keys.from_text(OLD)
    after = Keys.from_text(json.dumps({"1": OLD, "2": NEW}))
    assert (before.current, after.current) == (1, 2)
    assert after.versions == [2, 1]
    assert after.digest("phone", "a", version=1) == before.digest("phone", "a")
    assert after.digest("phone", "a") == after.digest("phone", "a", version=2) != before.digest("phone", "a")


def test_a_version_is_known_before_it_is_used() -> None:
    """D8, D10: so that an instance that is replaced later does not refuse what another made under it."""
    known = Keys.from_text(json.dumps({"1": OLD, "2": NEW, "3": NEW, "current": "2"}))
    assert (known.current, known.versions) == (2, [2, 3, 1])
    assert known.digest("phone", "a") == known.digest("phone", "a", version=2)


@pytest.mark.parametrize(
    "text", ["", "short", '{"1": "short"}', "{}", '{"one": "' + OLD + '"}', '{"1": 12345678901234567890123456789012}',
             json.dumps({"1": OLD, "2": "short"}), json.dumps({"1": OLD, "current": "2"}), json.dumps({"1": OLD, "current": 1})],
)  # fmt: skip
def test_what_is_no_set_of_secrets_is_refused(text: str) -> None:
    with pytest.raises(KeysUnusable):
        Keys.from_text(text)


def test_a_generated_secret_is_version_one_even_if_it_looks_like_json() -> None:
    assert Keys.from_text("1" * 64).versions == [1]
    assert Keys.from_text("[" + "x" * 63).versions == [1]


def test_secrets_do_not_show() -> None:
    """D9."""
    keys = Keys.from_text(OLD)
    keys.digest("phone", "a")
    assert OLD not in repr(keys)
    assert "_derived" not in repr(keys)


def test_equality_and_plain_digests() -> None:
    assert same(b"a", b"a")
    assert not same(b"a", b"b")
    assert plain_digest("a", "b") == plain_digest("a", "b") != plain_digest("ab")
