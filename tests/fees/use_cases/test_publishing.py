"""An operator publishes the next schedule: ahead of its time, without holes, overlaps and rules that never apply."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.banking import at_once
from tests.build import refused
from wallet_api.errors import Conflict
from wallet_api.fees.errors import RuleNeverApplies, RulesOverlap, RuleUnsound, ScheduleIncomplete, ScheduleTooSoon
from wallet_api.fees.model import FIRST, Place, Rule, Schedule
from wallet_api.fees.use_cases.publishing import described, next_schedule, places, require_sound

NOW = datetime(2026, 11, 22, 1, 5, tzinfo=UTC)
PAYMENT = next(rule for rule in FIRST.rules if rule.operation == "payment")
TRANSFER = next(rule for rule in FIRST.rules if rule.operation == "transfer")
OTHERS = tuple(rule for rule in FIRST.rules if rule not in (PAYMENT, TRANSFER))


def dearer(cloud: LocalCloud, **changes: int) -> Schedule:
    """Publishes a schedule, in force in two minutes, whose transfers cost something."""
    rules = [replace(rule, free=0, **changes) if rule.operation == "transfer" else rule for rule in FIRST.rules]
    published: Schedule = cloud.wallet.fees.publish(rules, cloud.wallet.clock.now() + timedelta(minutes=2))
    return published


def test_the_schedule_is_public(api: Api, cloud: LocalCloud) -> None:
    schedule = api.get("/v1/fees").ok(200)
    assert (schedule["object"], schedule["version"]) == ("fee_schedule", 1)
    assert {rule["operation"] for rule in schedule["rules"]} == {
        "top_up",
        "withdrawal",
        "payment",
        "transfer",
        "payout",
    }


def test_a_new_schedule_is_in_force_from_its_time_on_and_the_old_one_stays_known(api: Api, cloud: LocalCloud) -> None:
    before = cloud.wallet.clock.now()
    published = dearer(cloud, fixed=100)
    assert api.get("/v1/fees").ok(200)["version"] == 1
    later = (before + timedelta(minutes=3)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert api.get(f"/v1/fees?at={later}").ok(200)["version"] == 2
    cloud.clock.advance("121s")
    schedule = api.get("/v1/fees").ok(200)
    assert schedule["version"] == published.version == 2
    assert next(rule["fixed"] for rule in schedule["rules"] if rule["operation"] == "transfer") == 100
    then = before.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert api.get(f"/v1/fees?at={then}").ok(200)["version"] == 1


def test_a_time_before_every_schedule_or_no_time_at_all_is_refused(api: Api, cloud: LocalCloud) -> None:
    refused(api.get("/v1/fees?at=2019-12-31T23:59:59Z"), 404, "fee_schedule_not_found")
    for at in ("yesterday-ish", "2026-13-01T00:00:00Z", "0001-01-01T00:00:00%2B14:00"):
        refused(api.get(f"/v1/fees?at={at}"), 422, "invalid_request")


def test_of_two_schedules_published_at_once_one_is_first(api: Api, cloud: LocalCloud) -> None:
    def publish(_: Api, __: int) -> str:
        try:
            dearer(cloud, fixed=1)
        except Exception as error:  # noqa: BLE001  which of its refusals it is depends on the race
            return type(error).__name__
        return "published"

    outcomes = at_once(api, 4, publish)
    assert "published" in outcomes
    assert set(outcomes) <= {"published", "ScheduleRaced", "ScheduleTooSoon"}
    with pytest.raises(ScheduleTooSoon):
        cloud.wallet.fees.publish(FIRST.rules, cloud.wallet.clock.now())


def test_a_look_at_what_would_be_published_publishes_nothing(api: Api, cloud: LocalCloud) -> None:
    effective_at = cloud.wallet.clock.now() + timedelta(hours=1)
    before, after = cloud.wallet.fees.preview(FIRST.rules, effective_at)
    assert (before.version, after.version) == (1, 2)
    assert cloud.wallet.fees.preview(FIRST.rules, effective_at)[1].version == 2
    cloud.clock.advance("2h")
    assert api.get("/v1/fees").ok(200)["version"] == 1


def test_what_was_published_is_read_again_to_the_last_field(api: Api, cloud: LocalCloud) -> None:
    special = Rule("payment", None, "merchant", 30, 1, 2, 3, 4, ("5411", "5420-5499"), "verified")
    free = replace(TRANSFER, monthly_free_count=3)
    made = cloud.wallet.fees.publish([*OTHERS, PAYMENT, special, free], cloud.wallet.clock.now() + timedelta(hours=1))
    cloud.clock.advance("2h")
    assert cloud.wallet.fees.schedule() == made
    shown = api.get("/v1/fees").ok(200)["rules"]
    assert [rule["categories"] for rule in shown if rule["tier"] == "verified"] == [["5411", "5420-5499"]]


def test_a_schedule_is_published_ahead_of_time_and_after_its_predecessor() -> None:
    with pytest.raises(ScheduleTooSoon):
        next_schedule([FIRST], FIRST.rules, NOW + timedelta(seconds=59), NOW)
    second = next_schedule([FIRST], FIRST.rules, NOW + timedelta(hours=1), NOW)
    with pytest.raises(ScheduleTooSoon):
        next_schedule([second, FIRST], FIRST.rules, NOW + timedelta(minutes=30), NOW)
    assert second.version == 2


UNSOUND = [
    replace(TRANSFER, basis_points=10_001),
    replace(TRANSFER, basis_points=-1),
    replace(TRANSFER, fixed=-1),
    replace(TRANSFER, minimum=100, maximum=99),
    replace(TRANSFER, channel="debit_card"),
    replace(TRANSFER, categories=("5411",)),
    replace(TRANSFER, tier="gold"),
    replace(TRANSFER, bearer="merchant"),
    replace(TRANSFER, monthly_free_count=1, monthly_free_amount=1),
    replace(PAYMENT, monthly_free_count=1),
    replace(PAYMENT, categories=("541",)),
    replace(PAYMENT, categories=("5499-5400",)),
    replace(PAYMENT, categories=("54１1",)),
    Rule("payout", None, "payer", 0),
    Rule("payout", None, "merchant", 0, tier="basic"),
]


@pytest.mark.parametrize("rule", UNSOUND, ids=str)
def test_a_rule_that_makes_no_sense_is_named(rule: Rule) -> None:
    others = tuple(each for each in FIRST.rules if each.operation != rule.operation)
    with pytest.raises(RuleUnsound) as found:
        require_sound((*others, rule))
    assert found.value.facts == {"rule": len(others) + 1, "operation": rule.operation}


@pytest.mark.parametrize(
    ("rules", "refusal", "facts"),
    [
        (FIRST.rules[1:], ScheduleIncomplete, {"operation": "top_up", "without": "debit_card, basic"}),
        (
            (*OTHERS, TRANSFER, replace(PAYMENT, tier="basic")),
            ScheduleIncomplete,
            {"operation": "payment", "without": "verified"},
        ),
        (
            (*OTHERS, TRANSFER, replace(PAYMENT, categories=("0000-5410", "5412-9999"))),
            ScheduleIncomplete,
            {"operation": "payment", "without": "basic"},
        ),
        (
            (TRANSFER, TRANSFER, PAYMENT, *OTHERS),
            RulesOverlap,
            {"operation": "transfer", "rules": "1 2", "both_for": "basic"},
        ),
        (
            (
                PAYMENT,
                *(replace(PAYMENT, categories=(each,)) for each in ("5400-5411", "5411-5420")),
                TRANSFER,
                *OTHERS,
            ),
            RulesOverlap,
            {"operation": "payment", "rules": "2 3", "both_for": "category 5411, basic"},
        ),
        (
            (TRANSFER, replace(TRANSFER, tier="basic"), replace(TRANSFER, tier="verified"), PAYMENT, *OTHERS),
            RuleNeverApplies,
            {"rule": 1, "operation": "transfer"},
        ),
        (
            (
                PAYMENT,
                replace(PAYMENT, categories=("5411",)),
                *(replace(PAYMENT, categories=("5411",), tier=tier) for tier in ("basic", "verified")),
                TRANSFER,
                *OTHERS,
            ),
            RuleNeverApplies,
            {"rule": 2, "operation": "payment"},
        ),
    ],
    ids=[
        "a channel",
        "a tier",
        "no category",
        "the same twice",
        "ranges that meet",
        "tiers hide it",
        "a category's tiers",
    ],
)
def test_a_hole_an_overlap_and_a_rule_that_never_applies_are_refused(
    rules: tuple[Rule, ...], refusal: type[Conflict], facts: dict[str, object]
) -> None:
    with pytest.raises(refusal) as found:
        require_sound(rules)
    assert found.value.facts == facts


def test_rules_that_are_told_apart_by_category_or_tier_are_sound() -> None:
    """One beside the other, one inside the other, and each before what is more common."""
    require_sound(FIRST.rules)
    ranges = (("5400-5411",), ("5412-5499", "7995"))
    require_sound((PAYMENT, *(replace(PAYMENT, categories=each) for each in ranges), TRANSFER, *OTHERS))
    require_sound((PAYMENT, replace(PAYMENT, categories=("5411",)), replace(PAYMENT, tier="basic"), TRANSFER, *OTHERS))


special = st.builds(
    Rule,
    operation=st.just("payment"),
    channel=st.none(),
    bearer=st.just("merchant"),
    basis_points=st.integers(0, 100),
    categories=st.lists(
        st.tuples(st.integers(0, 9999), st.integers(0, 9999)).map(
            lambda pair: "-".join(f"{n:04}" for n in sorted(pair))
        ),
        max_size=2,
    ).map(tuple),
    tier=st.none() | st.sampled_from(["basic", "verified"]),
)


@given(st.lists(special, max_size=4), st.integers(0, 9999), st.sampled_from(["basic", "verified"]))
def test_a_schedule_that_is_published_has_one_price_for_whatever_comes(
    rules: list[Rule], category: int, tier: str
) -> None:
    """What the places between the bounds promise holds for every category there is."""
    try:
        require_sound([*OTHERS, TRANSFER, *rules])
    except Conflict:
        return
    place = Place("payment", None, f"{category:04}", tier)
    applying = [rule for rule in rules if rule.applies(place)]
    highest = max(rule.rank for rule in applying)
    assert sum(rule.rank == highest for rule in applying) == 1


def test_every_kind_of_movement_is_tried() -> None:
    tried = list(places(FIRST.rules))
    assert {place.operation for place in tried} == {rule.operation for rule in FIRST.rules}
    assert {place.channel for place in tried if place.operation == "top_up"} == {"debit_card", "credit_card"}
    assert described(Place("payout")) == "anybody"
