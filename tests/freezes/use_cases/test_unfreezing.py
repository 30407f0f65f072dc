"""Having a frozen wallet back takes more than stopping it, and leaves nothing of a thief behind."""

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests import freezing
from tests.build import PASSWORD, PIN, Someone, a_person, balance_of, code_to, refused, send, signed_in_again
from tests.crowd import at_once
from tests.faults.injector import OVERTAKEN, Faults, ProcessDied
from tests.identity import challenge as first_factor
from tests.identity import enrol, other_than, prove
from tests.recovering import NEW_PASSWORD, reset, told
from tests.signing import a_phone_of, ask_transfer, sign_in, transfer
from wallet_api.freezes.model import Shown


@pytest.fixture
def ada(api: Api, cloud: LocalCloud) -> Someone:
    return a_person(api, cloud, balance=1_000_00)


@pytest.fixture
def pinless(api: Api, cloud: LocalCloud) -> Someone:
    return a_person(api, cloud, pin=None)


@pytest.fixture
def bo(api: Api, cloud: LocalCloud) -> Someone:
    return a_person(api, cloud)


def test_a_stranger_unfreezes_nothing(api: Api, cloud: LocalCloud, ada: Someone, bo: Someone) -> None:
    refused(api.post("/v1/unfreezes", {"password": PASSWORD}), 401, "not_authenticated")
    refused(freezing.ask_unfreeze(api, bo), 409, "wallet_not_frozen")
    freezing.freeze(api, bo).ok(201)
    bo_again = freezing.back(api, cloud, bo)
    freezing.freeze(api, ada).ok(201)
    again = freezing.back(api, cloud, ada)
    asked = freezing.ask_unfreeze(api, again).ok(201)
    refused(freezing.confirm_unfreeze(api, bo_again, asked["id"], sms_code="123456"), 404, "not_found")
    refused(freezing.send_unfreeze(api, bo_again, asked["id"], "sms"), 404, "not_found")
    refused(freezing.confirm_unfreeze(api, again, "unf_nonsense", sms_code="123456"), 404, "not_found")


def test_it_takes_the_password_again_a38(api: Api, cloud: LocalCloud, ada: Someone) -> None:
    """A38: also within the first minutes of a session."""
    freezing.freeze(api, ada).ok(201)
    again = freezing.back(api, cloud, ada)
    refused(freezing.ask_unfreeze(api, again, "not the password"), 403, "wrong_current_password")
    refused(api.post("/v1/unfreezes", {}, token=again.token), 422, "invalid_request")


def test_phone_and_e_mail_together_unfreeze_at_once_a38(api: Api, cloud: LocalCloud, ada: Someone, bo: Someone) -> None:
    email = freezing.with_email(api, cloud, ada)
    freezing.freeze(api, ada).ok(201)
    again = freezing.back(api, cloud, ada)
    asked = freezing.ask_unfreeze(api, again).ok(201)
    assert asked["methods"] == ["sms", "email", "pin"]
    cloud.clock.advance("61s")
    sms = freezing.unfreeze_code(api, cloud, again, asked["id"], "sms", ada.phone)
    mail = freezing.unfreeze_code(api, cloud, again, asked["id"], "email", email)
    problem = refused(freezing.confirm_unfreeze(api, again, asked["id"], sms_code=sms), 403, "unfreeze_needs_more")
    assert (problem["methods"], problem["available_at"]) == ("sms email pin", asked["available_at"])
    refused(
        freezing.confirm_unfreeze(api, again, asked["id"], sms_code=sms, email_code=other_than(mail)), 403, "wrong_code"
    )
    done = freezing.confirm_unfreeze(api, again, asked["id"], sms_code=sms, email_code=mail).ok(200)
    assert done["status"] == "unfrozen"
    assert freezing.status(api, again) == "active"
    send(api, again, bo, 1_00).ok(201)
    assert any("已解冻" in text for text in told(cloud, email))


def test_phone_and_authenticator_together_unfreeze_at_once_a38(api: Api, cloud: LocalCloud, ada: Someone) -> None:
    app, recovery_codes = enrol(api, cloud, ada)
    freezing.report(api, phone=ada.phone, password=PASSWORD).ok(201)
    session = prove(api, first_factor(api, ada), "totp", app.code()).ok(201)["session"]
    again = Someone(ada.id, ada.phone, session["access_token"], session["refresh_token"])
    asked = freezing.ask_unfreeze(api, again).ok(201)
    sms = freezing.unfreeze_code(api, cloud, again, asked["id"], "sms", ada.phone)
    body = {"sms_code": sms, "authenticator_code": recovery_codes[0]}
    refused(
        freezing.confirm_unfreeze(api, again, asked["id"], **{**body, "authenticator_code": "000000"}),
        403,
        "wrong_factor",
    )
    freezing.confirm_unfreeze(api, again, asked["id"], **body).ok(200)
    refused(freezing.confirm_unfreeze(api, again, asked["id"], **body), 404, "not_found")


def test_a_phone_alone_waits_a_day_and_its_owner_may_freeze_it_again_meanwhile_a38(
    api: Api, cloud: LocalCloud, pinless: Someone
) -> None:
    """A38: the notice goes to every channel when somebody asks."""
    freezing.freeze(api, pinless).ok(201)
    again = freezing.back(api, cloud, pinless)
    asked = freezing.ask_unfreeze(api, again).ok(201)
    assert any("申请解冻" in text for text in told(cloud, pinless.phone))
    refused(freezing.send_unfreeze(api, again, asked["id"], "sms"), 403, "unfreeze_needs_more")
    refused(freezing.send_unfreeze(api, again, asked["id"], "email"), 422, "invalid_request")
    cloud.clock.advance("24h")
    again = signed_in_again(api, again)
    sms = freezing.unfreeze_code(api, cloud, again, asked["id"], "sms", pinless.phone)
    freezing.report(api, phone=pinless.phone, password=PASSWORD).ok(201)
    once_more = freezing.back(api, cloud, pinless)
    refused(freezing.confirm_unfreeze(api, once_more, asked["id"], sms_code=sms), 404, "not_found")
    asked = freezing.ask_unfreeze(api, once_more).ok(201)
    cloud.clock.advance("24h")
    once_more = signed_in_again(api, once_more)
    sms = freezing.unfreeze_code(api, cloud, once_more, asked["id"], "sms", pinless.phone)
    freezing.confirm_unfreeze(api, once_more, asked["id"], sms_code=sms).ok(200)
    assert freezing.status(api, once_more) == "active"


def test_who_took_the_number_over_waits_three_days_with_a_new_password_a26(
    api: Api, cloud: LocalCloud, pinless: Someone
) -> None:
    """A26: and an authenticator of their own does not help."""
    freezing.freeze(api, pinless).ok(201)
    reset(api, cloud, pinless).ok(200)
    cloud.clock.advance("61s")
    thief = freezing.back(api, cloud, pinless, password=NEW_PASSWORD)
    asked = freezing.ask_unfreeze(api, thief, NEW_PASSWORD).ok(201)
    assert asked["methods"] == ["sms"]
    cloud.clock.advance("71h")
    thief = signed_in_again(api, thief)
    refused(freezing.send_unfreeze(api, thief, asked["id"], "sms"), 403, "unfreeze_needs_more")


def test_nothing_of_who_signed_in_while_it_was_frozen_is_left(
    api: Api, cloud: LocalCloud, ada: Someone, bo: Someone
) -> None:
    """A42: sessions and keys from before and from during the freeze are dead after it."""
    email = freezing.with_email(api, cloud, ada)
    phone = a_phone_of(api, ada)
    before = ask_transfer(api, ada, bo, 1_00)
    freezing.freeze(api, ada).ok(201)
    thief, _ = sign_in(api, cloud, ada)
    cloud.clock.advance("61s")
    again = freezing.back(api, cloud, ada)
    refused(api.post("/v1/devices/current/key", {"public_key": phone.public_key, "algorithm": "ES256", "pin": "428617"},
                     token=thief.token), 403, "access_frozen")  # fmt: skip
    asked = freezing.ask_unfreeze(api, again).ok(201)
    cloud.clock.advance("61s")
    sms = freezing.unfreeze_code(api, cloud, again, asked["id"], "sms", ada.phone)
    mail = freezing.unfreeze_code(api, cloud, again, asked["id"], "email", email)
    freezing.confirm_unfreeze(api, again, asked["id"], sms_code=sms, email_code=mail).ok(200)
    refused(api.get("/v1/wallet", token=thief.token), 401, "session_ended")
    refused(transfer(api, ada, bo, 1_00, phone.yes(before)), 401, "session_ended")
    refused(transfer(api, again, bo, 1_00, phone.yes(before)), 403, "authorization_used")
    mine = ask_transfer(api, again, bo, 1_00)
    refused(transfer(api, again, bo, 1_00, phone.yes(mine)), 403, "wrong_signature")
    assert balance_of(api, bo) == 0


def test_of_many_confirmations_at_once_one_unfreezes(api: Api, cloud: LocalCloud, ada: Someone) -> None:
    """A17."""
    email = freezing.with_email(api, cloud, ada)
    freezing.freeze(api, ada).ok(201)
    again = freezing.back(api, cloud, ada)
    asked = freezing.ask_unfreeze(api, again).ok(201)
    cloud.clock.advance("61s")
    codes = {
        "sms_code": freezing.unfreeze_code(api, cloud, again, asked["id"], "sms", ada.phone),
        "email_code": freezing.unfreeze_code(api, cloud, again, asked["id"], "email", email),
    }
    answers = at_once(api, lambda client, _: freezing.confirm_unfreeze(client, again, asked["id"], **codes), range(4))
    assert [answer.status for answer in answers].count(200) == 1
    assert freezing.status(api, again) == "active"
    assert code_to(cloud, email) == codes["email_code"]


def test_a_phone_and_the_pin_unfreeze_at_once_and_a_thief_without_it_waits_a38(
    api: Api, cloud: LocalCloud, ada: Someone, bo: Someone
) -> None:
    """A38, A12: tries at it are counted as ever, and a right one gives them back."""
    freezing.freeze(api, ada).ok(201)
    again = freezing.back(api, cloud, ada)
    asked = freezing.ask_unfreeze(api, again).ok(201)
    assert asked["methods"] == ["sms", "pin"]
    cloud.clock.advance("61s")
    sms = freezing.unfreeze_code(api, cloud, again, asked["id"], "sms", ada.phone)
    wrong = freezing.confirm_unfreeze(api, again, asked["id"], sms_code=sms, pin="907351")
    assert refused(wrong, 403, "wrong_payment_pin")["attempts_left"] == 4
    freezing.confirm_unfreeze(api, again, asked["id"], sms_code=sms, pin=PIN).ok(200)
    assert refused(send(api, again, bo, 1_00, pin="907351"), 403, "wrong_payment_pin")["attempts_left"] == 4
    send(api, again, bo, 1_00).ok(201)


class Ready:
    """A frozen wallet whose owner holds both codes, and a thief's session that began since."""

    def __init__(self, api: Api, cloud: LocalCloud, owner: Someone) -> None:
        email = freezing.with_email(api, cloud, owner)
        freezing.freeze(api, owner).ok(201)
        self.thief = freezing.back(api, cloud, owner)
        cloud.clock.advance("61s")
        self.owner = freezing.back(api, cloud, owner)
        self.id = freezing.ask_unfreeze(api, self.owner).ok(201)["id"]
        cloud.clock.advance("61s")
        self.codes = {
            "sms_code": freezing.unfreeze_code(api, cloud, self.owner, self.id, "sms", owner.phone),
            "email_code": freezing.unfreeze_code(api, cloud, self.owner, self.id, "email", email),
        }


def test_a_report_that_overtakes_the_unfreeze_voids_it(
    api: Api, cloud: LocalCloud, faults: Faults, ada: Someone
) -> None:
    """A38: between the look at the person and the write."""
    ready, elsewhere = Ready(api, cloud, ada), api.fresh()
    faults.meanwhile = lambda: freezing.report(elsewhere, phone=ada.phone, password=PASSWORD).ok(201)
    faults.aim("TransactWriteItems", 1, OVERTAKEN)
    refused(freezing.confirm_unfreeze(api, ready.owner, ready.id, **ready.codes), 403, "access_frozen")
    elsewhere.close()
    refused(api.get("/v1/wallet", token=ready.owner.token), 401, "session_ended")
    assert cloud.wallet.people.require(ada.id).frozen_since is not None


def test_an_unfreeze_is_one_write_with_the_end_of_every_other_session(
    api: Api, cloud: LocalCloud, faults: Faults, ada: Someone
) -> None:
    """A42: a process that dies after it leaves no thief behind."""
    ready = Ready(api, cloud, ada)
    caller = cloud.wallet.sessions.presented(ready.owner.token)
    assert caller is not None
    session = cloud.wallet.sessions.require_live(caller)
    faults.aim("TransactWriteItems", 1, "died after")
    with pytest.raises(ProcessDied):
        cloud.wallet.unfreezes.confirm(session, ready.id, Shown(**ready.codes))
    faults.clear()
    assert freezing.status(api, ready.owner) == "active"
    refused(api.get("/v1/wallet", token=ready.thief.token), 401, "session_ended")
