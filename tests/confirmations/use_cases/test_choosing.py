"""What a person chooses to be told of: only they choose it, nothing gets lost, and who is told less hears of it."""

from typing import Any

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import Someone, a_person, as_customer
from tests.client import Api as Client
from tests.confirming import OFF, ON, a_token, choose, register
from tests.freezing import with_email
from tests.identity import at_once
from wallet_api.confirmations.errors import ChangedMeanwhile
from wallet_api.confirmations.model import Change
from wallet_api.confirmations.store import PreferenceStore
from wallet_api.storage import AtomicWrite
from wallet_api.storage.errors import StorageBusy

REDUCED = "notification preferences were changed"


@pytest.fixture
def someone(api: Client, cloud: LocalCloud) -> Someone:
    person = a_person(api, cloud, pin=None)
    api.patch("/v1/me", {"locale": "en"}, token=person.token).ok(200)
    return person


def notices(cloud: LocalCloud, address: str) -> int:
    cloud.advance("1m")
    return sum(REDUCED in each.text for each in cloud.inbox.messages(address))


def test_ones_choice_is_nobody_elses_p1(api: Api, cloud: LocalCloud, someone: Someone) -> None:
    """P1."""
    other = a_person(api, cloud, pin=None)
    before = api.get("/v1/me/notification_preferences", token=other.token).ok(200)
    choose(api, someone, money_out=ON, locale="en")
    assert api.get("/v1/me/notification_preferences", token=other.token).ok(200) == before


def test_who_is_told_less_hears_of_it_on_every_channel(api: Api, cloud: LocalCloud, someone: Someone) -> None:
    """A thief would begin with this. Of more nobody has to be warned."""
    address = with_email(api, cloud, someone)
    choose(api, someone, money_out=ON)
    assert notices(cloud, someone.phone) == notices(cloud, address) == 0
    choose(api, someone, money_out={"sms": False})
    assert (notices(cloud, someone.phone), notices(cloud, address)) == (1, 1)
    choose(api, someone, money_out={"sms": False})
    assert notices(cloud, someone.phone) == 1, "nothing was changed"


def test_changes_at_once_are_all_there(api: Client, someone: Someone) -> None:
    """Each switch is turned by a request of its own, as an app does."""
    wishes = [
        {topic: {channel: True}} for topic in ("money_in", "money_out", "refunds") for channel in ("sms", "email")
    ]
    turns = iter(wishes)

    def turn(own: Api) -> int:
        return own.patch("/v1/me/notification_preferences", next(turns), token=someone.token).status

    answers = at_once(len(wishes), turn, api)
    assert set(answers) <= {200, 503}
    if set(answers) == {200}:
        after = api.get("/v1/me/notification_preferences", token=someone.token).ok(200)
        for topic in ("money_in", "money_out", "refunds"):
            assert after[topic] == {"inbox": True, **ON}


def test_a_choice_that_is_overtaken_each_time_is_given_up_unchanged(
    cloud: LocalCloud, someone: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    choosing = cloud.wallet.confirmation_choices
    caller = as_customer(cloud, someone)
    before = choosing.get(caller)

    def overtaken(self: PreferenceStore, *given: object) -> None:
        raise ChangedMeanwhile

    monkeypatch.setattr(PreferenceStore, "change", overtaken)
    with pytest.raises(StorageBusy):
        choosing.change(caller, Change({"refunds": {"sms": True}}))
    assert choosing.get(caller) == before


def test_of_two_who_saw_the_same_the_second_looks_again(
    api: Client, cloud: LocalCloud, someone: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither wish undoes the other."""
    original, turns = AtomicWrite.__exit__, iter([True])

    def after_another(self: AtomicWrite, *error: Any) -> None:
        if next(turns, False):
            choose(api, someone, refunds={"sms": True})
        original(self, *error)

    caller = as_customer(cloud, someone)
    monkeypatch.setattr(AtomicWrite, "__exit__", after_another)
    cloud.wallet.confirmation_choices.change(caller, Change({"money_in": {"email": True}}))
    monkeypatch.undo()
    after = api.get("/v1/me/notification_preferences", token=someone.token).ok(200)
    assert (after["refunds"]["sms"], after["money_in"]["email"]) == (True, True)


def test_a_phone_that_is_registered_changes_no_choice(api: Api, someone: Someone) -> None:
    chosen = choose(api, someone, money_in=OFF, refunds=ON)
    phone = register(api, someone, a_token()).ok(200)
    after = api.get("/v1/me/notification_preferences", token=someone.token).ok(200)
    assert after == {**chosen, "phones": [phone]}
