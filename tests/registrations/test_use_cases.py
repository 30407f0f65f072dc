"""Registering: exactly one wallet for one contact, whatever races."""

import pytest

from dev.cloud.local import LocalCloud
from tests.build import a_person, a_phone, code_to, refused
from tests.client import Answer, Api
from tests.faults.injector import Faults
from tests.identity import at_once, confirm, give_password, other_than, register
from wallet_api.ledger import chart
from wallet_api.people import model


def test_a_number_without_its_country_gets_its_message_with_it(api: Api, cloud: LocalCloud) -> None:
    """S45: SNS takes only E.164 numbers; the local one would take any."""
    phone = a_phone()
    register(api, phone=phone.removeprefix("+86")).ok(202)
    assert [message.to for message in cloud.inbox.messages()] == [phone]


def test_parallel_sign_ups_with_one_phone_make_one_wallet(api: Api, cloud: LocalCloud) -> None:
    """M21: both prove the phone, and one claims it."""
    phone = a_phone()
    started = []
    for _ in range(3):
        begun = register(api, phone=phone).ok(202)
        started.append((begun["id"], code_to(cloud, phone)))

    def finish(own: Api) -> Answer:
        return confirm(own, *started[int(own_turns.pop())])

    own_turns = [0, 1, 2]
    answers = at_once(3, finish, api)
    assert sorted(answer.status for answer in answers) == [201, 409, 409]
    for answer in answers:
        if answer.status == 409:
            refused(answer, 409, "contact_taken")


def test_a_confirmation_that_is_sent_many_times_at_once_makes_one_person(api: Api, cloud: LocalCloud) -> None:
    """A17: one person and one session, of which every copy that is answered tells the same."""
    phone = a_phone()
    begun = register(api, phone=phone).ok(202)
    code = code_to(cloud, phone)
    answers = at_once(6, lambda own: confirm(own, begun["id"], code), api)
    assert {answer.status for answer in answers} <= {201, 403}
    made = [answer.json for answer in answers if answer.status == 201]
    assert made
    assert len({each["user"]["id"] for each in made}) == len({each["session"]["access_token"] for each in made}) == 1
    assert len(api.get("/v1/sessions", token=made[0]["session"]["access_token"]).ok(200)["data"]) == 1
    give_password(api, phone=phone).ok(200)


def test_a_confirmation_whose_answer_was_lost_is_answered_again_for_a_moment(api: Api, cloud: LocalCloud) -> None:
    """A17, A18: the same session for the same code; nothing for another code, for long, or once the tokens were renewed."""
    phone = a_phone()
    begun = register(api, phone=phone).ok(202)
    code = code_to(cloud, phone)
    first = confirm(api, begun["id"], code).ok(201)
    again = confirm(api, begun["id"], code).ok(201)
    assert again["session"]["access_token"] == first["session"]["access_token"]
    api.get("/v1/me", token=again["session"]["access_token"]).ok(200)
    refused(confirm(api, begun["id"], other_than(code)), 403, "code_used_up")
    api.post("/v1/sessions/refresh", {"refresh_token": first["session"]["refresh_token"]}).ok(200)
    refused(confirm(api, begun["id"], code), 403, "code_used_up")
    cloud.clock.advance("3m")
    refused(confirm(api, begun["id"], code), 403, "code_used_up")


def test_a_new_person_has_everything_at_once_or_nothing(api: Api, cloud: LocalCloud, faults: Faults) -> None:
    """A write that fails leaves nobody, and the code still works."""
    phone = a_phone()
    begun = register(api, phone=phone).ok(202)
    code = code_to(cloud, phone)
    faults.always("TransactWriteItems", "conflict")
    refused(confirm(api, begun["id"], code), 503, "storage_busy")
    faults.clear()
    assert give_password(api, phone=phone).status == 401
    made = confirm(api, begun["id"], code).ok(201)
    account = cloud.wallet.ledger.accounts.require(chart.customer(made["user"]["id"]))
    assert (account.status, account.balances) == ("active", {})


@pytest.mark.parametrize("fault", ["applied, no answer", "applied, 500", "no answer, not applied", "conflict"])
def test_a_write_whose_answer_is_lost_makes_one_person(api: Api, cloud: LocalCloud, faults: Faults, fault: str) -> None:
    """M15: it is sent again with its own token, and applied once."""
    phone = a_phone()
    begun = register(api, phone=phone).ok(202)
    code = code_to(cloud, phone)
    faults.hit(3, fault)
    confirm(api, begun["id"], code).ok(201)
    assert len(faults.made("TransactWriteItems")) == 2 + 2, "two to register, and the confirming one twice"
    give_password(api, phone=phone).ok(200)


@pytest.mark.parametrize("channel", ["phone", "email"])
def test_a_registration_ends_after_an_hour(api: Api, cloud: LocalCloud, channel: str) -> None:
    """M24: by the clock, not by the table's own cleaning."""
    contact = a_phone() if channel == "phone" else "li.na@example.com"
    begun = register(api, **{channel: contact}).ok(202)
    cloud.clock.advance("1h")
    refused(api.post(f"/v1/registrations/{begun['id']}/resend", {}), 404, "not_found")
    refused(confirm(api, begun["id"], code_to(cloud, contact)), 404, "not_found")


def test_what_somebody_agreed_to_is_kept_with_its_version(
    api: Api, cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The version that was in force when they were asked, also when another came before they proved the contact."""
    phone = a_phone()
    begun = register(api, phone=phone).ok(202)
    asked = dict(model.TEXTS_IN_FORCE)
    assert set(asked) == set(model.CONSENTS)
    monkeypatch.setattr(model, "TEXTS_IN_FORCE", dict.fromkeys(asked, "2027-01-01"))
    made = confirm(api, begun["id"], code_to(cloud, phone)).ok(201)
    assert cloud.wallet.people.require(made["user"]["id"]).agreed_to == asked
    later = a_person(api, cloud, pin=None)
    assert cloud.wallet.people.require(later.id).agreed_to == dict.fromkeys(asked, "2027-01-01")
