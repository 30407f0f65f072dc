"""Tokens: opaque, tagged, and refused before anything is read when they are not ours."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from wallet_api.devices.model import Device
from wallet_api.sessions.model import (
    ACCESS,
    ACCESS_LIFE,
    IDLE_LIFE,
    LONGEST_LIFE,
    REFRESH,
    RETRY_GRACE,
    Session,
    make_token,
    read_token,
    successor_bytes,
)
from wallet_api.storage.keys import Keys, plain_digest

NOW = datetime(2026, 11, 22, 1, 5, tzinfo=UTC)
KEYS = Keys({1: b"k" * 32})
PERSON, SESSION = "usr_01KAMS3Q0V5T1C9D9SZ3GZ2WQY", "ses_01KAMS3Q0V5T1C9D9SZ3GZ2WQZ"
TOKEN = make_token(KEYS, ACCESS, SESSION, PERSON, NOW + ACCESS_LIFE, bytes(range(16)))


def a_session(**more: Any) -> Session:
    kept: dict[str, Any] = {
        "access_hash": "a",
        "refresh_hash": "r",
        "created_at": NOW,
        "refreshed_at": NOW,
        "ends_at": NOW + LONGEST_LIFE,
    }
    return Session(id=SESSION, person_id=PERSON, device=Device(), **{**kept, **more})


def test_a_token_names_its_session_and_person() -> None:
    customer = read_token(KEYS, ACCESS, TOKEN, NOW)
    assert customer is not None
    assert (customer.id, customer.session_id, customer.token_hash) == (PERSON, SESSION, plain_digest(TOKEN))


def test_a_token_with_any_character_changed_is_none_of_ours() -> None:
    for place, sign in enumerate(TOKEN):
        for other in "Ab-_9":
            if other != sign:
                assert read_token(KEYS, ACCESS, TOKEN[:place] + other + TOKEN[place + 1 :], NOW) is None


@pytest.mark.parametrize(
    "text",
    [
        *("", "wat_", "wat_é", "wat_AAAA", "wat", " " + TOKEN, TOKEN + "=", TOKEN + "A", TOKEN + "\n"),
        *(TOKEN[:-1], TOKEN.lower(), TOKEN[:20] + "." + TOKEN[20:]),
    ],
)
def test_another_spelling_of_a_token_is_none_of_ours(text: str) -> None:
    assert read_token(KEYS, ACCESS, text, NOW) is None


def test_a_refresh_token_is_no_access_token_nor_the_other_way_round() -> None:
    """A45: the kind is under the tag."""
    refresh = make_token(KEYS, REFRESH, SESSION, PERSON, NOW + IDLE_LIFE, bytes(16))
    assert read_token(KEYS, REFRESH, refresh, NOW) is not None
    assert read_token(KEYS, ACCESS, refresh, NOW) is None
    assert read_token(KEYS, ACCESS, "wat_" + refresh[4:], NOW) is None


def test_a_token_stops_at_its_expiry() -> None:
    assert read_token(KEYS, ACCESS, TOKEN, NOW + ACCESS_LIFE - timedelta(seconds=1)) is not None
    assert read_token(KEYS, ACCESS, TOKEN, NOW + ACCESS_LIFE) is None


def test_a_token_outlives_the_rotation_of_our_keys_and_not_their_removal() -> None:
    assert read_token(Keys({1: b"k" * 32, 2: b"n" * 32}), ACCESS, TOKEN, NOW) is not None
    assert read_token(Keys({2: b"n" * 32}), ACCESS, TOKEN, NOW) is None


def test_a_successor_is_always_the_same_and_different_for_each_kind_token_and_key() -> None:
    """A40."""
    one = successor_bytes(KEYS, REFRESH, "hash")
    assert one == successor_bytes(KEYS, REFRESH, "hash")
    others = [
        successor_bytes(KEYS, ACCESS, "hash"),
        successor_bytes(KEYS, REFRESH, "other"),
        successor_bytes(Keys({1: b"n" * 32}), REFRESH, "hash"),
    ]
    assert one not in others


def test_a_session_ends_when_it_is_idle_and_at_last_in_any_case() -> None:
    """A41, A44."""
    idle = a_session()
    assert not idle.is_over(NOW + IDLE_LIFE - timedelta(seconds=1))
    assert idle.is_over(NOW + IDLE_LIFE)
    busy = a_session(refreshed_at=NOW + timedelta(days=89))
    assert busy.expires_at == NOW + LONGEST_LIFE
    assert busy.is_over(NOW + LONGEST_LIFE)


def test_a_session_admits_its_access_token_and_the_one_before() -> None:
    session = a_session(previous_access_hash="b")
    assert [session.admits(each, NOW) for each in ("a", "b", "c")] == [True, True, False]
    assert not session.admits("a", NOW + IDLE_LIFE)


def test_a_refresh_may_be_retried_for_half_a_minute() -> None:
    """A40."""
    session = a_session(previous_refresh_hash="q")
    assert session.may_be_retried("q", NOW + RETRY_GRACE)
    assert not session.may_be_retried("q", NOW + RETRY_GRACE + timedelta(seconds=1))
    assert not session.may_be_retried("r", NOW)
