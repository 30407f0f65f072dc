"""What the doors of identity say of a phone number that nobody has, and of one that somebody has, whatever state they are in:
the same answer, after the same calls and as many runs of argon2. Only the owner of the phone learns more.
"""

from collections.abc import Callable
from typing import Any

import argon2
import pytest

from dev.cloud.local import LocalCloud
from tests.build import PASSWORD, Someone, a_person, a_phone
from tests.client import Answer, Api
from tests.faults.injector import Faults
from tests.freezing import confirm_report, freeze, report
from tests.headers import untimed
from tests.identity import confirm, enrol, give_password, register
from tests.recovering import confirm_reset, confirm_unlock, lock, start_reset, start_unlock

Make = Callable[[Api, LocalCloud], str]
Ask = Callable[[Api, str], Answer]

OF_ITS_OWN = {"x-request-id", "date"}
WRONG_RECOVERY = "AAAAAA-BBBBBB-CCCCCC-DDDDDD"


def unknown(_api: Api, _cloud: LocalCloud) -> str:
    return a_phone()


def known(api: Api, cloud: LocalCloud) -> str:
    return a_person(api, cloud, pin=None).phone


def unverified(api: Api, _cloud: LocalCloud) -> str:
    phone = a_phone()
    register(api, phone=phone).ok(202)
    return phone


def locked(api: Api, cloud: LocalCloud) -> str:
    someone = a_person(api, cloud, pin=None)
    lock(api, someone)
    return someone.phone


def frozen(api: Api, cloud: LocalCloud) -> str:
    someone = a_person(api, cloud, pin=None)
    freeze(api, someone).ok(201)
    return someone.phone


def with_an_authenticator(api: Api, cloud: LocalCloud) -> str:
    someone: Someone = a_person(api, cloud, pin=None)
    enrol(api, cloud, someone)
    return someone.phone


PEOPLE = [known, unverified, locked, frozen, with_an_authenticator]


def registering(api: Api, phone: str) -> Answer:
    return register(api, phone=phone)


def confirming_a_registration(api: Api, phone: str) -> Answer:
    return confirm(api, register(api, phone=phone).ok(202)["id"], "000000")


def asking_for_the_code_again(api: Api, phone: str) -> Answer:
    return api.post(f"/v1/registrations/{register(api, phone=phone).ok(202)['id']}/resend", {})


def signing_in(api: Api, phone: str) -> Answer:
    return give_password(api, phone=phone, password="not the password")


def forgetting_the_password(api: Api, phone: str) -> Answer:
    return start_reset(api, phone=phone)


def setting_a_password(api: Api, phone: str) -> Answer:
    return confirm_reset(api, start_reset(api, phone=phone).ok(202)["id"], "000000")


def unlocking(api: Api, phone: str) -> Answer:
    return start_unlock(api, phone=phone)


def unlocking_with(method: str, code: str) -> Ask:
    def ask(api: Api, phone: str) -> Answer:
        return confirm_unlock(api, start_unlock(api, phone=phone).ok(202)["id"], method, code)

    ask.__name__ = f"unlocking_with_{method}"
    return ask


def reporting_a_loss(api: Api, phone: str) -> Answer:
    return report(api, phone=phone, password="not the password")


def reporting_a_loss_without_the_password(api: Api, phone: str) -> Answer:
    return report(api, phone=phone)


def confirming_a_loss(api: Api, phone: str) -> Answer:
    return confirm_report(api, report(api, phone=phone).ok(201)["id"], "000000")


DOORS: list[Ask] = [
    registering,
    confirming_a_registration,
    asking_for_the_code_again,
    signing_in,
    forgetting_the_password,
    setting_a_password,
    unlocking,
    unlocking_with("sms", "000000"),
    unlocking_with("totp", "000000"),
    unlocking_with("recovery_code", WRONG_RECOVERY),
    reporting_a_loss,
    reporting_a_loss_without_the_password,
    confirming_a_loss,
]


class Costs:
    """What an answer took: the calls to storage by name, and the runs of argon2."""

    def __init__(self, faults: Faults, monkeypatch: pytest.MonkeyPatch) -> None:
        self.faults, self.runs = faults, 0
        for name in ("hash", "verify"):
            self._counting(monkeypatch, name, getattr(argon2.PasswordHasher, name))

    def _counting(self, monkeypatch: pytest.MonkeyPatch, name: str, original: Callable[..., Any]) -> None:
        def counted(*given: Any) -> Any:
            self.runs += 1
            return original(*given)

        monkeypatch.setattr(argon2.PasswordHasher, name, counted)

    def of(self, ask: Ask, api: Api, phone: str) -> tuple[Answer, list[str], int]:
        self.faults.clear()
        before = self.runs
        answer = ask(api, phone)
        return answer, sorted(operation for operation, _ in self.faults.calls), self.runs - before


def shown(value: Any, phone: str) -> Any:
    """An answer without what names this one request: ids, and the last digits of the phone."""
    if isinstance(value, dict):
        return {name: shown(inner, phone) for name, inner in value.items() if name != "request_id"}
    if isinstance(value, list):
        return [shown(inner, phone) for inner in value]
    if isinstance(value, str) and value[3:4] == "_":
        return value[:4]
    return value.replace(phone[-4:], "####") if isinstance(value, str) else value


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
def test_a_door_says_the_same_of_everybody_at_the_same_cost(
    api: Api, cloud: LocalCloud, faults: Faults, monkeypatch: pytest.MonkeyPatch, door: Ask, lang: str
) -> None:
    """A10, A11, A14: status, body, headers, calls, and argon2 at most once."""
    cloud.clock.freeze(cloud.clock.now().replace(microsecond=0))
    monkeypatch.setattr(api, "call", with_language(api.call, lang))
    phones = {make.__name__: make(api, cloud) for make in (unknown, *PEOPLE)}
    costs = Costs(faults, monkeypatch)
    told = {}
    for name, phone in phones.items():
        answer, calls, runs = costs.of(door, api, phone)
        headers = {each: untimed(value) for each, value in answer.headers.items() if each not in OF_ITS_OWN}
        told[name] = (answer.status, shown(answer.json, phone), headers, calls, runs)
    nobody = told.pop("unknown")
    assert told == dict.fromkeys(told, nobody)
    assert nobody[-1] <= 1, "nobody makes the wallet work harder than one hash for each request"
    assert door not in (signing_in, reporting_a_loss) or nobody[-1] == 1


def with_language(call: Callable[..., Answer], lang: str) -> Callable[..., Answer]:
    return lambda *given, **options: call(*given, **{"lang": lang, **options})


@pytest.mark.parametrize("make", [unknown, unverified, locked], ids=lambda make: make.__name__)
def test_the_right_password_says_no_more_where_nobody_may_sign_in(api: Api, cloud: LocalCloud, make: Make) -> None:
    """A10, A14."""
    phone = make(api, cloud)
    wrong, right = signing_in(api, phone), give_password(api, phone=phone, password=PASSWORD)
    assert (wrong.status, shown(wrong.json, phone)) == (right.status, shown(right.json, phone))
    assert wrong.status == 401
