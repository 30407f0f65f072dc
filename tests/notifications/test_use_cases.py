"""Notices: in the write of what they tell of, on every channel, tried until they are sent."""

from threading import Barrier
from typing import Any

import pytest
from msgspec.structs import replace

from dev.cloud.local import LocalCloud
from tests.build import Someone, a_person
from tests.client import Api
from tests.identity import at_once
from tests.recovering import told
from wallet_api.gateways.errors import MessageNotSent
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
