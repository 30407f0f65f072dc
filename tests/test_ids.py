"""Ids: typed, sorted by time, and nothing else ever reaches a key."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallet_api.clock import epoch_milliseconds
from wallet_api.ids import decode, encode, first_id, is_id, made_id, new_id

NOW = datetime(2026, 11, 22, 1, 5, tzinfo=UTC)


def test_ids_are_unguessable_and_of_their_type() -> None:
    ids = {new_id("pay", NOW) for _ in range(1000)}
    assert len(ids) == 1000
    assert all(is_id(each, "pay") and not is_id(each, "trf") for each in ids)


@given(st.binary(min_size=10, max_size=10), st.binary(min_size=10, max_size=10), st.integers(1, 10**9))
def test_ids_sort_by_time(left: bytes, right: bytes, milliseconds: int) -> None:
    later = NOW + timedelta(milliseconds=milliseconds)
    assert made_id("ent", NOW, left) < made_id("ent", later, right)


@given(st.integers(0, 2**128 - 1))
def test_a_ulid_holds_its_128_bits(number: int) -> None:
    assert decode(encode(number)) == number
    assert len(encode(number)) == 26


def test_an_id_holds_its_time_and_bytes() -> None:
    """What is projected twice gets one id."""
    made = made_id("evt", NOW, b"0123456789")
    assert made == made_id("evt", NOW, b"0123456789")
    assert decode(made.partition("_")[2]) >> 80 == epoch_milliseconds(NOW)
    assert decode(made.partition("_")[2]) & (2**80 - 1) == int.from_bytes(b"0123456789", "big")
    with pytest.raises(ValueError, match="10 bytes"):
        made_id("evt", NOW, b"short")


GOOD = made_id("pay", NOW, b"0123456789")


@pytest.mark.parametrize(
    "text",
    ["", "pay_", GOOD[:-1], GOOD + "0", GOOD + "\n", GOOD.lower(), GOOD.replace("0", "O"), GOOD.replace("_", "-"),
     "pay_" + "0" * 25 + "Ｏ", "pay_" + "0" * 25 + "U", " " + GOOD, "pay_../../../../../etc/passwd", f"x{GOOD}",
     GOOD.replace("pay", "payment")],
)  # fmt: skip
def test_what_is_no_id_is_not_taken_for_one(text: str) -> None:
    assert not is_id(text, "pay")


@pytest.mark.parametrize("text", ["", "0" * 25, "0" * 27, "8" + "0" * 25, "U" * 26, "é" * 26])
def test_what_is_no_ulid_is_not_decoded(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  whichever of the two
        decode(text)


def test_what_has_more_than_128_bits_is_no_id() -> None:
    assert is_id("pay_7" + "Z" * 25, "pay")
    assert not is_id("pay_8" + "0" * 25, "pay")


@given(st.binary(min_size=10, max_size=10).filter(any), st.integers(1, 250_000_000_000_000))
def test_the_first_id_of_a_moment_bounds_all_of_its_ids(entropy: bytes, milliseconds: int) -> None:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)

    assert made_id("ent", moment - timedelta(milliseconds=1), entropy) < first_id("ent", moment)
    assert first_id("ent", moment) < made_id("ent", moment, entropy)


def test_before_1970_there_is_no_earlier_id() -> None:
    assert first_id("ent", datetime(1969, 1, 1, tzinfo=UTC)) == "ent_" + "0" * 26
