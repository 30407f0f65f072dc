"""What may happen once, asked for by eight at once over HTTP: exactly one gets it, or all who are answered get the same."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from dev.cloud.local import LocalCloud
from tests.build import PASSWORD, Someone, a_person, a_phone, code_to
from tests.client import Answer, Api
from tests.crowd import at_once, disagreeing, writing_together
from tests.identity import Authenticator, challenge, confirm, enrol, give_password, prove, register, send_code
from tests.recovering import confirm_reset, confirm_unlock, start_reset, start_unlock

CROWD = 8
Ask = Callable[[Api, int], Answer]


def many(api: Api, ask: Ask) -> list[Answer]:
    return at_once(api, ask, range(CROWD))


def sessions_of(api: Api, token: str) -> Sequence[Any]:
    listed: Sequence[Any] = api.get("/v1/sessions", token=token).ok(200)["data"]
    return listed


def test_refreshes_with_one_token_make_one_pair_that_everybody_gets(api: Api, cloud: LocalCloud) -> None:
    """A40, O11: also from instances whose clocks disagree. No copy that comes later gets anything."""
    someone = a_person(api, cloud, pin=None)
    body = {"refresh_token": someone.refresh_token}
    with disagreeing(cloud.clock), writing_together(CROWD):
        answers = many(api, lambda own, _: own.post("/v1/sessions/refresh", body))
    pairs = {(each.ok(200)["session"]["access_token"], each.json["session"]["refresh_token"]) for each in answers}
    ((access, refresh),) = pairs
    assert len(sessions_of(api, access)) == 1
    api.post("/v1/sessions/refresh", {"refresh_token": refresh}).ok(200)
    assert api.post("/v1/sessions/refresh", body).status == 401


def test_sign_ups_with_one_phone_make_one_wallet(api: Api, cloud: LocalCloud) -> None:
    """A17, M21: each has a code of its own that is right."""
    phone, begun = a_phone(), []
    for _ in range(4):
        asked = register(api, phone=phone).ok(202)
        begun.append((asked["id"], code_to(cloud, phone)))
    with writing_together(4):
        answers = at_once(api, lambda own, each: confirm(own, *each), begun)
    assert sorted(answer.status for answer in answers) == [201, 409, 409, 409]
    (winner,) = [answer.json for answer in answers if answer.status == 201]
    assert {answer.json["code"] for answer in answers if answer.status == 409} == {"contact_taken"}
    assert len(sessions_of(api, winner["session"]["access_token"])) == 1
    give_password(api, phone=phone).ok(200)


def by_sms(api: Api, cloud: LocalCloud, someone: Someone) -> tuple[str, str, str]:
    begun = challenge(api, someone)
    send_code(api, begun).ok(202)
    return begun, "sms", code_to(cloud, someone.phone)


def by_authenticator(api: Api, cloud: LocalCloud, someone: Someone) -> tuple[str, str, str]:
    app, _ = enrol(api, cloud, someone)
    return challenge(api, someone), "totp", app.code()


def by_recovery_code(api: Api, cloud: LocalCloud, someone: Someone) -> tuple[str, str, str]:
    _, codes = enrol(api, cloud, someone)
    return challenge(api, someone), "recovery_code", codes[0]


@pytest.mark.parametrize("how", [by_sms, by_authenticator, by_recovery_code], ids=lambda how: how.__name__)
def test_one_challenge_gives_one_session(api: Api, cloud: LocalCloud, how: Callable[..., tuple[str, str, str]]) -> None:
    """A17, A27, A32."""
    someone = a_person(api, cloud, pin=None)
    begun, method, code = how(api, cloud, someone)
    with writing_together(CROWD):
        answers = many(api, lambda own, _: prove(own, begun, method, code))
    assert [answer.status for answer in answers].count(201) == 1
    assert {answer.status for answer in answers} <= {201, 401, 403, 404}
    assert len(sessions_of(api, someone.token)) == 2, "the one that the wallet was opened with, and this one"


@pytest.mark.parametrize("how", [by_authenticator, by_recovery_code], ids=lambda how: how.__name__)
def test_one_code_gives_one_session_also_over_many_challenges(
    api: Api, cloud: LocalCloud, how: Callable[..., tuple[str, str, str]]
) -> None:
    """A27, A32: the code itself is used up, and not only the challenge that it answered."""
    someone = a_person(api, cloud, pin=None)
    begun, method, code = how(api, cloud, someone)
    challenges = [begun, *(challenge(api, someone) for _ in range(3))]
    with writing_together(4):
        answers = at_once(api, lambda own, each: prove(own, each, method, code), challenges)
    assert sorted(answer.status for answer in answers) == [201, 401, 401, 401]
    assert len(sessions_of(api, someone.token)) == 2


def test_many_codes_for_one_challenge_give_one_session(api: Api, cloud: LocalCloud) -> None:
    """A17, A32: each of the codes is right and unused; the challenge is what ends."""
    someone = a_person(api, cloud, pin=None)
    _, codes = enrol(api, cloud, someone)
    begun = challenge(api, someone)
    with writing_together(4):
        answers = at_once(api, lambda own, code: prove(own, begun, "recovery_code", code), codes[:4])
    assert [answer.status for answer in answers].count(201) == 1
    assert len(sessions_of(api, someone.token)) == 2


def test_one_code_sets_one_password(api: Api, cloud: LocalCloud) -> None:
    """A17, A34."""
    someone = a_person(api, cloud, pin=None)
    begun = start_reset(api, phone=someone.phone).ok(202)["id"]
    code = code_to(cloud, someone.phone)
    words = ["amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "haven"]
    chosen = [f"seven quiet {word} rivers" for word in words]
    with writing_together(5):
        answers = at_once(api, lambda own, each: confirm_reset(own, begun, code, each), chosen)
    assert [answer.status for answer in answers].count(200) == 1
    (winner,) = [each for each, answer in zip(chosen, answers, strict=True) if answer.status == 200]
    give_password(api, phone=someone.phone, password=winner).ok(200)


def test_one_code_unlocks_once(api: Api, cloud: LocalCloud) -> None:
    """A17."""
    someone = a_person(api, cloud, pin=None)
    begun = start_unlock(api, phone=someone.phone).ok(202)["id"]
    code = code_to(cloud, someone.phone)
    with writing_together(5):
        answers = many(api, lambda own, _: confirm_unlock(own, begun, "sms", code))
    assert sorted(answer.status for answer in answers) == [200] + [403] * 7


def test_changes_of_the_password_at_once_make_one(api: Api, cloud: LocalCloud) -> None:
    """A6: each knows the present password, and only one of them replaces it."""
    someone = a_person(api, cloud, pin=None)
    chosen = [f"seven quiet {word} rivers" for word in ("amber", "birch", "cedar", "delta")]

    def change(own: Api, new: str) -> Answer:
        return own.put("/v1/password", {"current_password": PASSWORD, "new_password": new}, token=someone.token)

    with writing_together(4):
        answers = at_once(api, change, chosen)
    assert sorted(answer.status for answer in answers) == [200, 403, 403, 403]
    (winner,) = [each for each, answer in zip(chosen, answers, strict=True) if answer.status == 200]
    give_password(api, phone=someone.phone, password=winner).ok(200)


def test_an_authenticator_is_confirmed_once_with_one_set_of_recovery_codes(api: Api, cloud: LocalCloud) -> None:
    """A31, A32: what was shown to the others would be ten codes that open nothing."""
    someone = a_person(api, cloud, pin=None)
    app = Authenticator(cloud, api.post("/v1/totp", token=someone.token).ok(201)["secret"])
    code = app.code()
    with writing_together(5):
        answers = many(api, lambda own, _: own.post("/v1/totp/confirm", {"code": code}, token=someone.token))
    (shown,) = [answer.json["recovery_codes"] for answer in answers if answer.status == 200]
    cloud.clock.advance("61s")
    prove(api, challenge(api, someone), "recovery_code", shown[0]).ok(201)


def test_first_pins_at_once_set_one(api: Api, cloud: LocalCloud) -> None:
    """A49: a PIN that somebody was told is theirs is theirs."""
    someone = a_person(api, cloud, pin=None)
    chosen = ["907351", "640283", "715094", "382615", "428617", "593826", "260817", "739154"]
    with writing_together(len(chosen)):
        answers = at_once(api, lambda own, each: own.put("/v1/payment_pin", {"pin": each}, token=someone.token), chosen)
    set_by = [pin for pin, answer in zip(chosen, answers, strict=True) if answer.status == 200]
    assert len(set_by) == 1, [(answer.status, answer.text) for answer in answers]
    body = {"pin": "815093", "current_pin": set_by[0]}
    api.put("/v1/payment_pin", body, token=someone.token).ok(200)
