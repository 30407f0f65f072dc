"""As many requests as there are attempts wait for one PIN's evaluation: busy, which is not locked."""

from typing import Any

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import PIN, Someone, a_person, key, refused, send
from wallet_api.ledger import chart
from wallet_api.ledger.accounts import EVALUATED_WITHIN, MAX_ATTEMPTS

WRONG = "907352"


@pytest.fixture
def ada(api: Api, cloud: LocalCloud) -> Someone:
    return a_person(api, cloud, balance=100_00)


@pytest.fixture
def bo(api: Api, cloud: LocalCloud) -> Someone:
    return a_person(api, cloud)


def in_flight(cloud: LocalCloud, someone: Someone, many: int = MAX_ATTEMPTS) -> list[Any]:
    """Requests that have reserved their attempt and evaluated nothing yet."""
    found = []
    for _ in range(many):
        with cloud.wallet.storage.trip() as trip:
            read = cloud.wallet.ledger.accounts.reserve_attempt(chart.customer(someone.id), trip)
        found.append(read())
    assert None not in found
    return found


def test_nobody_is_told_of_a_lock_while_nothing_was_wrong(
    api: Api, cloud: LocalCloud, ada: Someone, bo: Someone
) -> None:
    """A12: the sixth is not evaluated, and the same key pays as soon as there is room."""
    waiting, idem = in_flight(cloud, ada), key()
    answer = send(api, ada, bo, 1_00, idem=idem)
    problem = refused(answer, 429, "payment_pin_busy")
    assert (problem["retry"], answer.headers["retry-after"]) == ("same_key", "1")
    cloud.wallet.ledger.accounts.give_back(waiting[0])
    send(api, ada, bo, 1_00, idem=idem).ok(201)


def test_wrong_ones_lock_whatever_is_in_flight(api: Api, cloud: LocalCloud, ada: Someone, bo: Someone) -> None:
    """A12, A49: the fifth wrong one locks, also when it was evaluated beside others."""
    for left in range(MAX_ATTEMPTS - 1, 0, -1):
        assert refused(send(api, ada, bo, 1_00, pin=WRONG), 403, "wrong_payment_pin")["attempts_left"] == left
    (last,) = in_flight(cloud, ada, 1)
    refused(send(api, ada, bo, 1_00, pin=WRONG), 429, "payment_pin_busy")
    cloud.wallet.ledger.accounts.note_wrong(last)
    refused(send(api, ada, bo, 1_00), 403, "payment_pin_locked")


def test_what_was_lost_with_its_process_stays_counted(api: Api, cloud: LocalCloud, ada: Someone, bo: Someone) -> None:
    """A12: it may have been evaluated, so it is no free guess; a reset ends the lock as it ends any."""
    in_flight(cloud, ada)
    cloud.clock.advance(EVALUATED_WITHIN)
    refused(send(api, ada, bo, 1_00), 403, "payment_pin_locked")


def test_a_right_pin_begins_both_counters_anew(api: Api, cloud: LocalCloud, ada: Someone, bo: Someone) -> None:
    for _ in range(MAX_ATTEMPTS - 1):
        refused(send(api, ada, bo, 1_00, pin=WRONG), 403, "wrong_payment_pin")
    send(api, ada, bo, 1_00, pin=PIN).ok(201)
    account = cloud.wallet.ledger.accounts.require(chart.customer(ada.id))
    assert (account.attempts, account.wrong_pins) == (0, 0)
    in_flight(cloud, ada)
    refused(send(api, ada, bo, 1_00), 429, "payment_pin_busy")
