"""O11: one clock. Instances of a function disagree by seconds, days and months end, and nobody loses money or access by it."""

import ast
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dev.cloud.local import LocalCloud
from tests.build import a_person, balance_of, code_to, send
from tests.client import Api
from tests.identity import challenge, confirm, enrol, prove, register, send_code, sign_in

ROOT = Path(__file__).resolve().parents[2]
ENDS = {
    "a month": datetime(2026, 11, 30, 15, 59, 58, tzinfo=UTC),
    "a year": datetime(2026, 12, 31, 15, 59, 58, tzinfo=UTC),
    "a leap day": datetime(2028, 2, 29, 15, 59, 58, tzinfo=UTC),
    "a UTC day": datetime(2027, 3, 14, 23, 59, 58, tzinfo=UTC),
    "summer time in Europe": datetime(2027, 3, 28, 0, 59, 58, tzinfo=UTC),
}
"""Two seconds before each of them; a day of the wallet ends at 16:00 UTC."""


def put_back(cloud: LocalCloud, by: timedelta = timedelta(seconds=2)) -> None:
    """The next call is served by an instance whose clock is behind."""
    cloud.clock.freeze(cloud.clock.now() - by)


@pytest.mark.parametrize("end", ENDS)
def test_a_journey_goes_over_an_end_of_the_calendar(api: Api, cloud: LocalCloud, end: str) -> None:
    """O11, M32: registered and signed in before it, paid and refreshed after it."""
    cloud.clock.freeze(ENDS[end])
    payer, payee = a_person(api, cloud, balance=5_000), a_person(api, cloud)
    open_challenge = challenge(api, payer)
    send_code(api, open_challenge).ok(202)
    code = code_to(cloud, payer.phone)
    send(api, payer, payee, 700).ok(201)
    cloud.clock.advance("4s")
    prove(api, open_challenge, "sms", code).ok(201)
    send(api, payer, payee, 300).ok(201)
    assert balance_of(api, payee) == 1_000
    shown = api.get("/v1/transactions", token=payer.token).ok()["data"]
    times = [datetime.fromisoformat(each["created_at"]) for each in shown]
    assert times == sorted(times, reverse=True)
    assert times[0] - times[1] == timedelta(seconds=4)
    api.post("/v1/sessions/refresh", {"refresh_token": payer.refresh_token}).ok(200)


@pytest.mark.parametrize("end", ENDS)
def test_an_instance_that_is_two_seconds_behind_serves_as_well(api: Api, cloud: LocalCloud, end: str) -> None:
    """O11, A17, A27: what the one before it issued is valid, what it spent stays spent."""
    cloud.clock.freeze(ENDS[end] + timedelta(seconds=3))
    someone, other = a_person(api, cloud, balance=5_000), a_person(api, cloud)
    begun = register(api, phone="+8613911110000").ok(202)
    open_challenge = challenge(api, someone)
    send_code(api, open_challenge).ok(202)
    put_back(cloud)
    confirm(api, begun["id"], code_to(cloud, "+8613911110000")).ok(201)
    code = code_to(cloud, someone.phone)
    token = prove(api, open_challenge, "sms", code).ok(201)["session"]["access_token"]
    put_back(cloud)
    api.get("/v1/me", token=token).ok(200)
    assert prove(api, open_challenge, "sms", code).status in (401, 404, 409)
    send(api, someone, other, 700).ok(201)
    put_back(cloud)
    send(api, someone, other, 300).ok(201)
    assert (balance_of(api, other), balance_of(api, someone)) == (1_000, 4_000)


def test_a_code_of_an_authenticator_stays_used_when_the_clock_goes_back(api: Api, cloud: LocalCloud) -> None:
    """O11, A27: the step that was used is kept, so that time cannot make a code good again."""
    cloud.clock.freeze(ENDS["a month"].replace(second=1))
    someone = a_person(api, cloud)
    app, _ = enrol(api, cloud, someone)
    code = app.code()
    prove(api, challenge(api, someone), "totp", code).ok(201)
    for _ in range(2):
        put_back(cloud)
        assert prove(api, challenge(api, someone), "totp", code).status == 401
    cloud.clock.advance("1m")
    prove(api, challenge(api, someone), "totp", app.code()).ok(201)


def test_a_session_that_ended_stays_ended_when_the_clock_goes_back(api: Api, cloud: LocalCloud) -> None:
    """O11, A42."""
    cloud.clock.freeze()
    someone = a_person(api, cloud)
    token = sign_in(api, cloud, someone)["session"]["access_token"]
    assert api.delete("/v1/sessions/current", token=token).status < 300
    put_back(cloud)
    assert api.get("/v1/me", token=token).status == 401


def test_no_time_of_the_wallet_is_without_its_zone() -> None:
    """O11: neither made so, nor made so out of one that had its zone."""
    naive = []
    for path in [*(ROOT / "wallet_api").rglob("*.py"), *(ROOT / "chalicelib").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                named = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
                unzoned = node.func.attr == "replace" and named.get("tzinfo") == "None"
                utc = node.func.attr in ("utcnow", "utcfromtimestamp")
                # Moment writes UTC as text with a Z of its own, after it has asked for the zone.
                if (unzoned and path.name != "items.py") or utc:
                    naive.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert naive == []
