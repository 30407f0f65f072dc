"""Everything of identity and of a payment that ends by itself, over HTTP: `POST /sandbox/clock` takes a developer there.

Each is tried ten seconds before its time, and at it: what would end too early is as wrong as what never ends.
"""

import pytest

from dev.cloud.local import LocalCloud
from tests import banking, signing
from tests.build import PASSWORD, PIN, a_merchant, a_person, a_phone, code_to, signed_in_again
from tests.client import Answer, Api
from tests.contract.sandbox import DAY, HOUR, MARGIN, MINUTE, Begin, Use, move
from tests.freezing import ask_unfreeze, back, confirm_report, freeze, report, send_unfreeze
from tests.identity import challenge, confirm, prove, register, send_code
from tests.recovering import confirm_reset, confirm_unlock, start_reset, start_unlock
from tests.shopping import a_payment


def registration_code(api: Api, cloud: LocalCloud) -> Use:
    phone = a_phone()
    begun = register(api, phone=phone, locale="en").ok(202)["id"]
    code = code_to(cloud, phone)
    return lambda: confirm(api, begun, code)


def registration(api: Api, cloud: LocalCloud) -> Use:
    begun = register(api, phone=a_phone()).ok(202)["id"]
    return lambda: api.post(f"/v1/registrations/{begun}/resend", {})


def code_to_sign_in(api: Api, cloud: LocalCloud) -> Use:
    someone = a_person(api, cloud, pin=None)
    begun = challenge(api, someone)
    send_code(api, begun).ok(202)
    code = code_to(cloud, someone.phone)
    return lambda: prove(api, begun, "sms", code)


def sign_in_challenge(api: Api, cloud: LocalCloud) -> Use:
    begun = challenge(api, a_person(api, cloud, pin=None))
    return lambda: send_code(api, begun)


def access_token(api: Api, cloud: LocalCloud) -> Use:
    someone = a_person(api, cloud, pin=None)
    return lambda: api.get("/v1/me", token=someone.token)


def idle_session(api: Api, cloud: LocalCloud) -> Use:
    someone = a_person(api, cloud, pin=None)
    return lambda: api.post("/v1/sessions/refresh", {"refresh_token": someone.refresh_token})


def busy_session(api: Api, cloud: LocalCloud) -> Use:
    """Refreshed every 29 days, so that three are left of its ninety."""
    someone = a_person(api, cloud, pin=None)
    for _ in range(3):
        move(api, 29 * DAY)
        someone = signed_in_again(api, someone)
    return lambda: api.post("/v1/sessions/refresh", {"refresh_token": someone.refresh_token})


def retry_of_a_refresh(api: Api, cloud: LocalCloud) -> Use:
    someone = a_person(api, cloud, pin=None)
    signed_in_again(api, someone)
    return lambda: api.post("/v1/sessions/refresh", {"refresh_token": someone.refresh_token})


def retry_of_a_registration(api: Api, cloud: LocalCloud) -> Use:
    phone = a_phone()
    begun = register(api, phone=phone).ok(202)["id"]
    code = code_to(cloud, phone)
    confirm(api, begun, code).ok(201)
    return lambda: confirm(api, begun, code)


def password_reset(api: Api, cloud: LocalCloud) -> Use:
    someone = a_person(api, cloud, pin=None)
    begun = start_reset(api, phone=someone.phone).ok(202)["id"]
    code = code_to(cloud, someone.phone)
    return lambda: confirm_reset(api, begun, code)


def unlock(api: Api, cloud: LocalCloud) -> Use:
    someone = a_person(api, cloud, pin=None)
    begun = start_unlock(api, phone=someone.phone).ok(202)["id"]
    code = code_to(cloud, someone.phone)
    return lambda: confirm_unlock(api, begun, "sms", code)


def contact_change(api: Api, cloud: LocalCloud) -> Use:
    someone = a_person(api, cloud, pin=None)
    body = {"current_password": PASSWORD, "email": "li.na@example.com"}
    begun = api.post("/v1/contact_changes", body, token=someone.token).ok(202)["id"]

    def use() -> Answer:
        there = signed_in_again(api, someone)
        return api.post(f"/v1/contact_changes/{begun}/send", {"method": "sms"}, token=there.token)

    return use


def challenge_to_sign(api: Api, cloud: LocalCloud) -> Use:
    payer, payee = a_person(api, cloud, balance=5_000), a_person(api, cloud)
    phone = signing.a_phone_of(api, payer)
    yes = phone.yes(signing.ask_transfer(api, payer, payee, 700))
    return lambda: signing.transfer(api, payer, payee, 700, yes)


def fee_quote(api: Api, cloud: LocalCloud) -> Use:
    payer, payee = a_person(api, cloud, balance=5_000), a_person(api, cloud)
    begun = banking.quote(api, payer, "transfer", 700, payee={"user_id": payee.id}).ok(201)["id"]
    return lambda: signing.transfer(api, payer, payee, 700, {"pin": PIN}, quote_id=begun)


def payment(api: Api, cloud: LocalCloud) -> Use:
    payer = a_person(api, cloud, balance=5_000)
    begun = a_payment(api, a_merchant(cloud), 700)["id"]
    return lambda: signing.pay(api, signed_in_again(api, payer), begun, {"pin": PIN})


def loss_report(api: Api, cloud: LocalCloud) -> Use:
    someone = a_person(api, cloud, pin=None)
    begun = report(api, phone=someone.phone).ok(201)["id"]
    code = code_to(cloud, someone.phone)
    return lambda: confirm_report(api, begun, code)


def pin_reset(api: Api, cloud: LocalCloud) -> Use:
    someone = a_person(api, cloud)
    begun = api.post("/v1/payment_pin_resets", {"password": PASSWORD}, token=someone.token).ok(202)["id"]
    body = {"code": code_to(cloud, someone.phone), "pin": "640283"}
    return lambda: api.post(f"/v1/payment_pin_resets/{begun}/confirm", body, token=someone.token)


def asking_without_the_password(api: Api, cloud: LocalCloud) -> Use:
    """What signing in with it a moment ago spares."""
    someone = a_person(api, cloud)
    return lambda: api.post("/v1/payment_pin_resets", {}, token=signed_in_again(api, someone).token)


def unfreezing(api: Api, cloud: LocalCloud) -> Use:
    owner = a_person(api, cloud, pin=None)
    freeze(api, owner).ok(201)
    there = back(api, cloud, owner)
    begun = ask_unfreeze(api, there).ok(201)["id"]
    return lambda: send_unfreeze(api, signed_in_again(api, there), begun, "sms")


def card_code(api: Api, cloud: LocalCloud) -> Use:
    someone = a_person(api, cloud, pin=None)
    begun = banking.bind(api, someone).ok(201)["id"]
    code = code_to(cloud, someone.phone)
    return lambda: banking.verify(api, someone, begun, code)


ENDS: list[tuple[Begin, int, int, str]] = [
    (registration_code, 10 * MINUTE, 403, "code_expired"),
    (registration, HOUR, 404, "not_found"),
    (retry_of_a_registration, 2 * MINUTE, 403, "code_used_up"),
    (code_to_sign_in, 10 * MINUTE, 403, "code_expired"),
    (sign_in_challenge, 15 * MINUTE, 404, "not_found"),
    (access_token, 15 * MINUTE, 401, "not_authenticated"),
    (idle_session, 30 * DAY, 401, "session_ended"),
    (busy_session, 3 * DAY, 401, "session_ended"),
    (retry_of_a_refresh, 35, 401, "session_ended"),
    (password_reset, 10 * MINUTE, 404, "not_found"),
    (unlock, 10 * MINUTE, 404, "not_found"),
    (contact_change, 15 * MINUTE, 404, "not_found"),
    (challenge_to_sign, 5 * MINUTE, 403, "authorization_expired"),
    (fee_quote, 10 * MINUTE, 409, "quote_expired"),
    (payment, 15 * MINUTE, 409, "payment_expired"),
    (loss_report, 10 * MINUTE, 404, "not_found"),
    (pin_reset, 10 * MINUTE, 403, "code_expired"),
    (asking_without_the_password, 15 * MINUTE, 403, "password_required"),
    (unfreezing, 7 * DAY, 404, "not_found"),
    (card_code, 10 * MINUTE, 409, "card_code_expired"),
]


@pytest.mark.parametrize(("begin", "life", "status", "code"), ENDS, ids=[each[0].__name__ for each in ENDS])
def test_it_is_good_until_its_time_and_dead_from_then_on(
    api: Api, cloud: LocalCloud, begin: Begin, life: int, status: int, code: str
) -> None:
    """A17, A41, A44, A46, M24, O11."""
    use = begin(api, cloud)
    move(api, life - MARGIN)
    early = use()
    assert early.status < 300, early.text
    use = begin(api, cloud)
    move(api, life)
    late = use()
    assert (late.status, late.json["code"]) == (status, code), late.text
    assert use().status >= 400, "and it does not come back"
