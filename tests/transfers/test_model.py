"""What a transfer is."""

from datetime import UTC, datetime, timedelta

import pytest

from wallet_api.money import Money
from wallet_api.transfers.errors import TransferArrived, TransferCanceled, TransferFailed, TransferToSelf
from wallet_api.transfers.model import (
    DELAYS,
    PAYEE_UNAVAILABLE,
    Delayed,
    Transfer,
    arrival_of,
    require_two_people,
    story_of_transfer,
    why_not_cancelable,
)

AT = datetime(2026, 11, 22, tzinfo=UTC)
DUE = AT + timedelta(hours=2)


def a_transfer(fee: int = 5, delayed: Delayed | None = None) -> Transfer:
    return Transfer("trf_1", "usr_a", "usr_b", Money(500, "CNY"), Money(fee, "CNY"), None, "ent_1", AT, delayed)


def a_delayed_transfer() -> Transfer:
    """One that arrives in two hours."""
    return a_transfer(delayed=Delayed("2h", "scheduled", DUE, "test", 0))


def test_nobody_sends_to_themselves_m9() -> None:
    """M9: two movements on one wallet would only look like something."""
    require_two_people("usr_a", "usr_b")
    with pytest.raises(TransferToSelf):
        require_two_people("usr_a", "usr_a")


def test_the_payer_gives_amount_and_fee() -> None:
    assert a_transfer().total == Money(505, "CNY")


def test_it_concerns_its_two_sides_alone() -> None:
    assert [a_transfer().concerns(person) for person in ("usr_a", "usr_b", "usr_c")] == [True, True, False]


def test_one_that_arrives_at_once_has_ended_when_it_began() -> None:
    transfer = a_transfer()

    assert (transfer.status, transfer.arrives_at, transfer.ended_at) == ("succeeded", AT, AT)
    assert not transfer.is_due(DUE)
    assert [step.what for step in story_of_transfer(transfer, "usr_a")] == ["transfer.sent"]
    with pytest.raises(ValueError, match="ended"):
        transfer.ended("canceled", DUE)


def test_what_is_shown_as_its_time_is_its_time() -> None:
    """A whole second, by each delay."""
    now = AT + timedelta(microseconds=700)

    assert {delay: arrival_of(delay, now) - AT for delay in DELAYS} == {
        "2h": timedelta(hours=2),
        "24h": timedelta(days=1),
    }


def test_it_is_due_from_its_time_on_until_it_has_an_end() -> None:
    transfer = a_delayed_transfer()

    assert [transfer.is_due(DUE + timedelta(seconds=each)) for each in (-1, 0, 1)] == [False, True, True]
    assert not transfer.ended("succeeded", DUE).is_due(DUE)


@pytest.mark.parametrize(
    ("transfer", "now", "refusal"),
    [
        (a_delayed_transfer(), DUE - timedelta(seconds=1), None),
        (a_delayed_transfer(), DUE, TransferArrived),
        (a_delayed_transfer().ended("succeeded", DUE), DUE, TransferArrived),
        (a_delayed_transfer().ended("canceled", AT), AT, TransferCanceled),
        (a_delayed_transfer().ended("failed", DUE), DUE, TransferFailed),
        (a_transfer(), AT, TransferArrived),
    ],
)
def test_only_what_is_on_its_way_can_be_taken_back(
    transfer: Transfer, now: datetime, refusal: type[Exception] | None
) -> None:
    found = why_not_cancelable(transfer, now)

    assert (found is None) if refusal is None else isinstance(found, refusal)


def test_a_payee_sees_what_arrived_and_what_their_own_wallet_did_not_take() -> None:
    transfer = a_delayed_transfer()
    ends = {
        "scheduled": transfer,
        "arrived": transfer.ended("succeeded", DUE),
        "canceled": transfer.ended("canceled", AT),
        "theirs": transfer.ended("failed", DUE, decline_code=PAYEE_UNAVAILABLE),
        "payers": transfer.ended("failed", DUE, decline_code="wallet_frozen"),
    }

    assert [name for name, each in ends.items() if each.seen_by("usr_b")] == ["arrived", "theirs"]
    assert all(each.seen_by("usr_a") for each in ends.values())
    assert not any(each.seen_by("usr_c") for each in ends.values())


def test_its_story_ends_where_the_money_is() -> None:
    transfer = a_delayed_transfer()

    def told(each: Transfer, viewer: str = "usr_a") -> list[str]:
        return [step.what.partition(".")[2] for step in story_of_transfer(each, viewer)]

    assert told(transfer) == ["created", "expected"]
    assert told(transfer.ended("succeeded", DUE)) == ["created", "succeeded"]
    assert told(transfer.ended("succeeded", DUE), "usr_b") == ["received"]
    assert told(transfer.ended("canceled", AT)) == ["created", "canceled", "on_balance"]
    assert told(transfer.ended("failed", DUE, aside=True)) == ["created", "failed", "kept"]
    assert (transfer.arrives_at, transfer.ended("failed", DUE).arrives_at) == (DUE, None)
