"""A movement costs what was promised, and a quote and an allowance are each used once."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from bench.meter import metered
from dev.client import Answer, Api
from dev.cloud.local import LocalCloud
from tests.banking import at_once, quote
from tests.build import PIN, Someone, a_merchant, a_person, balance_of, key, refused, signed_in_again
from tests.build import cny as yuan
from tests.ledger_world import World
from tests.shopping import a_payment, confirm
from wallet_api.clock import WALLET_DAY
from wallet_api.fees.errors import QuoteExpired, QuoteMismatch, QuoteUsed
from wallet_api.fees.model import FIRST, QUOTE_LIFE, Charge, Movement, Quote, Rule, Schedule, charge_by
from wallet_api.fees.use_cases.charging import charge_by_quote
from wallet_api.fees.use_cases.quoting import quote_of
from wallet_api.ledger import chart
from wallet_api.ledger.store import BALANCE
from wallet_api.money import MAX_AMOUNT, Money

NOW = datetime(2026, 11, 22, 1, 5, tzinfo=UTC)
amounts = st.integers(1, MAX_AMOUNT)


def cny(amount: int) -> Money:
    return Money(amount, "CNY")


def a_quote(movement: Movement, schedule: Schedule = FIRST) -> Quote:
    return quote_of(charge_by(schedule, movement, NOW), movement, quote_id="quo_1", person_id="usr_1", now=NOW)


def publish(cloud: LocalCloud, *rules: Rule, **transfers: int) -> None:
    """A schedule with these rules as well, whose transfers cost this, in force at once."""
    cost = {"free": 0, "basis_points": 0, **transfers}
    made = [replace(rule, **cost) if rule.operation == "transfer" else rule for rule in FIRST.rules]
    cloud.wallet.fees.publish([*made, *rules], cloud.wallet.clock.now() + timedelta(minutes=2))
    cloud.clock.advance("121s")


def send(api: Api, payer: Someone, payee: Someone, amount: int, **more: object) -> Answer:
    body = {"to": {"user_id": payee.id}, "amount": yuan(amount), "authorization": {"pin": PIN}, **more}
    return api.post("/v1/transfers", body, token=payer.token, key=key())


@pytest.fixture
def ada(api: Api, cloud: LocalCloud) -> Someone:
    return a_person(api, cloud, balance=10_000_00)


@pytest.fixture
def bo(api: Api, cloud: LocalCloud) -> Someone:
    return a_person(api, cloud)


@given(st.integers(1_00, MAX_AMOUNT))
def test_what_was_quoted_is_what_is_charged(amount: int) -> None:
    """M33, whatever the schedule says by then."""
    movement = Movement("withdrawal", cny(amount), "debit_card")
    quoted = a_quote(movement)
    charge = charge_by_quote(quoted, movement, [FIRST], NOW + QUOTE_LIFE - timedelta(seconds=1))
    assert charge == Charge(quoted.fee, quoted.bearer, quoted.schedule_version, quoted.lines, quoted)
    assert quoted.total == quoted.amount + quoted.fee


def test_a_quote_for_something_else_binds_nothing() -> None:
    """M33: another operation, amount, currency, payee or channel."""
    movement = Movement("transfer", cny(5_000_00), None, "usr_b")
    quoted = a_quote(movement)
    others = {
        "operation": replace(movement, operation="payment"),
        "amount": replace(movement, amount=cny(5_000_01)),
        "payee": replace(movement, payee="usr_c"),
    }
    for field, other in others.items():
        with pytest.raises(QuoteMismatch) as found:
            charge_by_quote(quoted, other, [FIRST], NOW)
        assert found.value.facts == {"field": field}
    with pytest.raises(QuoteMismatch):
        charge_by_quote(quoted, replace(movement, amount=Money(5_000_00, "USD")), [FIRST], NOW)
    card = Movement("top_up", cny(100_00), "credit_card")
    with pytest.raises(QuoteMismatch):
        charge_by_quote(a_quote(card), replace(card, channel="debit_card"), [FIRST], NOW)


def test_a_quote_that_named_no_payee_binds_to_none() -> None:
    quoted = a_quote(Movement("transfer", cny(5_000_00)))
    assert charge_by_quote(quoted, Movement("transfer", cny(5_000_00), None, "usr_b"), [FIRST], NOW).fee == quoted.fee


def test_a_quote_ends_with_its_time_and_with_its_use() -> None:
    """M33."""
    movement = Movement("transfer", cny(5_000_00))
    with pytest.raises(QuoteExpired):
        charge_by_quote(a_quote(movement), movement, [FIRST], NOW + QUOTE_LIFE)
    with pytest.raises(QuoteUsed):
        charge_by_quote(replace(a_quote(movement), status="used"), movement, [FIRST], NOW)


def test_a_quote_that_named_no_merchant_is_worth_nothing_where_another_rule_applies() -> None:
    """M33: a fee that the merchant bears is not for its customer to choose."""
    groceries = Rule("payment", None, "merchant", basis_points=30, categories=("5411",))
    schedule = Schedule(2, NOW, NOW, (*FIRST.rules, groceries))
    unnamed = a_quote(Movement("payment", cny(100_00)), schedule)
    tea, grocer = (Movement("payment", cny(100_00), None, "mer_a", category) for category in ("5814", "5411"))
    assert charge_by_quote(unnamed, tea, [schedule, FIRST], NOW).fee == cny(60)
    with pytest.raises(QuoteMismatch) as found:
        charge_by_quote(unnamed, grocer, [schedule, FIRST], NOW)
    assert found.value.facts == {"field": "payee"}


def test_a_quote_keeps_its_price_when_a_version_is_published_in_between(
    api: Api, cloud: LocalCloud, ada: Someone, bo: Someone
) -> None:
    """M33: charged fee = quoted fee, whatever is in force by then."""
    quoted = quote(api, ada, "transfer", 1_500_00, payee={"user_id": bo.id}).ok(201)
    publish(cloud, fixed=10_00)
    sent = send(api, ada, bo, 1_500_00, quote_id=quoted["id"]).ok(201)
    assert (sent["fee"], quoted["schedule_version"]) == (quoted["fee"], 1)
    assert send(api, ada, bo, 500_00).ok(201)["fee"] == yuan(10_00)


def test_a_merchants_category_has_its_price(api: Api, cloud: LocalCloud, ada: Someone) -> None:
    publish(cloud, Rule("payment", None, "merchant", 30, categories=("5411", "5420-5499")), fixed=0)
    tea, grocer = a_merchant(cloud, "Tea House", "5814"), a_merchant(cloud, "Grocer", "5411")
    quoted = [quote(api, ada, "payment", 100_00, merchant_id=shop.id).ok(201) for shop in (tea, grocer)]
    assert [each["merchant_fee"] for each in quoted] == [yuan(60), yuan(30)]
    for shop, fee in ((tea, 60), (grocer, 30)):
        payment = a_payment(api, shop, 100_00)["id"]
        confirm(api, ada, payment).ok(200)
        assert api.get(f"/v1/payments/{payment}", token=shop.key).ok(200)["fee"] == yuan(fee)


def test_a_persons_tier_has_its_price_and_a_quote_keeps_the_one_it_was_given_under(
    api: Api, cloud: LocalCloud, world: World, ada: Someone, bo: Someone
) -> None:
    """M33: proving who they are makes nobody's quote another one."""
    transfer = next(rule for rule in FIRST.rules if rule.operation == "transfer")
    publish(cloud, replace(transfer, tier="verified", free=0, basis_points=0, fixed=10), fixed=1_00)
    before = quote(api, ada, "transfer", 5_00).ok(201)
    world.tamper("accounts", chart.customer(ada.id), BALANCE, tier={"S": "verified"})
    assert quote(api, ada, "transfer", 5_00).ok(201)["fee"] == yuan(10)
    assert send(api, ada, bo, 5_00).ok(201)["fee"] == yuan(10)
    assert send(api, ada, bo, 5_00, quote_id=before["id"]).ok(201)["fee"] == before["fee"] == yuan(1_00)


def test_the_free_transfers_of_a_month_are_used_up_and_begin_anew_with_it(
    api: Api, cloud: LocalCloud, ada: Someone, bo: Someone
) -> None:
    now = cloud.clock.freeze()
    middle = (now.astimezone(WALLET_DAY).replace(day=1) + timedelta(days=45)).replace(day=15)
    publish(cloud, fixed=1_00, monthly_free_count=2)
    # Up to six weeks lie between, and a session of which nobody hears for a month has ended.
    for moment in (now + (middle - now) / 2, middle):
        cloud.clock.freeze(moment.astimezone(UTC))
        ada = signed_in_again(api, ada)
    assert [send(api, ada, bo, 5_00).ok(201)["fee"]["amount"] for _ in range(3)] == [0, 0, 1_00]
    quoted = quote(api, ada, "transfer", 5_00).ok(201)
    assert (quoted["fee"], quoted["allowance"]) == (yuan(1_00), None)
    cloud.clock.freeze((middle + timedelta(days=31)).replace(day=1, hour=0, minute=0, second=0).astimezone(UTC))
    ada = signed_in_again(api, ada)
    assert send(api, ada, bo, 5_00).ok(201)["fee"] == yuan(0)


def test_a_free_amount_is_used_to_the_fen(api: Api, cloud: LocalCloud, ada: Someone, bo: Someone) -> None:
    publish(cloud, basis_points=100, monthly_free_amount=100_00)
    assert send(api, ada, bo, 70_00).ok(201)["fee"] == yuan(0)
    quoted = quote(api, ada, "transfer", 50_00).ok(201)
    assert quoted["allowance"] == {
        "counts": "amount", "taken": 30_00, "left": 0, "limit": 100_00, "month": quoted["allowance"]["month"],
    }  # fmt: skip
    assert [line["code"] for line in quoted["lines"]] == ["share", "allowance"]
    assert send(api, ada, bo, 50_00).ok(201)["fee"] == quoted["fee"] == yuan(20)
    assert send(api, ada, bo, 50_00).ok(201)["fee"] == yuan(50)


def test_an_allowance_costs_no_item_no_trip_and_no_write_unit(
    api: Api, cloud: LocalCloud, ada: Someone, bo: Someone
) -> None:
    """It is counted on the balance item that the transfer writes anyway."""
    meters = []
    for free in (0, 9):
        publish(cloud, fixed=1_00, monthly_free_count=free)
        send(api, ada, bo, 5_00).ok(201)
        with metered() as meter:
            send(api, ada, bo, 5_00).ok(201)
        meters.append(meter)
    without, with_one = meters
    assert with_one.round_trips == without.round_trips == 2
    assert with_one.items_in_transactions == without.items_in_transactions
    assert with_one.write_units == without.write_units


def test_what_is_refused_takes_nothing_of_an_allowance(api: Api, cloud: LocalCloud, ada: Someone, bo: Someone) -> None:
    """M32's rule, for what is free: the allowance is part of the money's own write."""
    publish(cloud, fixed=1_00, monthly_free_count=1)
    for _ in range(3):
        refused(send(api, bo, ada, 5_00), 402, "insufficient_funds")
    refused(send(api, bo, ada, 5_00, authorization={"pin": "907351"}), 403, "wrong_payment_pin")
    assert quote(api, bo, "transfer", 5_00).ok(201)["allowance"]["left"] == 0
    assert quote(api, bo, "transfer", 5_00).ok(201)["fee"] == yuan(0)


def test_of_many_at_once_no_more_are_free_than_the_month_gives(
    api: Api, cloud: LocalCloud, ada: Someone, bo: Someone
) -> None:
    """Whoever comes too late is read again, and pays."""
    publish(cloud, fixed=1_00, monthly_free_count=2)
    answers = at_once(api, 4, lambda client, _: send(client, ada, bo, 5_00))
    paid = [answer.json["fee"]["amount"] for answer in answers if answer.status == 201]
    while len(paid) < 4:
        paid.append(send(api, ada, bo, 5_00).ok(201)["fee"]["amount"])
    assert sorted(paid) == [0, 0, 1_00, 1_00]
    assert balance_of(api, bo) == 20_00


def test_two_quotes_that_count_on_one_allowance_are_not_both_free(
    api: Api, cloud: LocalCloud, ada: Someone, bo: Someone
) -> None:
    """M33: a quote reserves nothing, and nothing but what it says is ever charged: the second one is refused."""
    publish(cloud, fixed=1_00, monthly_free_count=1)
    first, second = (quote(api, ada, "transfer", 5_00).ok(201) for _ in range(2))
    assert [each["fee"] for each in (first, second)] == [yuan(0), yuan(0)]
    send(api, ada, bo, 5_00, quote_id=first["id"]).ok(201)
    before = balance_of(api, ada)
    refused(send(api, ada, bo, 5_00, quote_id=second["id"]), 409, "quote_allowance_used")
    assert balance_of(api, ada) == before
    third = quote(api, ada, "transfer", 5_00).ok(201)
    assert send(api, ada, bo, 5_00, quote_id=third["id"]).ok(201)["fee"] == third["fee"] == yuan(1_00)


def test_a_quote_binds_its_person_payee_and_time(api: Api, cloud: LocalCloud) -> None:
    """M33."""
    payer, payee, other = (a_person(api, cloud, balance=100_00) for _ in range(3))
    quote_id = quote(api, payer, "transfer", 10_00, payee={"user_id": payee.id}).ok(201)["id"]

    def send(sender_token: str, phone: str) -> Answer:
        body = {"to": {"phone": phone}, "amount": yuan(10_00), "authorization": {"pin": PIN}, "quote_id": quote_id}
        return api.post("/v1/transfers", body, token=sender_token, key=key())

    assert refused(send(payer.token, other.phone), 409, "quote_mismatch")["field"] == "payee"
    refused(send(other.token, payee.phone), 404, "quote_not_found")
    cloud.clock.advance("10m")
    refused(send(payer.token, payee.phone), 409, "quote_expired")
    assert balance_of(api, payee) == 100_00
