"""What streams, queues, workers and message companies may do to a confirmation: it is told all the same, and once."""

from contextlib import suppress
from dataclasses import replace
from threading import Barrier

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import a_person, signed_in_again
from tests.confirming import (
    DOWN,
    OFF,
    ON,
    UNSURE,
    Phones,
    Texts,
    a_token,
    choose,
    kept,
    message_of,
    moved,
    pushed,
    register,
    sending,
    texted,
    with_phone,
)
from tests.faults.injector import Faults, ProcessDied
from tests.freezing import with_email
from tests.identity import at_once, sign_in
from wallet_api.gateways.push import Push, Pushed, Service
from wallet_api.gateways.queue import QueueMessage


def test_records_and_messages_that_come_again_tell_nobody_twice_o2_o5(api: Api, cloud: LocalCloud) -> None:
    """O2, O5: a stream from its beginning once more, a message twice, and one that was redriven after it was done."""
    payer, token = with_phone(api, cloud, balance=50_000)
    choose(api, payer, money_out=ON)
    moved(api, cloud, payer)
    (item,) = kept(cloud)
    for messages in ([message_of(item), message_of(item)], [message_of(item)]):
        assert cloud.wallet.confirmations.take(messages) == []
    cloud.pump.replay()
    cloud.pump.drain()
    for _ in range(3):
        cloud.advance("1m")
    assert (len(texted(cloud, payer)), len(pushed(cloud, token))) == (1, 1)
    assert "due_at" not in kept(cloud)[0]


def test_of_workers_at_once_one_sends(api: Api, cloud: LocalCloud) -> None:
    payer, token = with_phone(api, cloud, balance=50_000)
    choose(api, payer, money_out=ON)
    moved(api, cloud, payer)
    (item,) = kept(cloud)
    all_ready = Barrier(6, timeout=60)

    def work(_: object) -> list[str]:
        all_ready.wait()
        failed: list[str] = cloud.wallet.confirmations.take([message_of(item)])
        return failed

    assert at_once(6, work, api) == [[]] * 6
    assert (len(texted(cloud, payer)), len(pushed(cloud, token))) == (1, 1)


def test_a_lost_message_costs_a_minute(api: Api, cloud: LocalCloud) -> None:
    payer, token = with_phone(api, cloud, balance=50_000)
    moved(api, cloud, payer)
    cloud.pump.queues.reset()
    assert pushed(cloud, token) == []
    assert "send_notices" in cloud.advance("1m")
    assert len(pushed(cloud, token)) == 1


def test_a_company_that_is_away_holds_up_no_money_no_folding_and_no_other_company_o13(
    api: Api, cloud: LocalCloud
) -> None:
    """O13: what it would have told is told once it is back, later each time."""
    payer, token = with_phone(api, cloud, balance=50_000)
    choose(api, payer, money_out=ON)
    moved(api, cloud, payer)
    (item,) = kept(cloud)
    away = sending(cloud, sms=Texts(DOWN))
    assert away.take([message_of(item)]) == []
    assert (len(pushed(cloud, token)), texted(cloud, payer)) == (1, [])
    assert away.take([message_of(item)]) == [], "not before its time"
    cloud.advance("1m")
    assert (len(texted(cloud, payer)), len(pushed(cloud, token))) == (1, 1), "what arrived is not sent again"


def test_after_a_day_it_is_given_up_and_the_inbox_has_it(api: Api, cloud: LocalCloud) -> None:
    payer, _ = with_phone(api, cloud, balance=50_000)
    moved(api, cloud, payer)
    (item,) = kept(cloud)
    away, tries = sending(cloud, push=Phones(DOWN)), 0
    while "due_at" in kept(cloud)[0] and tries < 50:
        assert away.take([message_of(item)]) == []
        cloud.clock.advance("2h")
        tries += 1
    assert 10 < tries < 20
    assert cloud.wallet.confirmation_dispatch.send_due() == 0


def test_what_a_message_brings_a_day_late_is_told_in_the_inbox_alone(api: Api, cloud: LocalCloud) -> None:
    payer, token = with_phone(api, cloud, balance=50_000)
    moved(api, cloud, payer)
    (item,) = kept(cloud)
    cloud.clock.advance("24h")
    assert cloud.wallet.confirmations.take([message_of(item)]) == []
    assert pushed(cloud, token) == []
    assert "due_at" not in kept(cloud)[0]


def test_that_it_was_told_is_forgotten_and_it_is_told_no_more(api: Api, cloud: LocalCloud) -> None:
    """After longer than any stream or dead letter brings its event once more; even then it would be too old."""
    payer, token = with_phone(api, cloud, balance=50_000)
    choose(api, payer, money_out=ON)
    moved(api, cloud, payer)
    cloud.advance("1m")
    assert (len(texted(cloud, payer)), len(pushed(cloud, token))) == (1, 1)
    cloud.clock.advance("34d")
    cloud.sweep_expired()
    assert len(kept(cloud)) == 1
    cloud.clock.advance("2d")
    cloud.sweep_expired()
    assert kept(cloud) == []
    cloud.pump.replay()
    assert (len(texted(cloud, payer)), len(pushed(cloud, token))) == (1, 1)
    assert all("due_at" not in each for each in kept(cloud))


def test_an_sms_whose_answer_was_lost_is_not_sent_again(api: Api, cloud: LocalCloud) -> None:
    """A23: the company has no key by which it would know the second."""
    payer = a_person(api, cloud, balance=50_000)
    choose(api, payer, money_out=ON)
    moved(api, cloud, payer)
    (item,) = kept(cloud)
    unsure = Texts(UNSURE)
    assert sending(cloud, sms=unsure).take([message_of(item)]) == []
    for _ in range(3):
        cloud.advance("3m")
    assert len(unsure.sent) == 1
    assert texted(cloud, payer) == []


def test_a_worker_that_dies_after_an_sms_leaves_no_second_one(api: Api, cloud: LocalCloud) -> None:
    """A push goes out again under its tag, of which a phone shows one."""
    payer, _ = with_phone(api, cloud, balance=50_000)
    with_email(api, cloud, payer)
    choose(api, payer, money_out=ON)
    moved(api, cloud, payer)
    (item,) = kept(cloud)
    sms, phones = Texts(), Phones()
    with pytest.raises(ProcessDied):
        sending(cloud, sms=sms, push=phones, mail=Texts(ProcessDied())).take([message_of(item)])
    alive = sending(cloud, sms=sms, push=phones, mail=Texts())
    assert alive.take([message_of(item)]) == []
    assert (len(sms.sent), len(phones.pushes)) == (1, 1), "it is in the dead one's hands"
    cloud.clock.advance("121s")
    assert alive.take([message_of(item)]) == []
    assert len(sms.sent) == 1
    assert len(phones.pushes) == 2
    assert len({each.tag for each in phones.pushes}) == 1
    assert "due_at" not in kept(cloud)[0]


@pytest.mark.parametrize(
    "fault", ["not applied, 500", "applied, no answer", "throttled", "conflict", "died before", "died after"]
)
def test_whatever_storage_does_to_a_worker_it_is_told_and_never_twice(
    api: Api, cloud: LocalCloud, faults: Faults, fault: str
) -> None:
    """At each of its calls. Only a death may cost an SMS, which the inbox makes good; a push comes in any case."""
    payer, _ = with_phone(api, cloud, balance=50_000)
    payee = a_person(api, cloud)
    choose(api, payer, money_out=ON)
    known: set[str] = set()
    struck: list[str] = []
    for nth in range(1, 10):
        payer = signed_in_again(api, payer)
        moved(api, cloud, payer, 100 + nth, to=payee)
        (item,) = [each for each in kept(cloud) if each["pk"]["S"] not in known]
        known.add(item["pk"]["S"])
        sms, phones = Texts(), Phones()
        worker = sending(cloud, sms=sms, push=phones)
        faults.clear()
        faults.hit(nth, fault)
        with suppress(ProcessDied):
            worker.take([message_of(item)])
        struck += faults.struck
        faults.clear()
        for _ in range(3):
            cloud.clock.advance("121s")
            assert worker.take([message_of(item)]) == []
        assert len({each.tag for each in phones.pushes}) == 1, nth
        assert len(sms.sent) <= 1 if "died" in fault else len(sms.sent) == 1, nth
        assert all("due_at" not in each for each in kept(cloud)), nth
    assert set(struck) == {"UpdateItem", "BatchGetItem", "Query", "TransactWriteItems"}


def test_a_worker_that_was_too_slow_undoes_nothing_of_who_went_on(api: Api, cloud: LocalCloud) -> None:
    payer = a_person(api, cloud, balance=50_000)
    choose(api, payer, money_out=ON)
    moved(api, cloud, payer)
    (item,) = kept(cloud)

    class Slow(Texts):
        def send(self, to: str, *words: str) -> None:
            cloud.clock.advance("121s")
            assert cloud.wallet.confirmations.take([message_of(item)]) == []
            raise DOWN

    assert sending(cloud, sms=Slow()).take([message_of(item)]) == []
    assert "due_at" not in kept(cloud)[0]


def test_what_was_switched_off_meanwhile_is_not_sent(api: Api, cloud: LocalCloud) -> None:
    payer, token = with_phone(api, cloud, balance=50_000)
    choose(api, payer, money_out=ON)
    moved(api, cloud, payer)
    (item,) = kept(cloud)
    sending(cloud, sms=Texts(DOWN), push=Phones(DOWN)).take([message_of(item)])
    choose(api, payer, money_out=OFF)
    cloud.advance("1m")
    assert texted(cloud, payer) == pushed(cloud, token) == []
    assert "due_at" not in kept(cloud)[0]


def test_a_message_that_is_none_of_ours_is_given_back(cloud: LocalCloud) -> None:
    """O1: alone."""
    bad = [
        QueueMessage("1", "{"),
        QueueMessage("2", '{"confirmation": "pay_1"}'),
        QueueMessage("3", '{"delivery": "x"}'),
    ]
    unknown = QueueMessage("4", '{"confirmation": "evt_01KAMS3Q0V5T1C9D9SZ3GZ2WQY"}')
    assert cloud.wallet.confirmations.take([*bad, unknown]) == ["1", "2", "3"]


def test_of_two_phones_the_one_that_could_not_be_pushed_to_is_tried_again(api: Api, cloud: LocalCloud) -> None:
    payer, first = with_phone(api, cloud, balance=50_000)
    session = sign_in(api, cloud, payer, device={"name": "tablet"})["session"]
    second = a_token()
    register(api, replace(payer, token=session["access_token"]), second).ok(200)
    moved(api, cloud, payer)
    (item,) = kept(cloud)
    half = Half(cloud.wallet.confirmations.push)
    assert sending(cloud, push=half).take([message_of(item)]) == []
    assert len(pushed(cloud, first)) + len(pushed(cloud, second)) == 1
    cloud.advance("1m")
    assert (len(pushed(cloud, first)), len(pushed(cloud, second))) == (1, 1)


class Half(Phones):
    """A push company that answers once and then no more."""

    def __init__(self, real: Push) -> None:
        super().__init__()
        self.real = real

    def send(self, service: Service, address: str, shown: Pushed) -> None:
        super().send(service, address, shown)
        self.real.send(service, address, shown)
        self.failure = DOWN
