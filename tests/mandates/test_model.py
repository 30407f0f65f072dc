"""Mandates as pure rules: the machine, what is let through, what may be asked for and lowered."""

from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from msgspec.structs import replace

from wallet_api.errors import Invalid, NotFound
from wallet_api.mandates.errors import (
    MandateAlreadyConfirmed,
    MandateCanceled,
    MandateCurrencyDiffers,
    MandateExpired,
    MandateLimitExceeded,
    MandateNotConfirmed,
    MandateRevoked,
    MandateTaken,
)
from wallet_api.mandates.model import (
    LIFE,
    MOST_PER_MONTH,
    MOST_PER_PAYMENT,
    TRANSITIONS,
    ForbiddenTransition,
    Mandate,
    Status,
    Terms,
    counted_month,
    move_of,
    why_not_chargeable,
    why_not_confirmable,
    why_not_lowerable,
)
from wallet_api.merchants.model import Profile
from wallet_api.money import Money

NOW = datetime(2026, 11, 22, 1, 5, tzinfo=UTC)
SHOP = Profile("Tea House", "Tea House", "Kunming", "Kunming", "CN", "5814")


def yuan(amount: int) -> Money:
    return Money(amount * 100, "CNY")


TERMS = Terms("Monthly tea", "member-1", yuan(100), yuan(300))
WAITING = Mandate("man_1", "mer_1", "requires_confirmation", TERMS, SHOP, NOW, NOW + LIFE)
ACTIVE = WAITING.confirmed("usr_1", NOW)
IN_STATE: dict[Status, Mandate] = {
    "requires_confirmation": WAITING,
    "active": ACTIVE,
    "revoked": ACTIVE.ended_by("customer", NOW),
    "canceled": ACTIVE.ended_by("merchant", NOW),
}
TO: dict[Status, Any] = {
    "active": lambda mandate: mandate.confirmed("usr_1", NOW),
    "revoked": lambda mandate: mandate.ended_by("customer", NOW),
    "canceled": lambda mandate: mandate.ended_by("merchant", NOW),
}


class TestTheMachine:
    def test_every_state_is_in_the_table_and_can_be_reached(self) -> None:
        reached = {status for following in TRANSITIONS.values() for status in following}
        assert set(TRANSITIONS) == set(IN_STATE) == reached | {"requires_confirmation"}

    @pytest.mark.parametrize(("before", "after"), list(product(IN_STATE, TO)), ids=str)
    def test_it_goes_where_the_table_leads_and_nowhere_else(self, before: Status, after: Status) -> None:
        """A48."""
        if after in TRANSITIONS[before]:
            assert TO[after](IN_STATE[before]).status == after
        else:
            with pytest.raises(ForbiddenTransition):
                TO[after](IN_STATE[before])

    def test_what_nobody_confirmed_in_time_is_over_without_a_write(self) -> None:
        assert WAITING.at(NOW + LIFE - timedelta(seconds=1)) == WAITING
        late = WAITING.at(NOW + LIFE)
        assert (late.status, late.ended_at, late.ran_out) == ("canceled", WAITING.expires_at, True)
        assert ACTIVE.at(NOW + timedelta(days=999)) == ACTIVE
        assert not IN_STATE["canceled"].ran_out


class TestTerms:
    @pytest.mark.parametrize(
        ("most", "monthly", "pointer"),
        [
            (Money(MOST_PER_PAYMENT + 1, "CNY"), yuan(5000), "/max_per_payment/amount"),
            (yuan(1), Money(MOST_PER_MONTH + 1, "CNY"), "/max_per_month/amount"),
            (yuan(100), yuan(99), "/max_per_month/amount"),
            (yuan(100), Money(300_00, "USD"), "/max_per_month/currency"),
        ],
    )
    def test_sums_that_no_mandate_allows_are_named(self, most: Money, monthly: Money, pointer: str) -> None:
        with pytest.raises(Invalid) as refused:
            Terms("Tea", "r", most, monthly)
        assert [each.pointer for each in refused.value.problems] == [pointer]

    def test_the_largest_may_be_asked_for(self) -> None:
        terms = Terms("Tea", "r", Money(MOST_PER_PAYMENT, "CNY"), Money(MOST_PER_MONTH, "CNY"))
        assert (terms.max_per_payment.amount, terms.max_per_month.amount) == (MOST_PER_PAYMENT, MOST_PER_MONTH)


class TestCharging:
    @pytest.mark.parametrize(
        ("mandate", "error"),
        [
            (None, NotFound),
            (WAITING, MandateNotConfirmed),
            (replace(WAITING, expires_at=NOW), MandateExpired),
            (IN_STATE["revoked"], MandateRevoked),
            (IN_STATE["canceled"], MandateCanceled),
        ],
    )
    def test_only_an_active_one_is_charged(self, mandate: Mandate | None, error: type[Exception]) -> None:
        assert isinstance(why_not_chargeable(mandate, yuan(1), NOW), error)

    @pytest.mark.parametrize(
        ("amount", "charged", "left"),
        [(100, 0, None), (101, 0, 100), (100, 200, None), (50, 251, 49), (1, 300, 0), (1, 299, None)],
    )
    def test_at_a_time_and_in_a_month_to_the_fen(self, amount: int, charged: int, left: int | None) -> None:
        """M32: the limits of the mandate, the first charge of a month among them."""
        mandate = replace(ACTIVE, month=counted_month(NOW), charged=charged * 100)
        why = why_not_chargeable(mandate, yuan(amount), NOW)
        assert (why and why.facts) == (None if left is None else {"left": yuan(left)})
        assert why is None or isinstance(why, MandateLimitExceeded)

    def test_a_lowered_month_leaves_nothing_and_never_less(self) -> None:
        spent = replace(ACTIVE, month=counted_month(NOW), charged=250_00).lowered(None, yuan(200), NOW)
        assert spent.left(NOW) == yuan(0)

    def test_another_currency_is_no_small_amount(self) -> None:
        assert isinstance(why_not_chargeable(ACTIVE, Money(1, "USD"), NOW), MandateCurrencyDiffers)

    def test_a_month_is_chinas_and_begins_anew(self) -> None:
        """M32: month boundaries in the wallet's time zone."""
        evening = datetime(2026, 11, 30, 15, 59, 59, tzinfo=UTC)
        assert (counted_month(evening), counted_month(evening + timedelta(seconds=1))) == ("2026-11", "2026-12")
        full = replace(ACTIVE, month="2026-11", charged=300_00)
        assert why_not_chargeable(full, yuan(1), evening) is not None
        assert why_not_chargeable(full, yuan(1), evening + timedelta(seconds=1)) is None

    def test_a_clock_that_is_behind_does_not_begin_last_month_anew(self) -> None:
        full = replace(ACTIVE, month="2026-12", charged=300_00)
        assert why_not_chargeable(full, yuan(1), NOW) is not None


class TestConfirming:
    def test_who_may_say_yes(self) -> None:
        assert why_not_confirmable(WAITING, "usr_2", NOW) is None
        assert isinstance(why_not_confirmable(None, "usr_1", NOW), NotFound)
        assert isinstance(why_not_confirmable(ACTIVE, "usr_1", NOW), MandateAlreadyConfirmed)
        assert isinstance(why_not_confirmable(ACTIVE, "usr_2", NOW), MandateTaken)
        assert isinstance(why_not_confirmable(IN_STATE["canceled"], "usr_1", NOW), MandateCanceled)

    def test_the_yes_is_to_the_limits_and_a_changed_one_voids_it(self) -> None:
        """A46: every term is in what is signed."""
        text = move_of(WAITING).text("chl_1", NOW)
        others = [
            replace(TERMS, max_per_payment=yuan(99)),
            replace(TERMS, max_per_month=yuan(301)),
        ]
        assert all(move_of(replace(WAITING, terms=terms)).text("chl_1", NOW) != text for terms in others)
        assert move_of(replace(WAITING, id="man_2")).text("chl_1", NOW) != text
        assert move_of(replace(WAITING, merchant_id="mer_2")).text("chl_1", NOW) != text


class TestLowering:
    def test_a_limit_only_becomes_smaller(self) -> None:
        assert ACTIVE.lowered(yuan(50), None, NOW).terms == replace(TERMS, max_per_payment=yuan(50))
        for a_payment, a_month in ((yuan(101), None), (None, yuan(301)), (Money(1, "USD"), None)):
            with pytest.raises(Invalid):
                ACTIVE.lowered(a_payment, a_month, NOW)

    def test_a_small_month_bounds_a_payment_too(self) -> None:
        lowered = ACTIVE.lowered(None, yuan(40), NOW).terms
        assert (lowered.max_per_payment, lowered.max_per_month) == (yuan(40), yuan(40))

    def test_lowered_to_what_it_is_it_is_the_very_same(self) -> None:
        assert ACTIVE.lowered(yuan(100), yuan(300), NOW) is ACTIVE
        assert ACTIVE.lowered(yuan(99), None, NOW).lowered_at == NOW

    def test_only_an_active_one_is_lowered(self) -> None:
        whys = {status: why_not_lowerable(mandate, NOW) for status, mandate in IN_STATE.items()}
        assert {status for status, why in whys.items() if why is None} == {"active"}
