"""Whom a limit counts, and when it begins anew."""

from datetime import UTC, datetime, timedelta

import pytest

from wallet_api.rate_limits.model import (
    OF_A_SESSION,
    OF_A_SOURCE,
    SMS_IN_ALL,
    Limit,
    Share,
    longest_wait,
    narrow_sms_shares,
    source_shares,
    source_subject,
    wide_sms_shares,
)

NOW = datetime(2026, 11, 22, 1, 9, 59, tzinfo=UTC)


def test_a_stretch_starts_anew_at_its_own_times() -> None:
    limit = Limit("some", 5, 600)
    assert limit.seconds_left(NOW) == 1
    assert limit.start(NOW + timedelta(seconds=1)) == limit.start(NOW) + 600


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("203.0.113.7", "203.0.113.7", True),
        ("203.0.113.7", "203.0.113.8", False),
        ("::ffff:203.0.113.7", "203.0.113.7", True),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("", "no address", True),
    ],
)
def test_one_source_is_an_address_or_the_network_that_one_customer_holds(one: str, other: str, same: bool) -> None:
    """A21: an attacker has 2^64 addresses of IPv6, and what is no address is not nobody."""
    assert (source_subject(one) == source_subject(other)) is same
    assert source_subject(one) is not None


@pytest.mark.parametrize("source", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
def test_the_machine_itself_is_no_source(source: str) -> None:
    """A gateway in front never names it; only a developer's own requests come from there."""
    assert source_subject(source) is None
    assert source_shares("sign_in", source) == ()


def test_neighbouring_numbers_share_and_the_home_country_has_no_share_of_its_own() -> None:
    """A21: prefix and country."""
    assert narrow_sms_shares("+8613812340000") == narrow_sms_shares("+8613812349999")
    assert narrow_sms_shares("+8613812340000") != narrow_sms_shares("+8613812350000")
    assert [share.limit for share in wide_sms_shares(86)] == list(SMS_IN_ALL)
    assert [share.subject for share in wide_sms_shares(44)] == ["44", "all"]


def test_one_waits_for_the_share_that_is_full_longest() -> None:
    """P15."""
    shares = [Share(Limit("minutes", 1, 600), "a"), Share(Limit("day", 1, 86_400), "a")]
    assert longest_wait(shares, NOW) == Limit("day", 1, 86_400).seconds_left(NOW)


def test_no_two_limits_share_a_name() -> None:
    """Their counts would be one."""
    limits = [limit for group in (*OF_A_SOURCE.values(), *OF_A_SESSION.values()) for limit in group]
    assert len({limit.name for limit in limits}) == len(limits)
