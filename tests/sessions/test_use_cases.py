"""Sessions in their table: refreshed once, ended at once, and of no use when they are copied."""

import pytest

from dev.cloud.local import LocalCloud
from tests.build import Someone, a_person
from tests.client import Api
from tests.faults.injector import Faults
from tests.identity import at_once
from wallet_api.sessions.errors import SessionEnded
from wallet_api.sessions.model import SignedIn
from wallet_api.sessions.use_cases import Sessions


@pytest.fixture
def sessions(cloud: LocalCloud) -> Sessions:
    return cloud.wallet.sessions


@pytest.fixture
def someone(api: Api, cloud: LocalCloud) -> Someone:
    return a_person(api, cloud, pin=None)


def is_live(sessions: Sessions, token: str) -> bool:
    customer = sessions.presented(token)
    if customer is None:
        return False
    try:
        sessions.require_live(customer)
    except SessionEnded:
        return False
    return True


def is_refreshed(sessions: Sessions, token: str) -> SignedIn | None:
    try:
        return sessions.refresh(token)
    except SessionEnded:
        return None


def test_a_refresh_gives_new_tokens_and_leaves_the_call_under_way_alone(sessions: Sessions, someone: Someone) -> None:
    fresh = sessions.refresh(someone.refresh_token)
    assert fresh.access_token != someone.token
    assert fresh.refresh_token != someone.refresh_token
    assert is_live(sessions, fresh.access_token)
    assert is_live(sessions, someone.token)
    twice = sessions.refresh(fresh.refresh_token)
    assert is_live(sessions, twice.access_token)
    assert not is_live(sessions, someone.token), "only the token before the last refresh is still good"


def test_a_refresh_whose_answer_was_lost_is_answered_again(
    sessions: Sessions, someone: Someone, cloud: LocalCloud
) -> None:
    """A40: the same successor, within a short grace, with no token stored in clear."""
    first = sessions.refresh(someone.refresh_token)
    cloud.clock.advance("20s")
    again = sessions.refresh(someone.refresh_token)
    assert (again.access_token, again.refresh_token) == (first.access_token, first.refresh_token)
    assert is_live(sessions, again.access_token)
    assert is_refreshed(sessions, again.refresh_token)


def test_a_refresh_token_that_comes_back_later_ends_the_whole_session(
    sessions: Sessions, someone: Someone, cloud: LocalCloud, caplog: pytest.LogCaptureFixture
) -> None:
    """A39."""
    fresh = sessions.refresh(someone.refresh_token)
    cloud.clock.advance("31s")
    assert is_refreshed(sessions, someone.refresh_token) is None
    assert is_refreshed(sessions, fresh.refresh_token) is None
    assert not is_live(sessions, fresh.access_token)
    assert "came back after its use" in caplog.text
    assert someone.refresh_token not in caplog.text


def test_an_older_refresh_token_ends_the_session_even_within_the_grace(sessions: Sessions, someone: Someone) -> None:
    """A39."""
    second = sessions.refresh(someone.refresh_token)
    third = sessions.refresh(second.refresh_token)
    assert is_refreshed(sessions, someone.refresh_token) is None
    assert not is_live(sessions, third.access_token)


def test_parallel_refreshes_make_one_pair(sessions: Sessions, someone: Someone, api: Api) -> None:
    """A40: exactly one successor is minted, and everybody who asked gets that one."""
    made = at_once(8, lambda _: sessions.refresh(someone.refresh_token), api)
    assert len({(each.access_token, each.refresh_token) for each in made}) == 1
    assert is_live(sessions, made[0].access_token)
    assert is_refreshed(sessions, made[0].refresh_token)


def test_an_access_token_lives_a_quarter_of_an_hour(sessions: Sessions, someone: Someone, cloud: LocalCloud) -> None:
    cloud.clock.advance("14m")
    assert is_live(sessions, someone.token)
    cloud.clock.advance("1m")
    assert not is_live(sessions, someone.token)
    assert is_refreshed(sessions, someone.refresh_token)


def test_a_session_that_is_not_used_for_thirty_days_is_over(
    sessions: Sessions, someone: Someone, cloud: LocalCloud
) -> None:
    """A41."""
    cloud.clock.advance("30d")
    assert is_refreshed(sessions, someone.refresh_token) is None


def test_a_session_is_over_after_ninety_days_however_busy(
    sessions: Sessions, someone: Someone, cloud: LocalCloud
) -> None:
    """A41."""
    token = someone.refresh_token
    for _ in range(4):
        cloud.clock.advance("22d")
        token = sessions.refresh(token).refresh_token
    cloud.clock.advance("2d")
    assert is_refreshed(sessions, token) is None


def test_only_hashes_of_tokens_are_kept(sessions: Sessions, someone: Someone) -> None:
    """A41."""
    customer = sessions.presented(someone.token)
    assert customer is not None
    kept = repr(sessions.require_live(customer))
    assert someone.token not in kept
    assert someone.refresh_token not in kept
    assert customer.token_hash in kept


def test_a_made_up_token_reads_nothing(sessions: Sessions, someone: Someone, faults: Faults) -> None:
    """P15: nobody makes the wallet read with a token that it did not write."""
    before = len(faults.calls)
    assert sessions.presented(someone.token[:-2] + "AA") is None
    assert is_refreshed(sessions, someone.refresh_token[:-2] + "AA") is None
    assert len(faults.calls) == before
