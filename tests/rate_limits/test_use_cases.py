"""Limits over HTTP, from addresses as API Gateway names them, and in the tables."""

import logging
from datetime import timedelta

import pytest

from dev.cloud.local import LocalCloud
from tests.build import Someone, a_person, a_phone, refused
from tests.client import Api
from tests.elsewhere import From
from tests.faults.injector import Faults
from tests.identity import at_once, give_password, register
from tests.recovering import at_the_start_of_a_stretch
from wallet_api.one_time_codes.errors import TooManyMessages
from wallet_api.one_time_codes.model import Channel
from wallet_api.rate_limits import model
from wallet_api.rate_limits.errors import RateLimited
from wallet_api.rate_limits.model import Limit, Share
from wallet_api.rate_limits.use_cases import RateLimits

FEW = Limit("few", 3, 600)


@pytest.fixture(autouse=True)
def _nothing_begins_anew_meanwhile(cloud: LocalCloud) -> None:
    at_the_start_of_a_stretch(cloud)


@pytest.fixture
def limits(cloud: LocalCloud) -> RateLimits:
    return cloud.wallet.rate_limits


@pytest.fixture
def someone(api: Api, cloud: LocalCloud) -> Someone:
    return a_person(api, cloud, pin=None)


def take(limits: RateLimits, subject: str = "a") -> bool:
    with limits.storage.trip() as trip:
        full = limits.take([Share(FEW, subject)], trip)
    return not full()


def test_of_fifty_at_once_no_more_are_let_in_than_there_are(limits: RateLimits, api: Api) -> None:
    """A12, A21: and another subject has its own."""
    assert sum(at_once(50, lambda _: take(limits), api)) == FEW.quota
    assert take(limits, "b")


def test_a_share_begins_anew_by_the_clock_not_by_the_tables_cleaning(limits: RateLimits, cloud: LocalCloud) -> None:
    """M24, A21: the old count still lies in the table."""
    for _ in range(3):
        assert take(limits)
    assert not take(limits)
    cloud.clock.advance("600s")
    assert take(limits)
    assert len(list(limits.storage.scan(limits.items))) == 2


def test_no_source_or_number_is_readable_in_a_count(limits: RateLimits, cloud: LocalCloud) -> None:
    """D9."""
    register(From(cloud, "203.0.113.7"), phone=(phone := a_phone())).ok(202)
    kept = " ".join(repr(row) for row in limits.storage.scan(limits.items))
    assert "limit/registration/" in kept
    assert not [readable for readable in ("203.0.113", phone[3:], phone[:-4]) if readable in kept]


def test_a_source_that_asks_too_often_is_told_when_to_come_again(cloud: LocalCloud, api: Api) -> None:
    """P5, P15, A21: 429 with the headers, in both languages; others are served meanwhile."""
    source = From(cloud, "203.0.113.7")
    answers = [register(source, phone=a_phone()) for _ in range(21)]
    assert [answer.status for answer in answers] == [202] * 20 + [429]
    problem = refused(answers[-1], 429, "rate_limited")
    headers = answers[-1].headers
    assert headers["ratelimit-policy"] == '"registration";q=20;w=600'
    wait = int(headers["retry-after"])
    assert headers["ratelimit"] == f'"registration";r=0;t={wait}'
    assert (problem["retry"], problem["retry_after_seconds"]) == ("after", wait)
    register(From(cloud, "203.0.113.8"), phone=a_phone()).ok(202)
    cloud.clock.advance(wait - 10)
    assert register(source, phone=a_phone()).status == 429
    cloud.clock.advance("10s")
    register(source, phone=a_phone()).ok(202)


def test_who_is_counted_is_the_gateways_word_and_no_headers(cloud: LocalCloud) -> None:
    """P15."""
    source = From(cloud, "203.0.113.7")
    statuses = []
    for number in range(21):
        body = {"phone": a_phone(), "password": "a quiet 茶 river", "consents": ["terms", "privacy"]}
        forwarded = [("X-Forwarded-For", f"198.51.100.{number}"), ("Forwarded", f"for=198.51.100.{number}")]
        statuses.append(source.post("/v1/registrations", body, headers=forwarded).status)
    assert statuses[-1] == 429


def test_a_flood_without_a_live_session_uses_up_nobodys_share(cloud: LocalCloud, api: Api, someone: Someone) -> None:
    """P15: neither made-up tokens nor one whose session has ended, and no unreadable request of the owner's."""
    session = api.post("/v1/sessions/refresh", {"refresh_token": someone.refresh_token}).ok(200)["session"]
    attacker = From(cloud, "203.0.113.7")
    for token in ("wat_x", session["access_token"][:-1] + "A"):
        for _ in range(35):
            assert (
                attacker.put("/v1/password", {"current_password": "x", "new_password": "y"}, token=token).status == 401
            )
    for _ in range(35):
        assert api.put("/v1/password", {"current_password": 1}, token=session["access_token"]).status == 422
    body = {"current_password": "not it", "new_password": "seven quiet 茶 rivers"}
    refused(api.put("/v1/password", body, token=session["access_token"]), 403, "wrong_current_password")


def test_a_session_may_change_so_much_and_no_more(api: Api, someone: Someone) -> None:
    """P15, API4."""
    answers = [api.post("/v1/recovery_codes", {"code": "123456"}, token=someone.token) for _ in range(31)]
    assert {answer.status for answer in answers[:30]} == {409}
    refused(answers[30], 429, "rate_limited")
    api.get("/v1/me", token=someone.token).ok(200)


def test_a_count_that_cannot_be_taken_lets_nobody_in(limits: RateLimits, faults: Faults, cloud: LocalCloud) -> None:
    """A21: fails closed, and nothing is sent."""
    faults.always("UpdateItem", "throttled")
    phone = a_phone()
    assert register(From(cloud, "203.0.113.7"), phone=phone).status == 503
    assert cloud.inbox.messages(phone) == []


def test_guessing_passwords_from_one_source_ends_for_all_people(cloud: LocalCloud) -> None:
    """A13, A21: one wrong try at each of many people is counted for the source."""
    source = From(cloud, "203.0.113.7")
    statuses = [give_password(source, phone=a_phone(), password="a wrong password").status for _ in range(62)]
    assert statuses == [401] * 60 + [429] * 2


def test_sms_stop_at_the_days_ceiling_and_somebody_is_called(
    cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A21: fails closed for SMS, while mail goes on; what its own limits refuse takes nothing of the ceiling."""
    monkeypatch.setattr(model, "SMS_IN_ALL", (Limit("sms_all_day", 2, model.DAY),))
    codes = cloud.wallet.one_time_codes

    def send(to: str, channel: Channel = "sms") -> None:
        codes.issue("registration", "reg_x", channel=channel, to=to, locale="en")

    flooded = a_phone()
    send(flooded)
    send(a_phone())
    with caplog.at_level(logging.ERROR), pytest.raises(TooManyMessages) as refusal:
        send(a_phone())
    assert "sms_all_day" in caplog.text
    assert cloud.gauges.shown()["sms_held_back"]["sum"] == 1
    seconds = refusal.value.facts["retry_after_seconds"]
    assert isinstance(seconds, int)
    assert 0 < seconds <= timedelta(days=1).total_seconds()
    send("li.na@example.com", "email")


def test_a_flood_at_one_number_takes_nothing_of_what_all_share(
    cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A21, A15: an attacker cannot close the SMS of everybody by asking for one number."""
    monkeypatch.setattr(model, "SMS_IN_ALL", (Limit("sms_all_day", 6, model.DAY),))
    codes, flooded = cloud.wallet.one_time_codes, a_phone()
    for _ in range(12):
        try:
            codes.issue("registration", "reg_x", channel="sms", to=flooded, locale="en")
        except TooManyMessages:
            continue
    codes.issue("registration", "reg_x", channel="sms", to=a_phone(), locale="en")


@pytest.mark.parametrize(("to", "limit"), [("+8613812340000", "SMS_TO_A_BLOCK"), ("+447911123456", "SMS_TO_A_COUNTRY")])
def test_a_block_of_numbers_and_a_country_have_their_caps(
    cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch, to: str, limit: str
) -> None:
    """A21: whoever is paid for SMS has a row of numbers."""
    monkeypatch.setattr(model, limit, (Limit("sms_capped", 3, model.DAY),))
    codes = cloud.wallet.one_time_codes
    for number in range(3):
        codes.issue("registration", "reg_x", channel="sms", to=f"{to[:-1]}{number}", locale="en")
    with pytest.raises(TooManyMessages):
        codes.issue("registration", "reg_x", channel="sms", to=f"{to[:-1]}7", locale="en")


def test_a_refusal_names_the_limit_that_is_full_longest(limits: RateLimits) -> None:
    admission = limits.of_source("registration", "203.0.113.7")
    for _ in range(20):
        limits.admit(admission)
    with pytest.raises(RateLimited) as refusal:
        limits.admit(admission)
    assert (refusal.value.facts["limit"], refusal.value.facts["quota"]) == ("registration", 20)


def test_looking_whether_a_share_is_left_takes_none(limits: RateLimits) -> None:
    """P35: what is counted only when it fails stops who failed too often, and nobody else."""

    def look(subject: str) -> None:
        with limits.storage.trip() as trip:
            admitted = limits.unless_full([Share(FEW, subject)], trip)
        admitted()

    for _ in range(10):
        look("a")
    for _ in range(FEW.quota):
        look("a")
        assert take(limits)
    with pytest.raises(RateLimited):
        look("a")
    look("b")


def test_a_merchants_failures_are_counted_by_merchant(limits: RateLimits) -> None:
    quota = model.OF_A_MERCHANT["payment_code"][0].quota
    for _ in range(quota):
        limits.admit(limits.of_merchant("payment_code", "mer_1"))
    with pytest.raises(RateLimited):
        limits.admit(limits.of_merchant("payment_code", "mer_1"))
    limits.admit(limits.of_merchant("payment_code", "mer_2"))
