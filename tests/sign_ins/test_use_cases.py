"""Signing in under attack: what is counted, what is locked, and what none of it tells."""

import logging
from functools import partial

import pytest

from bench.meter import metered
from dev.cloud.local import LocalCloud
from tests.build import PASSWORD, Someone, a_person, a_phone, code_to, refused
from tests.client import Api
from tests.elsewhere import From
from tests.faults.injector import Faults
from tests.identity import at_once, challenge, enrol, give_password, other_than, prove, send_code, sign_in
from tests.recovering import told
from wallet_api.passwords import use_cases as passwords


@pytest.fixture
def someone(api: Api, cloud: LocalCloud) -> Someone:
    return a_person(api, cloud, pin=None)


def test_fifty_wrong_passwords_at_once_are_five_evaluations_of_the_persons_hash(
    api: Api, someone: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A12, A14: afterwards the right one is answered like a wrong one."""
    evaluated: list[bool] = []
    nobodys = passwords._nobodys_hash()

    def matches_nothing(stored: str, _: str) -> bool:
        evaluated.append(stored != nobodys)
        return False

    monkeypatch.setattr(passwords, "_matches", matches_nothing)
    answers = at_once(50, lambda own: give_password(own, phone=someone.phone, password="wrong password"), api)
    assert {(answer.status, answer.json["code"]) for answer in answers} == {(401, "invalid_credentials")}
    assert (len(evaluated), sum(evaluated)) == (50, 5)
    monkeypatch.undo()
    refused(give_password(api, phone=someone.phone), 401, "invalid_credentials")


def test_a_lock_is_temporary_and_ends_no_session(api: Api, cloud: LocalCloud, someone: Someone) -> None:
    """A14: a lock is no weapon against somebody who is signed in."""
    for _ in range(6):
        refused(give_password(api, phone=someone.phone, password="wrong password"), 401, "invalid_credentials")
    refused(give_password(api, phone=someone.phone), 401, "invalid_credentials")
    api.get("/v1/me", token=someone.token).ok(200)
    cloud.clock.advance("61s")
    sign_in(api, cloud, someone)


def test_unknown_wrong_and_locked_are_one_answer_after_as_many_calls(
    api: Api, cloud: LocalCloud, someone: Someone, faults: Faults
) -> None:
    """A10: same status, body, headers, and the same calls to storage."""

    def asked(phone: str, password: str) -> tuple[object, ...]:
        before = len(faults.calls)
        answer = give_password(api, phone=phone, password=password)
        calls = sorted(operation for operation, _ in faults.calls[before:])
        body = {name: value for name, value in answer.json.items() if name != "request_id"}
        return answer.status, body, sorted(answer.headers), calls

    unknown, wrong = asked(a_phone(), PASSWORD), asked(someone.phone, "wrong password")
    assert unknown == wrong
    for _ in range(5):
        asked(someone.phone, "wrong password")
    assert asked(someone.phone, PASSWORD) == unknown


def test_wrong_second_factors_are_counted_over_sign_ins_and_apart_from_passwords(
    api: Api, cloud: LocalCloud, someone: Someone
) -> None:
    """A16: a new challenge does not reset them, and they do not lock the password."""
    app, _ = enrol(api, cloud, someone)
    for _ in range(5):
        fresh = challenge(api, someone)
        refused(prove(api, fresh, "totp", other_than(app.code())), 401, "wrong_second_factor")
    last = challenge(api, someone)
    refused(prove(api, last, "totp", app.code()), 401, "wrong_second_factor")
    send_code(api, last).ok(202)
    refused(prove(api, last, "sms", code_to(cloud, someone.phone)), 401, "wrong_second_factor")
    cloud.clock.advance("61s")
    prove(api, last, "totp", app.code()).ok(201)


def test_a_challenge_gives_one_session_however_often_it_is_answered_at_once(
    api: Api, cloud: LocalCloud, someone: Someone
) -> None:
    """A17, A27."""
    for method in ("sms", "totp"):
        if method == "sms":
            open_challenge = challenge(api, someone)
            send_code(api, open_challenge).ok(202)
            code = code_to(cloud, someone.phone)
        else:
            app, _ = enrol(api, cloud, someone)
            open_challenge, code = challenge(api, someone), app.code()
        answers = at_once(5, partial(prove, challenge_id=open_challenge, method=method, code=code), api)
        assert [answer.status for answer in answers].count(201) == 1
        assert {answer.status for answer in answers} <= {201, 401, 403, 404}


def test_a_made_up_challenge_reaches_nobody_and_a_used_one_costs_its_person_no_try(
    api: Api, cloud: LocalCloud, someone: Someone, faults: Faults
) -> None:
    """A14, A45: a stranger cannot use up the tries of somebody's second factor."""
    app, _ = enrol(api, cloud, someone)
    used = challenge(api, someone)
    prove(api, used, "totp", app.code()).ok(201)
    cloud.clock.advance("30s")
    faults.clear()
    refused(prove(api, used[:-1] + ("A" if used[-1] != "A" else "B"), "totp", "000000"), 404, "not_found")
    assert not faults.calls
    for _ in range(7):
        refused(prove(api, used, "totp", "000000"), 404, "not_found")
    prove(api, challenge(api, someone), "totp", app.code()).ok(201)


def test_who_waits_for_a_code_may_begin_anew_as_often_as_messages_allow(
    api: Api, cloud: LocalCloud, someone: Someone
) -> None:
    """A14: the right password, given again and again, locks nobody who goes on to the second factor."""
    for _ in range(7):
        send_code(api, challenge(api, someone)).ok(202)
    last = challenge(api, someone)
    send_code(api, last).ok(202)
    prove(api, last, "sms", code_to(cloud, someone.phone)).ok(201)


def test_a_lock_is_told_to_its_owner_and_to_nobody_else(api: Api, cloud: LocalCloud, someone: Someone) -> None:
    """A14: once for each lock, over every registered channel, and not in the answer."""
    for _ in range(8):
        refused(give_password(api, phone=someone.phone, password="wrong password"), 401, "invalid_credentials")
    assert len([text for text in told(cloud, someone.phone) if "暂时锁定" in text]) == 1


def test_a_code_belongs_to_its_challenge(api: Api, cloud: LocalCloud, someone: Someone) -> None:
    """A18."""
    first, second = challenge(api, someone), challenge(api, someone)
    send_code(api, first).ok(202)
    code = code_to(cloud, someone.phone)
    send_code(api, second).ok(202)
    refused(prove(api, second, "sms", code), 401, "wrong_second_factor")
    prove(api, first, "sms", code).ok(201)


def test_nothing_that_is_secret_or_personal_is_logged(
    api: Api, cloud: LocalCloud, someone: Someone, caplog: pytest.LogCaptureFixture
) -> None:
    """D9: whatever goes right or wrong on the way."""
    with caplog.at_level(logging.DEBUG, "wallet_api"), caplog.at_level(logging.DEBUG, "chalicelib"):
        app, recovery_codes = enrol(api, cloud, someone)
        give_password(api, phone=someone.phone, password="a wrong password")
        for method, code in (
            ("totp", other_than(app.code())),
            ("totp", app.code()),
            ("recovery_code", recovery_codes[0]),
        ):
            prove(api, challenge(api, someone), method, code)
        session = sign_in(api, cloud, someone)["session"]
        api.post("/v1/sessions/refresh", {"refresh_token": someone.refresh_token})
        cloud.clock.advance("1m")
        refused(api.post("/v1/sessions/refresh", {"refresh_token": someone.refresh_token}), 401, "session_ended")
    logged = " ".join(repr(vars(record)) for record in caplog.records)
    assert "came back after its use" in logged
    kept_out = (someone.phone[3:], PASSWORD, "a wrong password", someone.refresh_token, recovery_codes[0])
    assert not [secret for secret in (*kept_out, session["access_token"]) if secret in logged]


def test_signing_in_takes_four_round_trips_beside_the_hash(api: Api, cloud: LocalCloud, someone: Someone) -> None:
    """Two trips for the password, a trip and the only write for the authenticator; a stranger's source is counted in
    the same ones.
    """
    app, _ = enrol(api, cloud, someone)
    stranger = From(cloud, "203.0.113.7")
    with metered() as meter:
        open_challenge = challenge(stranger, someone)
        prove(stranger, open_challenge, "totp", app.code()).ok(201)
    assert meter.round_trips == 4
    assert meter.names.count("TransactWriteItems") == 1


def test_a_password_changed_in_the_very_moment_of_a_sign_in_ends_it(
    api: Api, cloud: LocalCloud, someone: Someone
) -> None:
    """A42: what the clock says cannot tell which was first, and does not have to."""
    cloud.clock.freeze()
    begun = challenge(api, someone)
    send_code(api, begun).ok(202)
    changed = {"current_password": PASSWORD, "new_password": "one more cup of pu-erh"}
    api.put("/v1/password", changed, token=someone.token).ok(200)
    refused(prove(api, begun, "sms", code_to(cloud, someone.phone)), 404, "not_found")
    refused(send_code(api, begun), 404, "not_found")
