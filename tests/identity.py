"""Registering and signing in over HTTP, step by step, for the tests that look at the steps."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import pyotp

from dev.cloud.local import LocalCloud
from tests.build import PASSWORD, Someone, code_to
from tests.client import Answer, Api

T = TypeVar("T")


def register(api: Api, *, password: str = PASSWORD, **contact: Any) -> Answer:
    """The first step: asks for a wallet with `phone=` or `email=`."""
    return api.post("/v1/registrations", {"password": password, "consents": ["terms", "privacy"], **contact})


def confirm(api: Api, registration_id: str, code: str, **more: Any) -> Answer:
    return api.post(f"/v1/registrations/{registration_id}/confirm", {"code": code, **more})


def give_password(api: Api, *, password: str = PASSWORD, **contact: Any) -> Answer:
    """The first factor."""
    return api.post("/v1/sessions", {"password": password, **contact})


def challenge(api: Api, someone: Someone, **more: Any) -> str:
    """A challenge for the second factor, after the right password."""
    return str(give_password(api, phone=someone.phone, **more).ok(200)["challenge_id"])


def send_code(api: Api, challenge_id: str, method: str = "sms") -> Answer:
    return api.post(f"/v1/sessions/challenges/{challenge_id}/send", {"method": method})


def prove(api: Api, challenge_id: str, method: str, code: str) -> Answer:
    """The second factor."""
    return api.post(f"/v1/sessions/challenges/{challenge_id}/verify", {"method": method, "code": code})


def sign_in(api: Api, cloud: LocalCloud, someone: Someone, **more: Any) -> Any:
    """Both factors, the second by SMS; what the last step answers."""
    challenge_id = challenge(api, someone, **more)
    send_code(api, challenge_id).ok(202)
    return prove(api, challenge_id, "sms", code_to(cloud, someone.phone)).ok(201)


def other_than(code: str) -> str:
    """Six digits that are not the code."""
    return f"{(int(code) + 1) % 1_000_000:06d}"


class Authenticator:
    """The app on somebody's phone, which agrees with the cloud's clock."""

    def __init__(self, cloud: LocalCloud, secret: str) -> None:
        self._cloud = cloud
        self._totp = pyotp.TOTP(secret)

    def code(self, *, steps: int = 0) -> str:
        """What the app shows now, or so many half minutes later."""
        return self._totp.at(self._cloud.clock.now(), counter_offset=steps)


def enrol(api: Api, cloud: LocalCloud, someone: Someone) -> tuple[Authenticator, list[str]]:
    """An authenticator that counts, with its recovery codes; the next code it shows is a fresh one."""
    app = Authenticator(cloud, api.post("/v1/totp", token=someone.token).ok(201)["secret"])
    confirmed = api.post("/v1/totp/confirm", {"code": app.code()}, token=someone.token).ok(200)
    cloud.clock.advance("30s")
    return app, confirmed["recovery_codes"]


def at_once(times: int, call: Callable[[Api], T], api: Api) -> list[T]:
    """The same call from so many threads, each with a connection of its own."""

    def one(_: int) -> T:
        own = api.fresh()
        try:
            return call(own)
        finally:
            own.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))
