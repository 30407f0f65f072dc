"""What a phone number alone is worth to who took it over: a look at the wallet at most, and no money (A25, A26)."""

from typing import Any

import pytest

from dev.client import Answer, Api
from dev.cloud.local import LocalCloud
from tests import freezing
from tests.build import PASSWORD, PIN, Someone, a_person, code_to, refused, send, signed_in_again
from tests.identity import enrol, give_password, prove, send_code
from tests.recovering import NEW_PASSWORD, reset, start_reset
from tests.recovering import confirm_reset as confirm
from tests.signing import Phone, an_authenticator, register_key
from wallet_api.recoveries.model import UNUSED_FOR

THIEFS_PIN = "907351"


@pytest.fixture
def ada(api: Api, cloud: LocalCloud) -> Someone:
    return a_person(api, cloud, balance=5_000_00)


@pytest.fixture
def thief(api: Api, cloud: LocalCloud, ada: Someone) -> Someone:
    """Who has the number and nothing else, signed in after a reset by SMS."""
    reset(api, cloud, ada).ok(200)
    cloud.clock.advance("61s")
    return freezing.back(api, cloud, ada, password=NEW_PASSWORD)


def start_pin_reset(api: Api, someone: Someone, **body: Any) -> Answer:
    return api.post("/v1/payment_pin_resets", body, token=someone.token)


def test_a_reset_by_sms_is_worth_no_new_pin_for_three_days_a26(api: Api, cloud: LocalCloud, thief: Someone) -> None:
    """A25, A26: with or without the password, and it is said from when on."""
    for body in ({}, {"password": NEW_PASSWORD}):
        problem = refused(start_pin_reset(api, thief, **body), 403, "payment_pin_cooling_down")
        assert problem["available_at"].endswith("Z")
        assert 71 * 3600 < problem["retry_after_seconds"] <= 72 * 3600
    cloud.clock.advance("71h")
    thief = signed_in_again(api, thief)
    refused(start_pin_reset(api, thief, password=NEW_PASSWORD), 403, "payment_pin_cooling_down")
    cloud.clock.advance("1h")
    start_pin_reset(api, signed_in_again(api, thief), password=NEW_PASSWORD).ok(202)


def test_a_pin_reset_that_was_begun_before_does_not_help_a26(api: Api, cloud: LocalCloud, ada: Someone) -> None:
    begun = start_pin_reset(api, ada).ok(202)
    code = code_to(cloud, ada.phone)
    reset(api, cloud, ada).ok(200)
    cloud.clock.advance("61s")
    thief = freezing.back(api, cloud, ada, password=NEW_PASSWORD)
    body = {"code": code, "pin": THIEFS_PIN}
    answer = api.post(f"/v1/payment_pin_resets/{begun['id']}/confirm", body, token=thief.token)
    refused(answer, 403, "payment_pin_cooling_down")


def test_a_wallet_without_a_pin_gets_none_from_who_took_the_number_over_a26(api: Api, cloud: LocalCloud) -> None:
    """A26: setting a first PIN takes nothing but a session, so it waits as well."""
    eve = a_person(api, cloud, pin=None)
    reset(api, cloud, eve).ok(200)
    cloud.clock.advance("61s")
    thief = freezing.back(api, cloud, eve, password=NEW_PASSWORD)
    refused(api.put("/v1/payment_pin", {"pin": THIEFS_PIN}, token=thief.token), 403, "payment_pin_cooling_down")


def test_an_authenticator_that_the_thief_sets_up_replaces_no_pin_a26(
    api: Api, cloud: LocalCloud, thief: Someone
) -> None:
    """A26: neither for a key that would sign payments nor for the PIN."""
    code = an_authenticator(api, cloud, thief)
    phone = Phone()
    refused(register_key(api, thief, phone, code=code()), 403, "payment_pin_required")
    refused(start_pin_reset(api, thief, authenticator_code=code()), 403, "wrong_factor")
    cloud.clock.advance("72h")
    refused(register_key(api, signed_in_again(api, thief), phone, code=code()), 403, "payment_pin_required")


def test_where_there_is_an_authenticator_the_number_does_not_even_sign_in_a33(
    api: Api, cloud: LocalCloud, ada: Someone
) -> None:
    """A33, A26: not after days either; the authenticator itself ends all that, the wait for a new PIN too."""
    app, recovery_codes = enrol(api, cloud, ada)
    reset(api, cloud, ada).ok(200)
    cloud.clock.advance("80h")
    begun = give_password(api, phone=ada.phone, password=NEW_PASSWORD).ok(200)
    assert begun["methods"] == ["totp", "recovery_code"]
    refused(send_code(api, begun["challenge_id"]), 422, "method_not_offered")
    prove(api, begun["challenge_id"], "totp", app.code()).ok(201)
    begun = give_password(api, phone=ada.phone, password=NEW_PASSWORD).ok(200)
    assert begun["methods"] == ["totp", "sms", "recovery_code"]
    session = prove(api, begun["challenge_id"], "recovery_code", recovery_codes[0]).ok(201)["session"]
    owner = Someone(ada.id, ada.phone, session["access_token"], session["refresh_token"])
    start_pin_reset(api, owner).ok(202)


def test_where_there_is_an_e_mail_address_it_is_the_second_factor_after_a_reset_by_sms_a24(
    api: Api, cloud: LocalCloud, ada: Someone
) -> None:
    """A24, A26: two factors are two. Whoever reads both is not made to wait for a PIN longer than for the e-mail's own day."""
    email = freezing.with_email(api, cloud, ada)
    cloud.clock.advance("25h")
    reset(api, cloud, ada).ok(200)
    begun = give_password(api, phone=ada.phone, password=NEW_PASSWORD).ok(200)
    assert begun["methods"] == ["email"]
    refused(send_code(api, begun["challenge_id"]), 422, "method_not_offered")
    send_code(api, begun["challenge_id"], "email").ok(202)
    session = prove(api, begun["challenge_id"], "email", code_to(cloud, email)).ok(201)["session"]
    owner = Someone(ada.id, ada.phone, session["access_token"], session["refresh_token"])
    start_pin_reset(api, owner).ok(202)


def test_who_lost_the_e_mail_as_well_signs_in_by_sms_after_three_days(
    api: Api, cloud: LocalCloud, ada: Someone
) -> None:
    """A37: a way that takes time, in which the owner is told."""
    freezing.with_email(api, cloud, ada)
    reset(api, cloud, ada).ok(200)
    cloud.clock.advance("72h")
    assert give_password(api, phone=ada.phone, password=NEW_PASSWORD).ok(200)["methods"] == ["sms", "email"]


def test_an_owner_who_knows_the_pin_pays_little_at_once_and_much_later_a25(
    api: Api, cloud: LocalCloud, ada: Someone
) -> None:
    """A25: after a reset a code by SMS is no step-up."""
    token = {"token": device_token_of(api, cloud, ada)}
    bo = a_person(api, cloud)
    cloud.clock.advance("25h")
    reset(api, cloud, ada).ok(200)
    cloud.clock.advance("61s")
    owner = freezing.back(api, cloud, ada, password=NEW_PASSWORD, device=token)
    send(api, owner, bo, 1_000_00, pin=PIN).ok(201)
    problem = refused(send(api, owner, bo, 1_000_01, pin=PIN), 403, "step_up_unavailable")
    assert problem["reason"] == "recovered_password"
    cloud.clock.advance("72h")
    send(api, signed_in_again(api, owner), bo, 1_000_01, pin=PIN).ok(201)


def test_a_recycled_number_does_not_open_its_former_owners_wallet_a26(
    api: Api, cloud: LocalCloud, ada: Someone
) -> None:
    """A26: a wallet that nobody used for as long as a number lies idle is not given to who gets its SMS; the code, the
    password and the money stay as they were.
    """
    cloud.clock.advance(int(UNUSED_FOR.total_seconds()) + 60)
    begun = start_reset(api, phone=ada.phone).ok(202)
    refused(confirm(api, begun["id"], code_to(cloud, ada.phone)), 403, "recovery_needs_more")
    refused(confirm(api, begun["id"], code_to(cloud, ada.phone)), 403, "recovery_needs_more")
    refused(give_password(api, phone=ada.phone, password=NEW_PASSWORD), 401, "invalid_credentials")
    give_password(api, phone=ada.phone, password=PASSWORD).ok(200)


def test_a_wallet_in_use_is_recovered_however_old_its_sign_in_is(api: Api, cloud: LocalCloud, ada: Someone) -> None:
    for _ in range(4):
        cloud.clock.advance("22d")
        ada = signed_in_again(api, ada)
    cloud.clock.advance("3d")
    reset(api, cloud, ada).ok(200)


def device_token_of(api: Api, cloud: LocalCloud, someone: Someone) -> str:
    """What the device that someone is signed in on shows when it signs in again."""
    session = api.post("/v1/sessions/refresh", {"refresh_token": someone.refresh_token}).ok(200)["session"]
    return str(session["device_token"])
