"""The payment PIN over HTTP: set, proven, locked, and reset with a code."""

import pytest

from dev.client import Answer, Api
from dev.cloud.local import LocalCloud
from tests.build import PIN, Someone, a_person, code_to, refused, send
from tests.crowd import at_once
from tests.recovering import told

NEW_PIN = "907351"
WRONG = "907352"


def set_pin(api: Api, someone: Someone, pin: str, current: str | None = None) -> Answer:
    body = {"pin": pin} if current is None else {"pin": pin, "current_pin": current}
    return api.put("/v1/payment_pin", body, token=someone.token)


def state(api: Api, someone: Someone) -> str:
    return str(api.get("/v1/wallet", token=someone.token).ok(200)["payment_pin"])


def start(api: Api, someone: Someone, **body: str) -> dict[str, str]:
    begun: dict[str, str] = api.post("/v1/payment_pin_resets", body, token=someone.token).ok(202)
    return begun


def confirm(api: Api, someone: Someone, reset_id: str, code: str, pin: str = NEW_PIN) -> Answer:
    body = {"code": code, "pin": pin}
    return api.post(f"/v1/payment_pin_resets/{reset_id}/confirm", body, token=someone.token)


def other_code(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


@pytest.fixture
def payee(api: Api, cloud: LocalCloud) -> Someone:
    return a_person(api, cloud)


@pytest.fixture
def payer(api: Api, cloud: LocalCloud) -> Someone:
    return a_person(api, cloud)


def guess(api: Api, payer: Someone, payee: Someone, pin: str) -> Answer:
    """A transfer that a right PIN lets as far as the empty balance."""
    return send(api, payer, payee, 100, pin=pin)


def test_a_stranger_can_neither_set_nor_reset_a_pin(api: Api) -> None:
    refused(api.put("/v1/payment_pin", {"pin": NEW_PIN}), 401, "not_authenticated")
    refused(api.post("/v1/payment_pin_resets", {}), 401, "not_authenticated")


def test_a_pin_is_six_ascii_digits_as_text_a30(api: Api, payer: Someone) -> None:
    """A30: text, so that leading zeros count; a JSON number is refused."""
    for pin in (12345, "12345", "1234567", "12345a", "９０７３５１", " 907351", None, ""):
        refused(api.put("/v1/payment_pin", {"pin": pin, "current_pin": PIN}, token=payer.token), 422, "invalid_request")


def test_a_pin_that_everybody_tries_first_is_refused_and_the_old_one_stays(api: Api, payer: Someone) -> None:
    refused(set_pin(api, payer, "123456", PIN), 403, "payment_pin_too_simple")

    set_pin(api, payer, NEW_PIN, PIN).ok(200)


def test_changing_a_pin_needs_the_current_one_a36(api: Api, payer: Someone) -> None:
    """A36: the change is authorised by the current factor, and a wrong one costs an attempt."""
    refused(set_pin(api, payer, NEW_PIN), 403, "current_pin_required")
    assert refused(set_pin(api, payer, NEW_PIN, WRONG), 403, "wrong_payment_pin")["attempts_left"] == 4
    assert set_pin(api, payer, NEW_PIN, PIN).ok(200) == {"object": "payment_pin", "status": "set"}
    refused(set_pin(api, payer, PIN, PIN), 403, "wrong_payment_pin")


def test_without_a_pin_nothing_is_paid(api: Api, cloud: LocalCloud, payee: Someone) -> None:
    pinless = a_person(api, cloud, pin=None)

    refused(guess(api, pinless, payee, PIN), 403, "payment_pin_not_set")
    assert state(api, pinless) == "not_set"


def test_leaving_the_pin_out_is_no_way_around_it_a47(api: Api, payer: Someone, payee: Someone) -> None:
    """A47: the method is chosen by the server."""
    body = {"to": {"user_id": payee.id}, "amount": {"amount": 1, "currency": "CNY"}}
    for proof in ({}, {"pin": None}, None, {"pin": ""}, {"code": "123456"}):
        answer = api.post("/v1/transfers", {**body, "authorization": proof}, token=payer.token, key="k")
        refused(answer, 422, "invalid_request")


def test_five_wrong_pins_lock_it_also_for_the_right_one_a49(api: Api, payer: Someone, payee: Someone) -> None:
    left = [refused(guess(api, payer, payee, WRONG), 403, "wrong_payment_pin")["attempts_left"] for _ in range(5)]

    assert left == [4, 3, 2, 1, 0]
    refused(guess(api, payer, payee, PIN), 403, "payment_pin_locked")
    refused(set_pin(api, payer, NEW_PIN, PIN), 403, "payment_pin_locked")
    assert state(api, payer) == "locked"


def test_fifty_parallel_guesses_are_evaluated_at_most_five_times_a12(api: Api, payer: Someone, payee: Someone) -> None:
    """A12, A49: each attempt is reserved before its PIN is looked at."""
    answers = at_once(api, lambda client, n: guess(client, payer, payee, f"{700000 + n}"), range(50))

    codes = [answer.json["code"] for answer in answers]
    assert codes.count("wrong_payment_pin") == 5
    assert codes.count("payment_pin_locked") + codes.count("payment_pin_busy") == 45, "none of the others is evaluated"


def test_a_right_pin_forgives_the_wrong_ones_before_it(api: Api, payer: Someone, payee: Someone) -> None:
    for _ in range(3):
        for _ in range(4):
            refused(guess(api, payer, payee, WRONG), 403, "wrong_payment_pin")
        refused(guess(api, payer, payee, PIN), 402, "insufficient_funds")

    assert state(api, payer) == "set"


def test_a_reset_sends_a_code_to_the_registered_phone_and_sets_a_new_pin(
    api: Api, cloud: LocalCloud, payer: Someone, payee: Someone
) -> None:
    begun = start(api, payer)

    assert (begun["object"], begun["status"], begun["channel"]) == ("payment_pin_reset", "code_sent", "sms")
    assert begun["sent_to"].endswith(payer.phone[-4:])
    assert payer.phone not in str(begun)
    done = confirm(api, payer, begun["id"], code_to(cloud, payer.phone)).ok(200)
    assert done == {"object": "payment_pin", "status": "set"}
    refused(guess(api, payer, payee, PIN), 403, "wrong_payment_pin")
    refused(guess(api, payer, payee, NEW_PIN), 402, "insufficient_funds")


def test_a_reset_ends_a_lock(api: Api, cloud: LocalCloud, payer: Someone, payee: Someone) -> None:
    for _ in range(5):
        guess(api, payer, payee, WRONG)

    confirm(api, payer, start(api, payer)["id"], code_to(cloud, payer.phone)).ok(200)

    assert state(api, payer) == "set"
    refused(guess(api, payer, payee, NEW_PIN), 402, "insufficient_funds")


def test_a_code_is_good_for_its_person_alone_a18(api: Api, cloud: LocalCloud, payer: Someone, payee: Someone) -> None:
    """A18: another person's code, or another reset's, sets nothing."""
    mine, theirs = start(api, payer)["id"], start(api, payee)["id"]
    their_code = code_to(cloud, payee.phone)

    refused(confirm(api, payer, theirs, their_code), 403, "code_used_up")
    refused(confirm(api, payer, mine, their_code), 403, "wrong_code")
    refused(confirm(api, payer, "otc_" + "0" * 26, their_code), 403, "code_used_up")
    refused(confirm(api, payer, "nonsense", their_code), 404, "not_found")


def test_a_code_of_another_purpose_sets_no_pin_a18(api: Api, cloud: LocalCloud, payer: Someone) -> None:
    """A18: a code for signing in is none for the PIN."""
    begun = start(api, payer)
    cloud.wallet.one_time_codes.issue("login", payer.id, channel="sms", to=payer.phone, locale="en")

    refused(confirm(api, payer, begun["id"], code_to(cloud, payer.phone)), 403, "wrong_code")


def test_a_code_lives_ten_minutes_a17(api: Api, cloud: LocalCloud, payer: Someone) -> None:
    begun, code = start(api, payer), code_to(cloud, payer.phone)

    cloud.advance("601s")

    refused(confirm(api, payer, begun["id"], code), 403, "code_expired")


def test_of_two_confirmations_at_once_one_sets_its_pin_a17(api: Api, cloud: LocalCloud, payer: Someone) -> None:
    begun, code = start(api, payer), code_to(cloud, payer.phone)
    pins = ["907351", "640283", "715094", "382615"]

    answers = at_once(api, lambda client, pin: confirm(client, payer, begun["id"], code, pin), pins)

    assert sorted(answer.status for answer in answers) == [200, 403, 403, 403]
    chosen = pins[[answer.status for answer in answers].index(200)]
    set_pin(api, payer, "594038", chosen).ok(200)
    refused(confirm(api, payer, begun["id"], code, "260817"), 403, "code_used_up")


def test_five_wrong_codes_kill_the_right_one_a20(api: Api, cloud: LocalCloud, payer: Someone) -> None:
    begun, code = start(api, payer), code_to(cloud, payer.phone)

    left = [
        refused(confirm(api, payer, begun["id"], other_code(code)), 403, "wrong_code")["attempts_left"]
        for _ in range(5)
    ]

    assert left == [4, 3, 2, 1, 0]
    refused(confirm(api, payer, begun["id"], code), 403, "code_used_up")


def test_fifty_parallel_codes_are_evaluated_at_most_five_times_a12(api: Api, cloud: LocalCloud, payer: Someone) -> None:
    begun, code = start(api, payer), code_to(cloud, payer.phone)

    answers = at_once(api, lambda client, _: confirm(client, payer, begun["id"], other_code(code)), range(50))

    assert [answer.json["code"] for answer in answers].count("wrong_code") == 5


def test_a_pin_too_simple_leaves_the_code_for_a_better_one(api: Api, cloud: LocalCloud, payer: Someone) -> None:
    begun, code = start(api, payer), code_to(cloud, payer.phone)

    refused(confirm(api, payer, begun["id"], code, "111111"), 403, "payment_pin_too_simple")

    confirm(api, payer, begun["id"], code).ok(200)


def test_a_channel_without_a_contact_is_named(api: Api, payer: Someone) -> None:
    answer = api.post("/v1/payment_pin_resets", {"channel": "email"}, token=payer.token, lang="en")

    problem = refused(answer, 422, "invalid_request")
    assert [(each["pointer"], each["code"]) for each in problem["errors"]] == [("/channel", "channel_not_registered")]


def test_a_flood_of_resets_is_capped_and_locks_nobody_a15(api: Api, cloud: LocalCloud, payer: Someone) -> None:
    """A15, A21: the number of messages to one phone is bounded, and the PIN in use goes on working."""
    answers = [api.post("/v1/payment_pin_resets", {}, token=payer.token) for _ in range(40)]

    sent = sum(answer.status == 202 for answer in answers)
    assert 0 < sent < 40
    assert sent <= 8
    assert {answer.json["code"] for answer in answers if answer.status != 202} == {"too_many_messages", "rate_limited"}
    assert int(answers[-1].headers["retry-after"]) > 0
    set_pin(api, payer, NEW_PIN, PIN).ok(200)


def test_pin_and_codes_stand_nowhere_in_the_tables_a19(api: Api, cloud: LocalCloud, payer: Someone) -> None:
    """A19: keyed hashes only."""
    start(api, payer)
    code = code_to(cloud, payer.phone)
    wallet = cloud.wallet

    for items in (wallet.ledger.account_items, wallet.one_time_codes.items, wallet.people.items):
        text = str(list(wallet.storage.scan(items)))
        assert f"'{PIN}'" not in text
        assert f"'{code}'" not in text


def test_a_reset_whose_answer_was_lost_is_answered_again_and_sets_no_other_pin(
    api: Api, cloud: LocalCloud, payer: Someone
) -> None:
    """A17: for two minutes, for the same code and the same PIN."""
    begun = start(api, payer)
    code = code_to(cloud, payer.phone)
    confirm(api, payer, begun["id"], code).ok(200)
    confirm(api, payer, begun["id"], code).ok(200)
    refused(confirm(api, payer, begun["id"], code, "739154"), 403, "code_used_up")
    refused(confirm(api, payer, begun["id"], other_code(code)), 403, "code_used_up")
    cloud.clock.advance("121s")
    refused(confirm(api, payer, begun["id"], code), 403, "code_used_up")


def test_a_new_pin_is_told_on_every_channel_and_a_first_one_is_not(api: Api, cloud: LocalCloud, payer: Someone) -> None:
    """A36."""
    assert not any("支付密码已" in text for text in told(cloud, payer.phone))
    set_pin(api, payer, NEW_PIN, PIN).ok(200)
    begun = start(api, payer)
    confirm(api, payer, begun["id"], code_to(cloud, payer.phone), "739154").ok(200)
    texts = told(cloud, payer.phone)
    assert len([text for text in texts if "支付密码已更改" in text]) == 1
    assert len([text for text in texts if "支付密码已通过验证码重置" in text]) == 1
