"""Forgotten passwords and locks under attack, in parallel and after lost answers."""

import pytest

from dev.cloud.local import LocalCloud
from tests.build import PASSWORD, Someone, a_person, a_phone, code_to, refused, signed_in_again
from tests.client import Api
from tests.faults.injector import Faults
from tests.identity import at_once, challenge, enrol, give_password, other_than, prove, send_code
from tests.recovering import (
    NEW_PASSWORD,
    at_the_start_of_a_stretch,
    confirm_reset,
    confirm_unlock,
    lock,
    reset,
    start_reset,
    start_unlock,
    told,
)
from wallet_api.one_time_codes.model import Purpose
from wallet_api.one_time_codes.store import CodeItem
from wallet_api.one_time_codes.use_cases import OneTimeCodes


@pytest.fixture
def someone(api: Api, cloud: LocalCloud) -> Someone:
    return a_person(api, cloud, pin=None)


@pytest.mark.parametrize("what", ["password_resets", "unlocks"])
def test_asking_for_a_known_and_an_unknown_contact_is_one_answer_after_as_many_calls(
    api: Api, someone: Someone, faults: Faults, what: str
) -> None:
    """A10, A15: also for somebody who is locked, and in what a wrong code is answered with."""

    def asked(phone: str) -> tuple[object, ...]:
        before = len(faults.calls)
        answer = api.post(f"/v1/{what}", {"phone": phone})
        begun = answer.ok(202)
        body = {"code": "000000", "new_password": NEW_PASSWORD} if what == "password_resets" else None
        wrong = api.post(f"/v1/{what}/{begun['id']}/confirm", body or {"method": "sms", "code": "000000"})
        calls = [operation for operation, _ in faults.calls[before:]]
        return (
            answer.status,
            sorted(begun),
            begun["status"],
            sorted(answer.headers),
            wrong.status,
            wrong.json["code"],
            (sorted(calls)),
        )

    unknown, known = asked(a_phone()), asked(someone.phone)
    assert unknown == known
    lock(api, someone)
    assert asked(someone.phone) == known


def test_a_contact_without_a_wallet_is_told_so_and_gets_no_code(api: Api, cloud: LocalCloud) -> None:
    """A15."""
    phone = a_phone()
    start_reset(api, phone=phone).ok(202)
    (message,) = cloud.inbox.messages(phone)
    assert "没有" in message.shown()["text"] or "尚未开通" in message.shown()["text"]
    assert not any(character.isdigit() for character in message.shown()["text"])


def test_a_reset_signs_nobody_in_ends_every_session_and_leaves_the_second_factor(
    api: Api, cloud: LocalCloud, someone: Someone
) -> None:
    """A33, A34, A42."""
    app, _ = enrol(api, cloud, someone)
    done = reset(api, cloud, someone).ok(200)
    assert set(done) == {"id", "object", "status"}
    refused(api.get("/v1/me", token=someone.token), 401, "session_ended")
    refused(api.post("/v1/sessions/refresh", {"refresh_token": someone.refresh_token}), 401, "session_ended")
    refused(give_password(api, phone=someone.phone), 401, "invalid_credentials")
    offered = give_password(api, phone=someone.phone, password=NEW_PASSWORD).ok(200)
    assert offered["methods"][0] == "totp"
    prove(api, offered["challenge_id"], "totp", app.code()).ok(201)
    assert any("密码已更改" in text for text in told(cloud, someone.phone))


def test_a_sign_in_that_was_begun_with_the_old_password_ends_without_a_session(
    api: Api, cloud: LocalCloud, someone: Someone
) -> None:
    """A42."""
    begun = challenge(api, someone)
    send_code(api, begun).ok(202)
    code = code_to(cloud, someone.phone)
    cloud.clock.advance("1s")
    reset(api, cloud, someone).ok(200)
    refused(prove(api, begun, "sms", code), 404, "not_found")


def test_a_reset_refuses_what_attackers_try_first_and_leaves_the_code(
    api: Api, cloud: LocalCloud, someone: Someone
) -> None:
    """A5: with the reason, as often as it takes."""
    begun = start_reset(api, phone=someone.phone).ok(202)
    code = code_to(cloud, someone.phone)
    for password, reason in [
        ("password1", "password_common"),
        ("short", "password_too_short"),
        (f"my{someone.phone[3:]}", "password_holds_contact"),
    ] * 2:
        problem = refused(confirm_reset(api, begun["id"], code, password), 422, "password_refused")
        assert [(each["pointer"], each["code"]) for each in problem["errors"]] == [("/new_password", reason)]
    confirm_reset(api, begun["id"], code).ok(200)


def test_a_reset_ends_a_lock(api: Api, cloud: LocalCloud, someone: Someone) -> None:
    """A14."""
    lock(api, someone)
    reset(api, cloud, someone).ok(200)
    give_password(api, phone=someone.phone, password=NEW_PASSWORD).ok(200)


def test_a_reset_is_done_once_and_its_repetition_is_answered_for_a_moment(
    api: Api, cloud: LocalCloud, someone: Someone
) -> None:
    """A17, A34: the same request is answered again; another password is not set by it."""
    begun = start_reset(api, phone=someone.phone).ok(202)
    code = code_to(cloud, someone.phone)
    confirm_reset(api, begun["id"], code).ok(200)
    confirm_reset(api, begun["id"], code).ok(200)
    refused(confirm_reset(api, begun["id"], code, "another good 茶 password"), 403, "code_used_up")
    cloud.clock.advance("121s")
    refused(confirm_reset(api, begun["id"], code), 403, "code_used_up")


def test_of_parallel_resets_with_one_code_one_sets_its_password(api: Api, cloud: LocalCloud, someone: Someone) -> None:
    """A17."""
    begun = start_reset(api, phone=someone.phone).ok(202)
    code = code_to(cloud, someone.phone)
    passwords = iter([f"a good 茶 password {number}" for number in ["one", "two", "three", "four"]])
    answers = at_once(4, lambda own: confirm_reset(own, begun["id"], code, next(passwords)), api)
    assert sorted(answer.status for answer in answers) == [200, 403, 403, 403]


def test_a_code_for_a_reset_unlocks_nothing_and_the_other_way_round(
    api: Api, cloud: LocalCloud, someone: Someone
) -> None:
    """A18."""
    begun = start_reset(api, phone=someone.phone).ok(202)
    code = code_to(cloud, someone.phone)
    unlock = start_unlock(api, phone=someone.phone).ok(202)
    refused(confirm_unlock(api, unlock["id"], "sms", code), 403, "wrong_code")
    refused(confirm_unlock(api, begun["id"].replace("pwr", "unl"), "sms", code), 404, "not_found")
    refused(confirm_reset(api, begun["id"], code_to(cloud, someone.phone)), 403, "wrong_code")


@pytest.mark.parametrize("method", ["sms", "totp", "recovery_code"])
def test_a_lock_is_ended_by_its_owner_who_was_told_of_it(
    api: Api, cloud: LocalCloud, someone: Someone, method: str
) -> None:
    """A14: by a code, an authenticator or a recovery code; signing in takes password and second factor as ever."""
    app, recovery_codes = enrol(api, cloud, someone)
    lock(api, someone)
    begun = start_unlock(api, phone=someone.phone).ok(202)
    code = {"sms": code_to(cloud, someone.phone), "totp": app.code(), "recovery_code": recovery_codes[0]}[method]
    assert confirm_unlock(api, begun["id"], method, code).ok(200)["status"] == "unlocked"
    give_password(api, phone=someone.phone).ok(200)
    texts = told(cloud, someone.phone)
    assert any("暂时锁定" in text for text in texts)
    assert any("锁定已通过" in text for text in texts)
    refused(confirm_unlock(api, begun["id"], method, code), 403, "code_used_up")


def test_the_password_alone_ends_no_lock(api: Api, someone: Someone) -> None:
    """A14."""
    begun = start_unlock(api, phone=someone.phone).ok(202)
    problem = refused(confirm_unlock(api, begun["id"], "password", PASSWORD), 422, "invalid_request")
    assert "/method" in [each["pointer"] for each in problem["errors"]]
    refused(confirm_unlock(api, begun["id"], "email", "123456"), 422, "unlock_method_unknown")


def test_guesses_at_an_unlock_are_five_in_all_and_use_up_nothing_of_the_owners(
    api: Api, cloud: LocalCloud, someone: Someone
) -> None:
    """A12, A14, A20: a stranger who knows the phone number cannot lock the second factor."""
    app, _ = enrol(api, cloud, someone)
    begun = start_unlock(api, phone=someone.phone).ok(202)
    sent = code_to(cloud, someone.phone)
    guesses = [("totp", other_than(app.code())), ("sms", other_than(sent)), ("recovery_code", "AAAAAA-" * 3 + "AAAAAA")]
    for method, code in (guesses * 2)[:5]:
        refused(confirm_unlock(api, begun["id"], method, code), 403, "wrong_code")
    refused(confirm_unlock(api, begun["id"], "sms", sent), 403, "code_used_up")
    prove(api, challenge(api, someone), "totp", app.code()).ok(201)


def test_fifty_guesses_at_once_are_five_evaluations(
    api: Api, cloud: LocalCloud, someone: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A12: of a reset's code."""
    evaluated: list[str] = []
    original = OneTimeCodes._is

    def counted(self: OneTimeCodes, item: CodeItem, purpose: Purpose, subject: str, code: str) -> bool:
        evaluated.append(code)
        return original(self, item, purpose, subject, code)

    monkeypatch.setattr(OneTimeCodes, "_is", counted)
    begun = start_reset(api, phone=someone.phone).ok(202)
    wrong = other_than(code_to(cloud, someone.phone))
    at_once(50, lambda own: confirm_reset(own, begun["id"], wrong), api)
    assert len(evaluated) == 5


def test_a_flood_of_resets_is_capped_and_locks_nobody(api: Api, cloud: LocalCloud, someone: Someone) -> None:
    """A15."""
    at_the_start_of_a_stretch(cloud)
    someone = signed_in_again(api, someone)
    answers = [start_reset(api, phone=someone.phone) for _ in range(8)]
    assert [answer.status for answer in answers] == [202] * 5 + [429] * 3
    assert int(answers[-1].headers["retry-after"]) > 0
    assert give_password(api, phone=someone.phone).status == 200
    api.get("/v1/me", token=someone.token).ok(200)


def test_a_recovered_code_lives_ten_minutes(api: Api, cloud: LocalCloud, someone: Someone) -> None:
    """A17, M24."""
    begun = start_reset(api, phone=someone.phone).ok(202)
    code = code_to(cloud, someone.phone)
    cloud.clock.advance("601s")
    refused(confirm_reset(api, begun["id"], code), 404, "not_found")
