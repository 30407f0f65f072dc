"""Fifty guesses at once at every door of identity, over HTTP: five are looked at, and then the right answer opens it no more
than a wrong one. A guess is counted before it is evaluated (RFC 4226 section 7.3).
"""

from collections.abc import Callable
from typing import Any

import pytest

from dev.cloud.local import LocalCloud
from tests.build import PASSWORD, PIN, Someone, a_person, a_phone, code_to, send, signed_in_again
from tests.client import Answer, Api
from tests.crowd import at_once
from tests.elsewhere import From
from tests.freezing import confirm_report, report
from tests.identity import (
    challenge,
    confirm,
    enrol,
    give_password,
    other_than,
    prove,
    register,
    send_code,
)
from tests.recovering import confirm_reset, confirm_unlock, start_reset, start_unlock
from wallet_api.attempts.model import MAX_TRIES
from wallet_api.authorizations.use_cases import pins
from wallet_api.ledger.accounts import MAX_ATTEMPTS
from wallet_api.one_time_codes import model as one_time_codes
from wallet_api.one_time_codes.use_cases import OneTimeCodes
from wallet_api.passwords import use_cases as passwords
from wallet_api.second_factors.use_cases import SecondFactors

GUESSES = 50
WRONG_RECOVERY = "AAAAAA-BBBBBB-CCCCCC-DDDDDD"
Guess = Callable[[Api, str], Answer]


class Evaluations:
    """How often the secrets of people were compared with what was sent, whichever secret it was."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        nobodys = passwords._nobodys_hash()
        self._counting(monkeypatch, passwords, "_matches", lambda stored, _: stored != nobodys)
        self._counting(monkeypatch, pins, "pin_matches", lambda *_: True)
        self._counting(monkeypatch, SecondFactors, "_matched_step", lambda *_: True)
        self._counting(monkeypatch, SecondFactors, "_prove_recovery", lambda *_: True)
        self._counting(monkeypatch, OneTimeCodes, "_is", lambda *_: True)

    def _counting(self, monkeypatch: pytest.MonkeyPatch, where: object, name: str, counts: Callable[..., bool]) -> None:
        original = getattr(where, name)

        def counted(*given: Any) -> Any:
            self.count += counts(*given)
            return original(*given)

        monkeypatch.setattr(where, name, counted)


def password(api: Api, cloud: LocalCloud) -> tuple[Guess, str, str]:
    someone = a_person(api, cloud, pin=None)
    return lambda own, given: give_password(own, phone=someone.phone, password=given), PASSWORD, "not the password"


def current_password(api: Api, cloud: LocalCloud) -> tuple[Guess, str, str]:
    someone = a_person(api, cloud, pin=None)

    def guess(own: Api, given: str) -> Answer:
        body = {"current_password": given, "new_password": "seven quiet 茶 rivers"}
        return own.put("/v1/password", body, token=someone.token)

    return guess, PASSWORD, "not the password"


def authenticator(api: Api, cloud: LocalCloud) -> tuple[Guess, str, str]:
    someone = a_person(api, cloud, pin=None)
    app, _ = enrol(api, cloud, someone)
    begun = challenge(api, someone)
    return lambda own, given: prove(own, begun, "totp", given), app.code(), other_than(app.code())


def recovery_code(api: Api, cloud: LocalCloud) -> tuple[Guess, str, str]:
    someone = a_person(api, cloud, pin=None)
    _, codes = enrol(api, cloud, someone)
    begun = challenge(api, someone)
    return lambda own, given: prove(own, begun, "recovery_code", given), codes[0], WRONG_RECOVERY


def code_to_sign_in(api: Api, cloud: LocalCloud) -> tuple[Guess, str, str]:
    someone = a_person(api, cloud, pin=None)
    begun = challenge(api, someone)
    send_code(api, begun).ok(202)
    code = code_to(cloud, someone.phone)
    return lambda own, given: prove(own, begun, "sms", given), code, other_than(code)


def code_to_register(api: Api, cloud: LocalCloud) -> tuple[Guess, str, str]:
    phone = a_phone()
    begun = register(api, phone=phone).ok(202)["id"]
    code = code_to(cloud, phone)
    return lambda own, given: confirm(own, begun, given), code, other_than(code)


def code_to_reset(api: Api, cloud: LocalCloud) -> tuple[Guess, str, str]:
    someone = a_person(api, cloud, pin=None)
    begun = start_reset(api, phone=someone.phone).ok(202)["id"]
    code = code_to(cloud, someone.phone)
    return lambda own, given: confirm_reset(own, begun, given), code, other_than(code)


def code_to_unlock(api: Api, cloud: LocalCloud) -> tuple[Guess, str, str]:
    someone = a_person(api, cloud, pin=None)
    begun = start_unlock(api, phone=someone.phone).ok(202)["id"]
    code = code_to(cloud, someone.phone)
    return lambda own, given: confirm_unlock(own, begun, "sms", given), code, other_than(code)


def authenticator_to_unlock(api: Api, cloud: LocalCloud) -> tuple[Guess, str, str]:
    someone = a_person(api, cloud, pin=None)
    app, _ = enrol(api, cloud, someone)
    begun = start_unlock(api, phone=someone.phone).ok(202)["id"]
    return lambda own, given: confirm_unlock(own, begun, "totp", given), app.code(), other_than(app.code())


def recovery_code_to_unlock(api: Api, cloud: LocalCloud) -> tuple[Guess, str, str]:
    someone = a_person(api, cloud, pin=None)
    _, codes = enrol(api, cloud, someone)
    begun = start_unlock(api, phone=someone.phone).ok(202)["id"]
    return lambda own, given: confirm_unlock(own, begun, "recovery_code", given), codes[0], WRONG_RECOVERY


def code_to_remove_the_authenticator(api: Api, cloud: LocalCloud) -> tuple[Guess, str, str]:
    someone = a_person(api, cloud, pin=None)
    app, _ = enrol(api, cloud, someone)

    def guess(own: Api, given: str) -> Answer:
        return own.delete("/v1/totp", json={"code": given}, token=someone.token)

    return guess, app.code(), other_than(app.code())


def pin_to_send(api: Api, cloud: LocalCloud) -> tuple[Guess, str, str]:
    payer, payee = a_person(api, cloud), a_person(api, cloud)
    return lambda own, given: send(own, payer, payee, 100, pin=given), PIN, "907352"


def pin_to_ask(api: Api, cloud: LocalCloud) -> tuple[Guess, str, str]:
    payer, payee = a_person(api, cloud), a_person(api, cloud)
    fields = {"to": {"user_id": payee.id}, "amount": {"amount": 100, "currency": "CNY"}}

    def guess(own: Api, given: str) -> Answer:
        body = {"operation": "transfer", "fields": fields, "pin": given}
        return own.post("/v1/authorizations", body, token=payer.token)

    return guess, PIN, "907352"


def current_pin(api: Api, cloud: LocalCloud) -> tuple[Guess, str, str]:
    someone = a_person(api, cloud)

    def guess(own: Api, given: str) -> Answer:
        return own.put("/v1/payment_pin", {"pin": "640283", "current_pin": given}, token=someone.token)

    return guess, PIN, "907352"


def pin_for_a_device_key(api: Api, cloud: LocalCloud) -> tuple[Guess, str, str]:
    someone: Someone = a_person(api, cloud)
    public = (
        "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84z"
        "V2sxXs7LtkBoN79R9Q=="
    )

    def guess(own: Api, given: str) -> Answer:
        body = {"public_key": public, "algorithm": "ES256", "pin": given}
        return own.post("/v1/devices/current/key", body, token=someone.token)

    return guess, PIN, "907352"


def password_to_report_a_loss(api: Api, cloud: LocalCloud) -> tuple[Guess, str, str]:
    someone = a_person(api, cloud, pin=None)
    return lambda own, given: report(own, phone=someone.phone, password=given), PASSWORD, "not the password"


def code_to_report_a_loss(api: Api, cloud: LocalCloud) -> tuple[Guess, str, str]:
    someone = a_person(api, cloud, pin=None)
    begun = report(api, phone=someone.phone).ok(201)["id"]
    code = code_to(cloud, someone.phone)
    return lambda own, given: confirm_report(own, begun, given), code, other_than(code)


def password_to_remove_a_device(api: Api, cloud: LocalCloud) -> tuple[Guess, str, str]:
    someone = a_person(api, cloud, pin=None)
    cloud.clock.advance("16m")
    someone = signed_in_again(api, someone)
    device = api.get("/v1/devices", token=someone.token).ok(200)["data"][0]["id"]

    def guess(own: Api, given: str) -> Answer:
        return own.delete(f"/v1/devices/{device}", json={"password": given}, token=someone.token)

    return guess, PASSWORD, "not the password"


DOORS = [
    password,
    current_password,
    authenticator,
    recovery_code,
    code_to_sign_in,
    code_to_register,
    code_to_reset,
    code_to_unlock,
    authenticator_to_unlock,
    recovery_code_to_unlock,
    code_to_remove_the_authenticator,
    pin_to_send,
    pin_to_ask,
    current_pin,
    pin_for_a_device_key,
    password_to_report_a_loss,
    code_to_report_a_loss,
    password_to_remove_a_device,
]


@pytest.mark.parametrize("door", DOORS, ids=[door.__name__ for door in DOORS])
def test_of_fifty_guesses_at_once_five_are_looked_at(
    api: Api, cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch, door: Callable[[Api, LocalCloud], Any]
) -> None:
    """A12, A16, A20, A49: and the right answer, which comes as the fifty-first, is not looked at either."""
    cloud.clock.freeze()
    guess, right, wrong = door(api, cloud)
    looked_at = Evaluations(monkeypatch)
    answers = at_once(api, guess, [wrong] * GUESSES)
    assert {answer.status // 100 for answer in answers} == {4}, {answer.text for answer in answers}
    assert looked_at.count == MAX_TRIES == MAX_ATTEMPTS == one_time_codes.MAX_TRIES
    assert guess(api, right).status in (401, 403, 429)
    assert looked_at.count == MAX_TRIES


def test_guesses_from_a_hundred_addresses_are_guesses_at_one_person(api: Api, cloud: LocalCloud) -> None:
    """A13: the count is the person's, wherever the guesses come from; and so is the lock."""
    cloud.clock.freeze()
    someone = a_person(api, cloud, pin=None)
    for number in range(MAX_TRIES):
        elsewhere = From(cloud, f"203.0.113.{number + 1}")
        assert give_password(elsewhere, phone=someone.phone, password="not the password").status == 401
    for number in range(MAX_TRIES, 100):
        assert give_password(From(cloud, f"198.51.100.{number}"), phone=someone.phone).status == 401
    cloud.clock.advance("61s")
    give_password(From(cloud, "203.0.113.200"), phone=someone.phone).ok(200)
