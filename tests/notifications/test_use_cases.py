"""Notices: in the write of what they tell of, on every channel, tried until they are sent."""

import json
from threading import Barrier
from typing import Any, get_args

import pytest
from msgspec.structs import replace

from dev.cloud.local import LocalCloud
from dev.cloud.services import backend
from tests.build import Someone, a_person
from tests.client import Api
from tests.confirming import Phones, noticed, register, with_phone
from tests.freezing import back, freeze
from tests.identity import at_once
from tests.recovering import told
from wallet_api.gateways.errors import MessageNotSent
from wallet_api.notifications.model import Kind
from wallet_api.notifications.use_cases import Notifications
from wallet_api.storage import Storage


class Silent:
    """A message company that does not answer."""

    def send(self, to: str, *words: str) -> None:
        raise MessageNotSent


@pytest.fixture
def notifications(cloud: LocalCloud) -> Notifications:
    return cloud.wallet.notifications


@pytest.fixture
def someone(api: Api, cloud: LocalCloud) -> Someone:
    return a_person(api, cloud, pin=None)


def left(notifications: Notifications) -> int:
    return sum(
        "due_bucket" in row and row["sk"]["S"] == "notice" for row in notifications.storage.scan(notifications.items)
    )


def test_a_notice_is_sent_by_the_schedule_in_the_persons_language_and_once(
    cloud: LocalCloud, api: Api, notifications: Notifications, someone: Someone
) -> None:
    api.patch("/v1/me", {"locale": "en"}, token=someone.token).ok(200)
    notifications.tell_now(someone.id, "unlocked")
    assert "send_notices" in cloud.advance("1m")
    assert any("unlocked" not in text and "lock on signing in" in text for text in told(cloud, someone.phone))
    assert len([text for text in told(cloud, someone.phone) if "lock on signing in" in text]) == 1
    assert left(notifications) == 0


def test_a_write_that_fails_tells_nobody(cloud: LocalCloud, notifications: Notifications, someone: Someone) -> None:
    with pytest.raises(LookupError), notifications.storage.atomic_write() as write:
        notifications.tell(someone.id, "unlocked", write)
        raise LookupError
    assert left(notifications) == 0


def test_what_could_not_be_sent_is_tried_again_and_given_up_after_a_day(
    cloud: LocalCloud, notifications: Notifications, someone: Someone
) -> None:
    """O8, O13: a company that does not answer changes nothing of what happened; what nobody was told of in a day wakes somebody."""
    notifications.tell_now(someone.id, "unlocked")
    silent = replace(notifications, sms=Silent(), mail=Silent())
    assert silent.send_due() == 0
    assert (silent.send_due(), left(notifications)) == (0, 1), "not before its time"
    cloud.clock.advance("61s")
    assert (notifications.send_due(), left(notifications)) == (1, 0)
    notifications.tell_now(someone.id, "unlocked")
    cloud.clock.advance("25h")
    assert "notices_given_up" not in cloud.gauges.shown()
    assert (silent.send_due(), left(notifications)) == (0, 0)
    shown = cloud.gauges.shown()
    assert (shown["notices_given_up"]["sum"], shown["notices_due"]["last"]) == (1, 1)


def test_of_schedules_that_overlap_one_sends(
    cloud: LocalCloud, api: Api, notifications: Notifications, someone: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when both have read that it is due before either has claimed it."""
    before = len(cloud.inbox.messages(someone.phone))
    notifications.tell_now(someone.id, "unlocked")
    both, original = Barrier(2, timeout=60), Storage.get

    def read_by_both(self: Storage, item_type: Any, pk: str, sk: str) -> Any:
        found = original(self, item_type, pk, sk)
        if sk == "notice":
            both.wait()
        return found

    monkeypatch.setattr(Storage, "get", read_by_both)
    assert sum(at_once(2, lambda _: notifications.send_due(), api)) == 1
    assert len(cloud.inbox.messages(someone.phone)) == before + 1


def test_one_notice_that_cannot_be_sent_keeps_no_other_waiting(
    cloud: LocalCloud, notifications: Notifications, someone: Someone
) -> None:
    notifications.tell_now("usr_01KAMS3Q0V5T1C9D9SZ3GZ2WQY", "unlocked")
    notifications.tell_now(someone.id, "unlocked")
    assert notifications.send_due() == 1


def test_what_happened_to_somebodys_access_is_on_their_phone_as_well(api: Api, cloud: LocalCloud) -> None:
    """A50: by the function that is deployed, with its rights; a thief may have the number and the mailbox."""
    someone, token = with_phone(api, cloud)
    cloud.advance("1m")
    before = len(noticed(cloud, token))
    back(api, cloud, someone)
    assert "send_notices" in cloud.advance("1m")
    (shown,) = noticed(cloud, token)[: len(noticed(cloud, token)) - before]
    assert shown.startswith("您的钱包在新设备上登录\n\n您的钱包刚在一台新设备上登录")
    assert someone.phone not in shown
    cloud.advance("3m")
    assert len(noticed(cloud, token)) == before + 1


def test_a_freeze_by_a_loss_report_is_pushed_to_nobody_whose_session_it_ended(api: Api, cloud: LocalCloud) -> None:
    """The lost phone is not told: whatever ends a session ends its pushes."""
    someone, token = with_phone(api, cloud)
    cloud.advance("1m")
    before = len(noticed(cloud, token))
    freeze(api, someone).ok(201)
    cloud.advance("1m")
    assert len(noticed(cloud, token)) == before
    assert any("冻结" in text or "frozen" in text for text in told(cloud, someone.phone))


@pytest.mark.parametrize("failure", [MessageNotSent(), RuntimeError("out of reach")])
def test_a_phone_that_is_not_reached_has_nobody_texted_twice(
    api: Api, cloud: LocalCloud, notifications: Notifications, failure: Exception
) -> None:
    someone, token = with_phone(api, cloud)
    cloud.advance("1m")
    shown, texts = len(noticed(cloud, token)), len(told(cloud, someone.phone))
    company: Any = Phones(failure=failure)
    away = replace(cloud.wallet.phones, push=company)
    notifications.tell_now(someone.id, "unlocked")
    assert notifications.send_due(away) == 1, "the contacts have it"
    cloud.clock.advance("61s")
    assert notifications.send_due(cloud.wallet.phones) == 1
    assert (len(noticed(cloud, token)), len(told(cloud, someone.phone))) == (shown + 1, texts + 1)
    assert left(notifications) == 0


def test_an_address_that_breaks_each_time_has_the_others_told_once_and_is_given_up(
    cloud: LocalCloud, notifications: Notifications, someone: Someone
) -> None:
    people, former, reached = notifications.people, "+8613900139000", []

    class Breaking:
        def send(self, to: str, _text: str) -> None:
            if to == former:
                raise RuntimeError("no such number")
            reached.append(to)

    broken: Any = Breaking()
    person = people.require(someone.id)
    with notifications.storage.atomic_write() as write:
        moved = replace(person, phone_sealed=people.seal(person, "phone", former))
        notifications.tell(someone.id, "contact_changed", write, former=moved)
    for _ in range(6):
        assert replace(notifications, sms=broken).send_due() == 0
        cloud.clock.advance("5h")
    assert (reached, left(notifications)) == ([someone.phone], 0)
    assert cloud.gauges.shown()["notices_given_up"]["sum"] == 1


def test_a_phone_that_is_never_reached_wakes_nobody(api: Api, cloud: LocalCloud, notifications: Notifications) -> None:
    """Every contact was told; whoever switched their phone off is no alarm."""
    someone, _ = with_phone(api, cloud)
    cloud.advance("1m")
    company: Any = Phones(failure=MessageNotSent())
    away = replace(cloud.wallet.phones, push=company)
    notifications.tell_now(someone.id, "unlocked")
    for wait in ("2m", "25h"):
        notifications.send_due(away)
        cloud.clock.advance(wait)
    notifications.send_due(away)
    assert left(notifications) == 0
    assert "notices_given_up" not in cloud.gauges.shown()


def test_what_is_pushed_names_nobody(api: Api, cloud: LocalCloud, notifications: Notifications) -> None:
    """Of every kind, in both languages, no more than the SMS says, and neither number nor address."""
    someone, _ = with_phone(api, cloud)
    company: Any = Phones()
    here = replace(cloud.wallet.phones, push=company)
    cloud.advance("1m")
    for locale in ("en", "zh-CN"):
        api.patch("/v1/me", {"locale": locale}, token=someone.token).ok(200)
        for kind in get_args(Kind):
            notifications.tell_now(someone.id, kind)
    notifications.send_due(here)
    assert len(company.pushes) == 2 * len(get_args(Kind))
    for shown in company.pushes:
        words = f"{shown.title} {shown.text} {json.dumps(dict(shown.data))}"
        assert not {someone.phone, someone.phone[-4:], someone.id} & set(words.split())
        assert "{" not in f"{shown.title} {shown.text}"


def test_a_phone_that_the_app_is_on_no_more_is_let_go_by_the_schedule(api: Api, cloud: LocalCloud) -> None:
    """With the rights of the function that is deployed; a phone that is registered anew is reached again."""
    someone, token = with_phone(api, cloud)
    cloud.advance("1m")
    before = len(noticed(cloud, token))
    endpoints = backend("sns", cloud.region).platform_endpoints
    (endpoint,) = [each for each in endpoints.values() if each.token == token]
    endpoint.attributes["Enabled"] = False
    cloud.wallet.notifications.tell_now(someone.id, "unlocked")
    assert "send_notices" in cloud.advance("1m")
    assert len(noticed(cloud, token)) == before
    assert token not in [each.token for each in endpoints.values()]
    register(api, someone, token).ok(200)
    cloud.wallet.notifications.tell_now(someone.id, "unlocked")
    cloud.advance("1m")
    assert len(noticed(cloud, token)) == before + 1
