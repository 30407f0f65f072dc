"""A freeze is at once and total: every token, key, code and signature is worth nothing from the very next call."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests import freezing
from tests.build import PASSWORD, Someone, a_merchant, a_person, balance_of, code_to, refused, send
from tests.faults.injector import Faults, ProcessDied
from tests.identity import Authenticator, challenge, give_password, prove, send_code
from tests.recovering import told
from tests.shopping import a_paid_payment, refund
from tests.signing import a_phone_of, ask_transfer, sign_in, transfer


@pytest.fixture
def ada(api: Api, cloud: LocalCloud) -> Someone:
    return a_person(api, cloud, balance=10_000_00)


@pytest.fixture
def bo(api: Api, cloud: LocalCloud) -> Someone:
    return a_person(api, cloud)


def test_a_stranger_freezes_nothing_a10(api: Api, cloud: LocalCloud, ada: Someone) -> None:
    """A10: unknown, wrong and locked are told the same, and cost the same."""
    refused(api.post("/v1/freezes", {}), 401, "not_authenticated")
    wrong = freezing.report(api, phone=ada.phone, password="not the password")
    unknown = freezing.report(api, phone="+8613999999999", password=PASSWORD)
    for answer in (wrong, unknown):
        refused(answer, 401, "loss_report_refused")
    assert wrong.json["detail"] == unknown.json["detail"]
    assert freezing.status(api, ada) == "active"


def test_an_unknown_contact_is_answered_like_a_known_one_a10(api: Api, cloud: LocalCloud, ada: Someone) -> None:
    """A10: and it is told that it has no wallet, by a message that counts as much."""
    known, unknown = (freezing.report(api, phone=phone).ok(201) for phone in (ada.phone, "+8613999999999"))
    assert set(known) == set(unknown)
    assert known["status"] == unknown["status"] == "code_sent"
    assert "尚未开通" in cloud.inbox.messages("+8613999999999")[0].shown()["text"]
    refused(freezing.confirm_report(api, unknown["id"], "000000"), 403, "wrong_code")
    counts = {
        phone: [freezing.report(api, phone=phone).status for _ in range(8)] for phone in (ada.phone, "+8613999999999")
    }
    assert counts[ada.phone] == counts["+8613999999999"]


def test_guesses_at_a_loss_report_use_up_the_tries_of_the_password_a12(
    api: Api, cloud: LocalCloud, ada: Someone
) -> None:
    """A12, A14: no second counter, so no more guesses; a code freezes all the same."""
    for _ in range(5):
        refused(freezing.report(api, phone=ada.phone, password="not the password"), 401, "loss_report_refused")
    refused(give_password(api, phone=ada.phone), 401, "invalid_credentials")
    refused(freezing.report(api, phone=ada.phone, password=PASSWORD), 401, "loss_report_refused")
    begun = freezing.report(api, phone=ada.phone).ok(201)
    freezing.confirm_report(api, begun["id"], code_to(cloud, ada.phone)).ok(200)
    refused(api.get("/v1/wallet", token=ada.token), 401, "session_ended")


@pytest.mark.parametrize("way", ["owner", "password", "code"])
def test_whoever_shows_one_factor_freezes_at_once_a38(api: Api, cloud: LocalCloud, ada: Someone, way: str) -> None:
    """A38, A42: access token, refresh token and every other session are dead at the very next call."""
    elsewhere, _ = sign_in(api, cloud, ada)
    if way == "owner":
        assert freezing.freeze(api, ada).ok(201)["status"] == "frozen"
    elif way == "password":
        assert freezing.report(api, phone=ada.phone, password=PASSWORD).ok(201)["status"] == "frozen"
    else:
        begun = freezing.report(api, phone=ada.phone).ok(201)
        freezing.confirm_report(api, begun["id"], code_to(cloud, ada.phone)).ok(200)
    for someone in (ada, elsewhere):
        refused(api.get("/v1/wallet", token=someone.token), 401, "session_ended")
        refused(api.post("/v1/sessions/refresh", {"refresh_token": someone.refresh_token}), 401, "session_ended")
    assert freezing.status(api, freezing.back(api, cloud, ada)) == "frozen"
    assert any("已冻结" in text for text in told(cloud, ada.phone))


def test_what_was_signed_before_moves_nothing_a42(api: Api, cloud: LocalCloud, ada: Someone, bo: Someone) -> None:
    """A42, A46: a signed move that was not executed yet; by the old session and by a new one on the same phone."""
    phone = a_phone_of(api, ada)
    asked = ask_transfer(api, ada, bo, 100_00)
    signed = phone.yes(asked)
    freezing.freeze(api, ada).ok(201)
    refused(transfer(api, ada, bo, 100_00, signed), 401, "session_ended")
    again = freezing.back(api, cloud, ada)
    refused(transfer(api, again, bo, 100_00, signed), 403, "authorization_used")
    refused(send(api, again, bo, 100_00), 402, "wallet_frozen")
    devices = api.get("/v1/devices", token=again.token).ok(200)["data"]
    assert [each["key"] for each in devices] == [None, None]
    assert balance_of(api, again) == 10_000_00


def test_a_sign_in_that_was_under_way_ends_with_the_freeze_a42(api: Api, cloud: LocalCloud, ada: Someone) -> None:
    """A42: its code is void as well."""
    begun = challenge(api, ada)
    send_code(api, begun).ok(202)
    code = code_to(cloud, ada.phone)
    freezing.freeze(api, ada).ok(201)
    refused(prove(api, begun, "sms", code), 404, "not_found")


def test_a_frozen_wallet_gives_nothing_takes_no_transfer_and_gets_its_refund(
    api: Api, cloud: LocalCloud, ada: Someone, bo: Someone
) -> None:
    shop = a_merchant(cloud)
    payment = a_paid_payment(api, shop, ada, 12_50)
    rich = a_person(api, cloud, balance=100_00)
    freezing.freeze(api, ada).ok(201)
    assert refund(api, shop, payment["id"]).ok(201)["status"] == "succeeded"
    refused(send(api, rich, ada, 1_00), 402, "payee_unavailable")
    again = freezing.back(api, cloud, ada)
    assert balance_of(api, again) == 10_000_00
    wallet = api.get("/v1/wallet", token=again.token).ok(200)
    assert (wallet["status"], wallet["freeze"]["unfreeze_with"]) == ("frozen", "POST /v1/unfreezes")


def test_while_it_is_frozen_what_proves_the_owner_stays_as_it_is(api: Api, cloud: LocalCloud, ada: Someone) -> None:
    """A38: else a thief would first make the proof that an unfreeze takes."""
    freezing.freeze(api, ada).ok(201)
    again = freezing.back(api, cloud, ada)
    refused(
        api.put("/v1/payment_pin", {"pin": "907351", "current_pin": "428617"}, token=again.token), 403, "access_frozen"
    )
    refused(api.post("/v1/payment_pin_resets", {}, token=again.token), 403, "access_frozen")
    body = {"email": "thief@example.com", "current_password": PASSWORD}
    change = api.post("/v1/contact_changes", body, token=again.token).ok(202)
    cloud.clock.advance("61s")
    api.post(f"/v1/contact_changes/{change['id']}/send", {"method": "sms"}, token=again.token).ok(202)
    proof = {"code": code_to(cloud, "thief@example.com"), "method": "sms", "factor_code": code_to(cloud, ada.phone)}
    refused(api.post(f"/v1/contact_changes/{change['id']}/confirm", proof, token=again.token), 403, "access_frozen")
    made = api.post("/v1/totp", {}, token=again.token).ok(201)
    code = Authenticator(cloud, made["secret"]).code()
    refused(api.post("/v1/totp/confirm", {"code": code}, token=again.token), 403, "access_frozen")


def test_a_report_whose_answer_was_lost_is_answered_again(api: Api, cloud: LocalCloud, ada: Someone) -> None:
    begun = freezing.report(api, phone=ada.phone).ok(201)
    code = code_to(cloud, ada.phone)
    first, second = (freezing.confirm_report(api, begun["id"], code).ok(200) for _ in range(2))
    assert first == second
    cloud.clock.advance("121s")
    refused(freezing.confirm_report(api, begun["id"], code), 403, "code_used_up")


def test_of_a_freeze_and_payments_at_once_no_money_moves_after_the_freeze(
    api: Api, cloud: LocalCloud, ada: Someone, bo: Someone
) -> None:
    """A42: each payment is wholly before the freeze, or refused."""

    def call(number: int) -> str:
        client = api.fresh()
        try:
            answer = freezing.freeze(client, ada) if number == 4 else send(client, ada, bo, 10_00)
            return "" if answer.status == 201 else str(answer.json["code"])
        finally:
            client.close()

    with ThreadPoolExecutor(9) as crowd:
        answers = list(crowd.map(call, range(9)))
    sent = [each for number, each in enumerate(answers) if number != 4]
    assert answers[4] == ""
    # Eight tries at once are more than a PIN has: whoever comes while five are evaluated is told to wait.
    assert set(sent) <= {"", "session_ended", "wallet_frozen", "payment_pin_busy", "payment_pin_locked"}
    assert balance_of(api, bo) == 10_00 * sent.count("")
    refused(send(api, freezing.back(api, cloud, ada), bo, 1_00), 402, "wallet_frozen")


@pytest.mark.parametrize(("fault", "frozen"), [("died before", False), ("died after", True)])
def test_a_freeze_is_one_write_so_a_process_that_dies_leaves_all_of_it_or_nothing(
    api: Api, cloud: LocalCloud, faults: Faults, ada: Someone, fault: str, frozen: bool
) -> None:
    """A42: the sessions end with the account, not after it."""
    caller = cloud.wallet.sessions.presented(ada.token)
    assert caller is not None
    faults.aim("TransactWriteItems", 1, fault)
    with pytest.raises(ProcessDied):
        cloud.wallet.freezes.freeze(caller)
    faults.clear()
    assert (cloud.wallet.people.require(ada.id).frozen_since is not None) == frozen
    assert api.get("/v1/wallet", token=ada.token).status == (401 if frozen else 200)
