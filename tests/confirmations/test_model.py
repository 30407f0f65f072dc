"""What is told where: every type has its topic and its words, and nothing goes where it was not wished."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from msgspec.structs import replace

from wallet_api.confirmations.model import (
    CHANNELS,
    DEFAULTS,
    TOLD,
    TOPICS,
    Change,
    Channel,
    Channels,
    Confirmation,
    Kind,
    Preferences,
    Topic,
    shown_time,
    wanted,
)
from wallet_api.inbox.model import FOR_PEOPLE
from wallet_api.money import Money

NOW = datetime(2026, 11, 22, 9, 36, tzinfo=UTC)
EVERYTHING = Channels(push=True, sms=True, email=True)
NOTHING = Channels(push=False)
ALL = Preferences(EVERYTHING, EVERYTHING, EVERYTHING, pushed=True)
NONE = Preferences(NOTHING, NOTHING, NOTHING, pushed=True)
MOVES, TELLS, WAITS = Kind("money_out", moves=True), Kind("money_out"), Kind("money_out", urgent=True)


def cny(amount: int) -> Money:
    return Money(amount, "CNY")


def confirmation(type_: str = "transfer.sent", tries: int = 0) -> Confirmation:
    return Confirmation("evt_1", "usr_1", type_, {"id": "trf_1", "object": "transfer"}, NOW, tries)


def test_whatever_stands_in_the_inbox_has_a_topic() -> None:
    """A new type says where it is told, or this fails."""
    assert set(TOLD) == set(FOR_PEOPLE)
    assert {kind.topic for kind in TOLD.values()} == set(TOPICS)


def test_what_moves_money_is_told_everywhere_and_what_moves_none_is_only_pushed() -> None:
    assert wanted(MOVES, cny(1), ALL) == ("push", "sms", "email")
    assert wanted(MOVES, cny(1), ALL, moved=False) == wanted(TELLS, cny(1), ALL) == ("push",)


def test_what_is_off_is_not_told_but_what_waits_is_pushed() -> None:
    assert wanted(MOVES, cny(1), NONE) == wanted(TELLS, cny(1), NONE) == ()
    assert wanted(WAITS, cny(1), NONE) == ("push",)


def test_who_has_no_phone_is_not_pushed_to() -> None:
    for kind in (MOVES, TELLS, WAITS):
        assert "push" not in wanted(kind, cny(1), replace(ALL, pushed=False))


@pytest.mark.parametrize(
    ("amount", "told"), [(cny(699), False), (cny(700), True), (Money(1, "USD"), True), (None, True)]
)
def test_an_amount_below_the_chosen_one_is_not_texted(amount: Money | None, told: bool) -> None:
    """In its own currency: what another one is worth, nobody says here."""
    assert ("sms" in wanted(MOVES, amount, replace(ALL, sms_from=cny(700)))) == told
    assert "email" in wanted(MOVES, amount, replace(ALL, sms_from=cny(700)))


@pytest.mark.parametrize(("topic", "channel"), list(product(TOPICS, CHANNELS)))
def test_a_change_changes_what_it_names_and_nothing_else(topic: Topic, channel: Channel) -> None:
    on = getattr(DEFAULTS.channels(topic), channel)
    changed = Change({topic: {channel: not on}}).applied(DEFAULTS)
    assert getattr(changed.channels(topic), channel) is not on
    for other, name in product(TOPICS, CHANNELS):
        if (other, name) != (topic, channel):
            assert getattr(changed.channels(other), name) == getattr(DEFAULTS.channels(other), name)
    assert Change().applied(changed) == changed


def test_less_is_told_when_a_channel_goes_off_or_the_least_amount_goes_up() -> None:
    assert replace(ALL, refunds=NOTHING).less_than(ALL)
    assert replace(ALL, sms_from=cny(1)).less_than(ALL)
    assert not replace(ALL, language="en").less_than(ALL)
    assert not ALL.less_than(NONE)
    assert not replace(NONE, sms_from=cny(1)).less_than(NONE), "no SMS were sent before"


def test_each_try_waits_longer_and_after_a_day_none_is_made() -> None:
    waits = [confirmation(tries=tries).next_try(NOW) for tries in (0, 1, 2, 20)]
    assert waits == [NOW + timedelta(minutes=each) for each in (1, 2, 4, 120)]
    assert confirmation().next_try(NOW + timedelta(days=1)) is None
    assert confirmation("payment.requires_action").next_try(NOW + timedelta(minutes=9)) is None


def test_a_time_is_that_of_china_and_says_so() -> None:
    late = datetime(2026, 12, 31, 16, 5, tzinfo=UTC)
    assert shown_time(late, "zh-CN") == "2027年1月1日00:05"
    assert shown_time(late, "en") == "2027-01-01 00:05 UTC+8"
