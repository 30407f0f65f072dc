"""Quotes and schedules over HTTP."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.banking import APPROVES, APPROVES_UNIONPAY, at_once, quote, top_up
from tests.build import PIN, a_card, a_merchant, a_person, balance_of, cny, key, refused
from wallet_api.fees.errors import ScheduleTooSoon
from wallet_api.fees.model import FIRST, Rule, Schedule


def dearer(cloud: LocalCloud, **changes: int) -> Schedule:
    """Publishes a schedule, in force in two minutes, whose transfers cost something."""
    rules = [replace(rule, free=0, **changes) if rule.operation == "transfer" else rule for rule in FIRST.rules]
    published: Schedule = cloud.wallet.fees.publish(rules, cloud.wallet.clock.now() + timedelta(minutes=2))
    return published


def test_the_schedule_is_public(api: Api, cloud: LocalCloud) -> None:
    schedule = api.get("/v1/fees").ok(200)
    assert (schedule["object"], schedule["version"]) == ("fee_schedule", 1)
    assert {rule["operation"] for rule in schedule["rules"]} == {"top_up", "withdrawal", "payment", "transfer"}


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


def test_a_quote_promises_what_a_transfer_then_costs_even_when_the_schedule_changes(
    api: Api, cloud: LocalCloud
) -> None:
    """M33: charged fee = quoted fee."""
    payer, payee = a_person(api, cloud, balance=2_000_00), a_person(api, cloud)
    quoted = quote(api, payer, "transfer", 1_500_00, payee={"phone": payee.phone}).ok(201)
    assert (quoted["fee"], quoted["total"], quoted["lines"]) == (
        cny(50),
        cny(1_500_50),
        [{"code": "share", "amount": cny(50)}],
    )
    dearer(cloud, fixed=10_00)
    cloud.clock.advance("121s")
    body = {
        "to": {"phone": payee.phone},
        "amount": cny(1_500_00),
        "authorization": {"pin": PIN},
        "quote_id": quoted["id"],
    }
    sent = api.post("/v1/transfers", body, token=payer.token, key=key()).ok(201)
    assert (sent["fee"], sent["total"]) == (quoted["fee"], quoted["total"])
    assert balance_of(api, payer) == 2_000_00 - 1_500_50
    again = api.post("/v1/transfers", {**body, "amount": cny(1_500_00)}, token=payer.token, key=key())
    refused(again, 409, "quote_used")


def test_a_quote_binds_its_person_payee_and_time(api: Api, cloud: LocalCloud) -> None:
    """M33."""
    payer, payee, other = (a_person(api, cloud, balance=100_00) for _ in range(3))
    quote_id = quote(api, payer, "transfer", 10_00, payee={"user_id": payee.id}).ok(201)["id"]

    def send(sender_token: str, phone: str) -> object:
        body = {"to": {"phone": phone}, "amount": cny(10_00), "authorization": {"pin": PIN}, "quote_id": quote_id}
        return api.post("/v1/transfers", body, token=sender_token, key=key())

    assert refused(send(payer.token, other.phone), 409, "quote_mismatch")["field"] == "payee"  # type: ignore[arg-type]
    refused(send(other.token, payee.phone), 404, "quote_not_found")  # type: ignore[arg-type]
    cloud.clock.advance("10m")
    refused(send(payer.token, payee.phone), 409, "quote_expired")  # type: ignore[arg-type]
    assert balance_of(api, payee) == 100_00


def test_a_quote_knows_the_card(api: Api, cloud: LocalCloud) -> None:
    someone = a_person(api, cloud)
    free = quote(api, someone, "top_up", 100_00, channel="card").ok(201)
    assert (free["channel"], free["fee"]) == ("debit_card", cny(0))
    credit, debit = (a_card(api, cloud, someone, number) for number in (APPROVES, APPROVES_UNIONPAY))
    assert quote(api, someone, "top_up", 100_00).ok(201)["fee"] == cny(60), "the default card is a credit card"
    for_debit = quote(api, someone, "top_up", 100_00, card_id=debit).ok(201)
    assert for_debit["fee"] == cny(0)
    answer = top_up(api, someone, credit, 100_00, quote_id=for_debit["id"])
    assert refused(answer, 409, "quote_mismatch")["field"] == "channel"


def test_the_merchant_bears_the_fee_of_a_payment(api: Api, cloud: LocalCloud) -> None:
    someone, shop = a_person(api, cloud), a_merchant(cloud)
    quoted = quote(api, someone, "payment", 100_00, merchant_id=shop.id).ok(201)
    assert (quoted["fee"], quoted["total"], quoted["merchant_fee"]) == (cny(0), cny(100_00), cny(60))
    assert quoted["borne_by"] == "merchant"


def test_a_withdrawal_has_a_least_and_a_largest_fee(api: Api, cloud: LocalCloud) -> None:
    someone = a_person(api, cloud)
    small, large = (quote(api, someone, "withdrawal", amount).ok(201) for amount in (1_00, 50_000_00))
    assert small["fee"] == cny(10)
    assert [line["code"] for line in small["lines"]] == ["minimum"]
    assert large["fee"] == cny(25_00)
    assert sum(line["amount"]["amount"] for line in large["lines"]) == 25_00


def test_a_repeated_question_gets_the_same_quote(api: Api, cloud: LocalCloud) -> None:
    """M38: also when many ask at once, and after the quote was used."""
    someone, idem = a_person(api, cloud), key()
    card_id = a_card(api, cloud, someone)
    answers = at_once(api, 6, lambda client, _: quote(client, someone, "top_up", 10_00, idem=idem))
    assert len({answer.body for answer in answers if answer.ok(201)}) == 1
    top_up(api, someone, card_id, 10_00, quote_id=answers[0].json["id"]).ok(201)
    again = quote(api, someone, "top_up", 10_00, idem=idem)
    assert (again.body, again.headers["idempotent-replayed"]) == (answers[0].body, "true")
    refused(quote(api, someone, "top_up", 10_01, idem=idem), 422, "idempotency_key_reused")


def test_a_question_that_makes_no_sense_is_refused(api: Api, cloud: LocalCloud) -> None:
    someone = a_person(api, cloud)
    nobody = {"phone": "+8613999999999"}
    refused(quote(api, someone, "transfer", 1_00, payee=nobody), 404, "quote_payee_not_found")
    refused(quote(api, someone, "payment", 1_00, merchant_id="nobody"), 404, "not_found")
    refused(quote(api, someone, "top_up", 1_00, card_id="crd_x"), 404, "card_not_found")
    for fields in ({"payee": {}}, {"payee": {"phone": someone.phone, "email": "a@b.cn"}}, {"channel": "card"}):
        refused(quote(api, someone, "transfer", 1_00, **fields), 422, "invalid_request")
    refused(quote(api, someone, "gift", 1_00), 422, "invalid_request")


def test_money_without_minor_units_is_charged_in_whole_ones(api: Api, cloud: LocalCloud) -> None:
    """M26."""
    someone = a_person(api, cloud)
    body = {"operation": "payment", "amount": {"amount": 1250, "currency": "JPY"}}
    quoted = api.post("/v1/fee_quotes", body, token=someone.token, key=key()).ok(201)
    assert quoted["merchant_fee"] == {"amount": 8, "currency": "JPY"}, "0.6 percent of 1,250 is 7.5"


def test_rules_that_cannot_be_told_apart_are_never_published() -> None:
    assert len({(rule.operation, rule.channel) for rule in FIRST.rules}) == len(FIRST.rules)
    assert all(isinstance(rule, Rule) for rule in FIRST.rules)
