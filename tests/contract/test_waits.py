"""Everything of identity and of a payment that somebody has to wait for, over HTTP, with the clock of the sandbox: cool-downs,
locks that grow, shares that come back.
"""

from contextlib import suppress
from dataclasses import replace
from unittest.mock import patch

import pytest

from dev.cloud.local import LocalCloud
from tests import banking
from tests.build import Someone, a_card, a_person, a_phone, code_to, key, send, signed_in_again
from tests.client import Answer, Api
from tests.contract.sandbox import DAY, MARGIN, MINUTE, Begin, Use, code_by_http, move
from tests.elsewhere import From
from tests.freezing import ask_unfreeze, back, freeze, send_unfreeze
from tests.identity import challenge, give_password, other_than, prove, register, send_code, sign_in
from tests.recovering import NEW_PASSWORD, lock, reset, start_reset


def another_code(api: Api, cloud: LocalCloud) -> Use:
    begun = register(api, phone=a_phone()).ok(202)["id"]
    return lambda: api.post(f"/v1/registrations/{begun}/resend", {})


def a_third_code(api: Api, cloud: LocalCloud) -> Use:
    use = another_code(api, cloud)
    move(api, MINUTE)
    use().ok(202)
    return use


def large_amounts_on_a_new_device(api: Api, cloud: LocalCloud) -> Use:
    owner, payee = a_person(api, cloud, balance=5_000_00), a_person(api, cloud)
    session = sign_in(api, cloud, owner, device={"name": "another"})["session"]
    there = replace(owner, token=session["access_token"], refresh_token=session["refresh_token"])
    return lambda: send(api, signed_in_again(api, there), payee, 1_500_00)


def key_whose_request_died(api: Api, cloud: LocalCloud) -> Use:
    """The function stopped while the acquirer was asked: its lease keeps the key for as long as it could still be at work."""
    someone, idem = a_person(api, cloud), key()
    card = a_card(api, cloud, someone)
    acquirer = type(cloud.wallet.acquirer)
    with patch.object(acquirer, "charge", side_effect=KeyboardInterrupt), suppress(KeyboardInterrupt):
        banking.top_up(From(cloud, "203.0.113.7"), someone, card, idem=idem)
    return lambda: banking.top_up(api, someone, card, idem=idem)


def unfreezing_by_one_code(api: Api, cloud: LocalCloud) -> Use:
    owner = a_person(api, cloud, pin=None)
    freeze(api, owner).ok(201)
    there = back(api, cloud, owner)
    begun = ask_unfreeze(api, there).ok(201)["id"]
    return lambda: send_unfreeze(api, signed_in_again(api, there), begun, "sms")


def a_pin_after_a_forgotten_password(api: Api, cloud: LocalCloud) -> Use:
    owner = a_person(api, cloud)
    reset(api, cloud, owner).ok(200)
    begun = give_password(api, phone=owner.phone, password=NEW_PASSWORD).ok(200)["challenge_id"]
    send_code(api, begun).ok(202)
    session = prove(api, begun, "sms", code_to(cloud, owner.phone)).ok(201)["session"]
    there = replace(owner, token=session["access_token"], refresh_token=session["refresh_token"])

    def use() -> Answer:
        again = signed_in_again(api, there)
        return api.post("/v1/payment_pin_resets", {"password": NEW_PASSWORD}, token=again.token)

    return use


def after_wrong_passwords(locks: int) -> Begin:
    def begin(api: Api, cloud: LocalCloud) -> Use:
        someone = a_person(api, cloud, pin=None)
        for earlier in range(locks):
            lock(api, someone)
            if earlier + 1 < locks:
                move(api, MINUTE * 2**earlier)
        return lambda: give_password(api, phone=someone.phone)

    begin.__name__ = f"after_{locks}_locks"
    return begin


def after_wrong_second_factors(api: Api, cloud: LocalCloud) -> Use:
    someone = a_person(api, cloud, pin=None)
    begun = challenge(api, someone)
    send_code(api, begun).ok(202)
    for _ in range(5):
        prove(api, begun, "sms", other_than(code_to(cloud, someone.phone)))

    def use() -> Answer:
        again = challenge(api, someone)
        send_code(api, again).ok(202)
        return prove(api, again, "sms", code_to(cloud, someone.phone))

    return use


BEGINS: list[tuple[Begin, int]] = [
    (another_code, MINUTE),
    (a_third_code, 2 * MINUTE),
    (key_whose_request_died, 30),
    (large_amounts_on_a_new_device, DAY),
    (unfreezing_by_one_code, DAY),
    (a_pin_after_a_forgotten_password, 3 * DAY),
    (after_wrong_passwords(1), MINUTE),
    (after_wrong_passwords(2), 2 * MINUTE),
    (after_wrong_passwords(3), 4 * MINUTE),
    (after_wrong_passwords(4), 8 * MINUTE),
    (after_wrong_second_factors, MINUTE),
]


@pytest.mark.parametrize(("begin", "wait"), BEGINS, ids=[each[0].__name__ for each in BEGINS])
def test_it_is_refused_until_its_time_and_good_from_then_on(
    api: Api, cloud: LocalCloud, begin: Begin, wait: int
) -> None:
    """A14, A16, A21, A25, A38, A50, M41, O11: each further lock is twice as long."""
    use = begin(api, cloud)
    move(api, wait - MARGIN)
    assert 400 <= use().status < 500
    use = begin(api, cloud)
    move(api, wait)
    late = use()
    assert late.status < 300, late.text


@pytest.mark.parametrize("retries", [1, 2])
def test_a_share_that_is_used_up_comes_back_when_the_answer_said(api: Api, cloud: LocalCloud, retries: int) -> None:
    """A15, A21, O11: `Retry-After` is the truth, time after time."""
    someone: Someone = a_person(api, cloud, pin=None)
    for _ in range(retries):
        answer = start_reset(api, phone=someone.phone)
        while answer.status == 202:
            answer = start_reset(api, phone=someone.phone)
        assert answer.status == 429
        wait = int(answer.headers["retry-after"])
        assert 0 < wait <= 10 * MINUTE
        move(api, wait)
        start_reset(api, phone=someone.phone).ok(202)


def test_a_password_is_worth_a_reminder_after_ninety_days(api: Api, cloud: LocalCloud) -> None:
    """A6: and the codes that lead there are read from the inbox over HTTP as well."""
    someone = a_person(api, cloud, pin=None)
    for days, reminder in ((89, False), (1, True)):
        move(api, days * DAY)
        begun = challenge(api, someone)
        send_code(api, begun).ok(202)
        token = prove(api, begun, "sms", code_by_http(api, someone.phone)).ok(201)["session"]["access_token"]
        assert api.get("/v1/me", token=token).ok(200)["password"]["reminder"] is reminder
