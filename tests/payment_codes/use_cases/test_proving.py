"""What a code is good for, and what ends it. P35 is held here."""

from collections.abc import Callable
from typing import Any

import pytest

from bench.meter import metered
from dev.client import Answer, Api
from dev.cloud.local import LocalCloud
from tests.build import PASSWORD, Shop, Someone, a_merchant, a_person, as_merchant, balance_of, cny, key, refused
from tests.freezing import freeze
from tests.handset import Handset, a_handset, get_secret, scan, set_limit
from tests.identity import sign_in
from tests.shopping import at_once
from wallet_api.ledger import chart
from wallet_api.ledger.accounts import StaleAccount
from wallet_api.payment_codes.errors import PaymentCodeRefused
from wallet_api.payment_codes.model import MAX_TRIES

SMALL, LARGE = 200_00, 200_01


@pytest.fixture
def shop(cloud: LocalCloud) -> Shop:
    return a_merchant(cloud)


@pytest.fixture
def ada(api: Api, cloud: LocalCloud) -> Someone:
    return a_person(api, cloud, balance=2_000_00)


@pytest.fixture
def phone(api: Api, cloud: LocalCloud, ada: Someone) -> Handset:
    return a_handset(api, cloud, ada)


def wrong(answer: Answer) -> dict[str, Any]:
    return refused(answer, 403, "payment_code_refused")


def another(code: str) -> str:
    """A code with the same alias and another one-time password."""
    return code[:-1] + str((int(code[-1]) + 5) % 10)


def told(answer: Answer) -> tuple[Any, ...]:
    """All that a till can see of a refusal, but for what names the request."""
    headers = {
        name: value for name, value in answer.headers.items() if name not in ("x-request-id", "date", "server-timing")
    }
    return answer.status, {**wrong(answer), "request_id": ""}, headers


def test_every_code_that_pays_nothing_is_told_the_same(
    api: Api, cloud: LocalCloud, shop: Shop, ada: Someone, phone: Handset
) -> None:
    """P35: unknown, wrong, used, expired, ahead of its time, of a stopped owner: nobody learns which, or whose it was."""
    used = phone.code()
    scan(api, shop, used).ok(201)
    late, early = phone.code(steps=-2), phone.code(steps=4)
    unknown = phone.told["prefix"] + "000000000" + used[-7:]
    foreign = "28" + used[2:]
    answers = [scan(api, shop, code) for code in (used, late, early, another(phone.next_code()), unknown, foreign)]
    dead = phone.next_code()
    freeze(api, ada).ok()
    answers.append(scan(api, shop, dead))
    assert len({str(told(answer)) for answer in answers}) == 1


def test_a_code_of_nobody_makes_the_same_calls_as_a_wrong_one_of_somebody(
    api: Api, cloud: LocalCloud, shop: Shop, phone: Handset
) -> None:
    """P35: how long an answer takes tells nobody which aliases there are."""
    unknown = phone.told["prefix"] + "000000000" + phone.code()[-7:]
    scan(api, shop, unknown)
    made = []
    for code in (unknown, another(phone.code())):
        with metered() as meter:
            wrong(scan(api, shop, code))
        made.append((meter.names, meter.round_trips))
    assert made[0] == made[1]


def test_a_code_is_good_once(api: Api, cloud: LocalCloud, shop: Shop, ada: Someone, phone: Handset) -> None:
    """P35: for whoever shows it again, the same till or another."""
    code, before = phone.code(), balance_of(api, ada)
    scan(api, shop, code, 10_00).ok(201)
    wrong(scan(api, shop, code, 10_00))
    wrong(scan(api, a_merchant(cloud), code, 10_00))
    assert balance_of(api, ada) == before - 10_00
    scan(api, shop, phone.next_code(), 10_00).ok(201)


def test_of_two_tills_with_one_code_at_once_one_is_paid(
    api: Api, cloud: LocalCloud, shop: Shop, ada: Someone, phone: Handset
) -> None:
    code, other, before = phone.code(), a_merchant(cloud), balance_of(api, ada)
    answers = at_once(api, *(lambda client, at=at: scan(client, at, code, 10_00) for at in (shop, other, shop, other)))
    assert sorted(answer.status for answer in answers) == [201, 403, 403, 403]
    assert balance_of(api, ada) == before - 10_00


@pytest.mark.parametrize("seconds", [-41, -21, -19, 0, 19, 21, 41])
def test_a_code_lives_for_a_minute_whatever_the_phones_clock(
    api: Api, cloud: LocalCloud, shop: Shop, phone: Handset, seconds: int
) -> None:
    """P35. A phone that is a step ahead or behind pays; one that is further off does not."""
    cloud.clock.freeze()
    phone.off = seconds

    def step(at: float) -> int:
        return int(at) // 20

    now = cloud.clock.now().timestamp()
    taken = abs(step(now + seconds) - step(now)) <= 1
    assert scan(api, shop, phone.code()).status == (201 if taken else 403)


def test_a_code_opens_nothing_but_a_payment(api: Api, cloud: LocalCloud, ada: Someone, phone: Handset) -> None:
    """P35: it is no password, no second factor, no token and no yes to any other move."""
    code = phone.code()
    assert api.post("/v1/sessions", {"phone": ada.phone, "password": code}).status == 401
    challenge = api.post("/v1/sessions", {"phone": ada.phone, "password": PASSWORD}).ok(200)["challenge_id"]
    path = f"/v1/sessions/challenges/{challenge}/verify"
    assert api.post(path, {"method": "sms", "code": code[-6:]}).status in (401, 403, 422)
    assert api.get("/v1/wallet", token=code).status == 401
    assert api.get("/v1/wallet", token=phone.told["secret"]).status == 401
    body = {"to": {"phone": a_person(api, cloud).phone}, "amount": cny(100), "authorization": {"pin": code[-6:]}}
    assert api.post("/v1/transfers", body, token=ada.token, key=key()).status == 403


def _sign_out(api: Api, cloud: LocalCloud, ada: Someone) -> None:
    api.delete("/v1/sessions/current", token=ada.token).ok()


def _remove_device(api: Api, cloud: LocalCloud, ada: Someone) -> None:
    (device,) = api.get("/v1/devices", token=ada.token).ok(200)["data"]
    api.delete(f"/v1/devices/{device['id']}", token=ada.token).ok()


def _freeze(api: Api, cloud: LocalCloud, ada: Someone) -> None:
    freeze(api, ada).ok()


def _change_password(api: Api, cloud: LocalCloud, ada: Someone) -> None:
    body = {"current_password": PASSWORD, "new_password": "another cup of pu-erh"}
    api.put("/v1/password", body, token=ada.token).ok()


def _stop_codes(api: Api, cloud: LocalCloud, ada: Someone) -> None:
    api.delete("/v1/devices/current/payment_code_secret", token=ada.token).ok(204)


def _ask_again(api: Api, cloud: LocalCloud, ada: Someone) -> None:
    get_secret(api, ada).ok(201)


def _freeze_by_operator(api: Api, cloud: LocalCloud, ada: Someone) -> None:
    with cloud.wallet.storage.atomic_write() as write:
        cloud.wallet.ledger.accounts.freeze(chart.customer(ada.id), write)


def _wait_a_week(api: Api, cloud: LocalCloud, ada: Someone) -> None:
    cloud.clock.advance("7d")


@pytest.mark.parametrize(
    "end",
    [
        _sign_out,
        _remove_device,
        _freeze,
        _change_password,
        _stop_codes,
        _ask_again,
        _freeze_by_operator,
        _wait_a_week,
    ],
)
def test_what_ends_a_device_ends_its_codes_at_once(
    api: Api,
    cloud: LocalCloud,
    shop: Shop,
    ada: Someone,
    phone: Handset,
    end: Callable[[Api, LocalCloud, Someone], None],
) -> None:
    """P35: codes die with the session, the device, a freeze, a new password, and the secret's own time."""
    scan(api, shop, phone.code()).ok(201)
    end(api, cloud, ada)
    wrong(scan(api, shop, phone.next_code()))


def test_the_codes_of_another_device_go_on(
    api: Api, cloud: LocalCloud, shop: Shop, ada: Someone, phone: Handset
) -> None:
    """Each device has a secret of its own, under an alias of its own."""
    session = sign_in(api, cloud, ada)["session"]
    tablet = Someone(ada.id, ada.phone, session["access_token"], session["refresh_token"])
    other = a_handset(api, cloud, tablet)
    assert (other.told["alias"], other.told["secret"]) != (phone.told["alias"], phone.told["secret"])
    _sign_out(api, cloud, ada)
    wrong(scan(api, shop, phone.code()))
    # A device that is new to its owner pays nothing by itself.
    assert scan(api, shop, other.code()).ok(201)["status"] == "requires_action"


@pytest.mark.parametrize("end", [_sign_out, _remove_device, _freeze, _change_password, _stop_codes, _ask_again])
def test_what_ends_a_code_after_it_was_proven_is_seen_by_the_moneys_own_write(
    api: Api,
    cloud: LocalCloud,
    shop: Shop,
    ada: Someone,
    phone: Handset,
    end: Callable[[Api, LocalCloud, Someone], None],
) -> None:
    """P35: nothing lies between the look at a session or a password and the payment that relies on it."""
    wallet = cloud.wallet
    with wallet.storage.trip() as trip:
        shown = wallet.payment_codes.reading(phone.code(), shop.id, trip)
    good = wallet.payment_codes.prove(shown())
    end(api, cloud, ada)
    with pytest.raises(PaymentCodeRefused), wallet.storage.atomic_write() as write:
        wallet.payment_codes.use(good, write)


def test_a_lower_limit_is_seen_by_the_moneys_own_write(
    api: Api, cloud: LocalCloud, shop: Shop, ada: Someone, phone: Handset
) -> None:
    """A customer who wants to be asked from now on is asked, whatever was read before."""
    wallet = cloud.wallet
    with wallet.storage.trip() as trip:
        shown = wallet.payment_codes.reading(phone.code(), shop.id, trip)
    good = wallet.payment_codes.prove(shown())
    with wallet.storage.atomic_write() as write:
        wallet.payment_codes.require_small(good, write, StaleAccount())
    set_limit(api, ada, 0).ok(200)
    with pytest.raises(StaleAccount), wallet.storage.atomic_write() as write:
        wallet.payment_codes.require_small(good, write, StaleAccount())


def test_ten_wrong_codes_end_an_alias(api: Api, cloud: LocalCloud, shop: Shop, phone: Handset) -> None:
    """P35, A12: whoever saw a code and guesses the next has ten tries, and the phone's own does not pay either then."""
    for _ in range(MAX_TRIES):
        wrong(scan(api, shop, another(phone.code())))
    wrong(scan(api, shop, phone.code()))


def test_a_code_that_pays_begins_the_count_anew(api: Api, cloud: LocalCloud, shop: Shop, phone: Handset) -> None:
    for _ in range(3):
        for _ in range(MAX_TRIES - 1):
            wrong(scan(api, shop, another(phone.code())))
        scan(api, shop, phone.code()).ok(201)
        cloud.clock.advance("10m")


def test_a_till_that_shows_too_many_wrong_codes_has_to_wait(
    api: Api, cloud: LocalCloud, shop: Shop, phone: Handset
) -> None:
    """P35: guesses are counted for each merchant, and even a right code is not looked at meanwhile; others go on."""
    cloud.clock.freeze()
    guesses = [scan(api, shop, f"47{number:016}") for number in range(30)]
    assert {guess.status for guess in guesses} == {403}
    stopped = scan(api, shop, phone.code())
    assert refused(stopped, 429, "rate_limited")["retry"] == "after"
    assert int(stopped.headers["retry-after"]) > 0
    scan(api, a_merchant(cloud), phone.code()).ok(201)
    cloud.clock.advance("10m")
    scan(api, shop, phone.code()).ok(201)


def test_codes_that_pay_use_no_share_up(api: Api, cloud: LocalCloud, shop: Shop, phone: Handset) -> None:
    """A busy till takes any number of good codes."""
    for _ in range(35):
        scan(api, shop, phone.next_code(), 1_00).ok(201)


def test_a_person_scans_nobody_and_a_key_that_was_revoked_counts_no_try(
    api: Api, cloud: LocalCloud, shop: Shop, ada: Someone, phone: Handset
) -> None:
    body = {"amount": cny(1), "description": "x", "order_id": "1", "payment_code": phone.code()}
    assert api.post("/v1/payments", body, token=ada.token, key=key()).status == 403
    gone = a_merchant(cloud)
    caller = as_merchant(cloud, gone)
    cloud.wallet.merchants.revoke_key(gone.id, caller.key_id)
    for _ in range(MAX_TRIES + 1):
        assert scan(api, gone, another(phone.code())).status == 401
    scan(api, shop, phone.code()).ok(201)
