"""However a session ends, the very next call with anything of it fails (A42)."""

from collections.abc import Callable

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests import freezing
from tests.build import PASSWORD, Someone, a_merchant, a_person, balance_of, refused, send
from tests.recovering import NEW_PASSWORD, reset
from tests.shopping import a_payment
from tests.signing import a_phone_of, ask, ask_transfer, pay, sign_in, transfer

Ending = Callable[[Api, LocalCloud, Someone, Someone], None]


def sign_out(api: Api, cloud: LocalCloud, there: Someone, owner: Someone) -> None:
    assert api.delete("/v1/sessions/current", token=there.token).status == 204


def end_elsewhere(api: Api, cloud: LocalCloud, there: Someone, owner: Someone) -> None:
    newest = api.get("/v1/sessions", token=there.token).ok(200)["data"]
    (there_id,) = [each["id"] for each in newest if each["current"]]
    assert api.delete(f"/v1/sessions/{there_id}", token=owner.token).status == 204


def remove_device(api: Api, cloud: LocalCloud, there: Someone, owner: Someone) -> None:
    (device,) = [each for each in api.get("/v1/devices", token=there.token).ok(200)["data"] if each["current"]]
    assert api.delete(f"/v1/devices/{device['id']}", token=owner.token).status == 204


def change_password(api: Api, cloud: LocalCloud, there: Someone, owner: Someone) -> None:
    body = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    api.put("/v1/password", body, token=owner.token).ok(200)


def reset_password(api: Api, cloud: LocalCloud, there: Someone, owner: Someone) -> None:
    reset(api, cloud, owner).ok(200)


def freeze(api: Api, cloud: LocalCloud, there: Someone, owner: Someone) -> None:
    freezing.freeze(api, owner).ok(201)


def report_lost(api: Api, cloud: LocalCloud, there: Someone, owner: Someone) -> None:
    freezing.report(api, phone=owner.phone, password=PASSWORD).ok(201)


ENDINGS = (sign_out, end_elsewhere, remove_device, change_password, reset_password, freeze, report_lost)


@pytest.mark.parametrize("ending", ENDINGS, ids=lambda ending: ending.__name__)
def test_nothing_of_an_ended_session_works_at_the_next_call_a42(api: Api, cloud: LocalCloud, ending: Ending) -> None:
    """A42: the access token, the refresh token, the PIN under that token, a transfer and a payment that its device had
    signed, a challenge that it had asked for, and the key.
    """
    owner, bo, shop = a_person(api, cloud, balance=1_000_00), a_person(api, cloud), a_merchant(cloud)
    there, _ = sign_in(api, cloud, owner)
    phone = a_phone_of(api, there)
    payment = a_payment(api, shop, 10_00)["id"]
    signed_payment = phone.yes(ask(api, there, "payment", payment_id=payment).ok(201))
    signed_transfer = phone.yes(ask_transfer(api, there, bo, 10_00))

    ending(api, cloud, there, owner)

    refused(pay(api, there, payment, signed_payment), 401, "session_ended")
    refused(transfer(api, there, bo, 10_00, signed_transfer), 401, "session_ended")
    refused(send(api, there, bo, 10_00), 401, "session_ended")
    refused(ask(api, there, "payment", payment_id=payment), 401, "session_ended")
    refused(api.get("/v1/me", token=there.token), 401, "session_ended")
    refused(api.post("/v1/sessions/refresh", {"refresh_token": there.refresh_token}), 401, "session_ended")
    assert balance_of(api, bo) == 0


@pytest.mark.parametrize(
    "ending", [change_password, reset_password, freeze, report_lost], ids=lambda each: each.__name__
)
def test_a_yes_of_an_ended_session_is_none_in_the_next_one_a42(api: Api, cloud: LocalCloud, ending: Ending) -> None:
    """A42, A46: the same device, signed in again by its token."""
    owner, bo = a_person(api, cloud, balance=1_000_00), a_person(api, cloud)
    there, session = sign_in(api, cloud, owner)
    signed = a_phone_of(api, there).yes(ask_transfer(api, there, bo, 10_00))
    ending(api, cloud, there, owner)
    cloud.clock.advance("61s")
    password = NEW_PASSWORD if ending in (change_password, reset_password) else PASSWORD
    again = freezing.back(api, cloud, owner, password=password, device={"token": session["device_token"]})
    refused(transfer(api, again, bo, 10_00, signed), 403, "authorization_used")
    assert balance_of(api, bo) == 0
