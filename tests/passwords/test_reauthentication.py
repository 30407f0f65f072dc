"""What a thief of the unlocked phone would do takes the password: somebody else is signed out, a factor is set up."""

from typing import Any

import pytest

from dev.client import Answer, Api
from dev.cloud.local import LocalCloud
from tests.build import PASSWORD, Someone, a_person, refused, signed_in_again
from tests.signing import sign_in


@pytest.fixture
def ada(api: Api, cloud: LocalCloud) -> Someone:
    return a_person(api, cloud)


def asked(api: Api, someone: Someone, what: str, elsewhere: Any, **body: str) -> Answer:
    if what == "totp":
        return api.post("/v1/totp", body, token=someone.token)
    if what == "pin reset":
        return api.post("/v1/payment_pin_resets", body, token=someone.token)
    path = f"/v1/sessions/{elsewhere['id']}" if what == "session" else f"/v1/devices/{elsewhere['device_id']}"
    return api.call("DELETE", path, json=body or None, token=someone.token)


@pytest.mark.parametrize("what", ["session", "device", "totp", "pin reset"])
def test_a_quarter_of_an_hour_after_signing_in_it_takes_the_password_a43(
    api: Api, cloud: LocalCloud, ada: Someone, what: str
) -> None:
    """A36, A43: refreshing the session is no sign-in."""
    _, elsewhere = sign_in(api, cloud, ada)
    cloud.clock.advance("14m")
    ada = signed_in_again(api, ada)
    cloud.clock.advance("61s")
    problem = refused(asked(api, ada, what, elsewhere), 403, "password_required")
    assert problem["retry"] == "same_key"
    refused(asked(api, ada, what, elsewhere, password="not the password"), 403, "wrong_current_password")
    assert asked(api, ada, what, elsewhere, password=PASSWORD).status in (201, 202, 204)


@pytest.mark.parametrize("what", ["session", "device", "totp", "pin reset"])
def test_within_it_the_sign_in_stands_for_the_password(api: Api, cloud: LocalCloud, ada: Someone, what: str) -> None:
    _, elsewhere = sign_in(api, cloud, ada)
    refused(asked(api, ada, what, elsewhere, password="not the password"), 403, "wrong_current_password")
    assert asked(api, ada, what, elsewhere).status in (201, 202, 204)


def test_wrong_passwords_here_are_counted_with_those_at_the_door_a12(api: Api, cloud: LocalCloud, ada: Someone) -> None:
    """A12: no second counter."""
    _, elsewhere = sign_in(api, cloud, ada)
    for _ in range(5):
        refused(asked(api, ada, "device", elsewhere, password="not the password"), 403, "wrong_current_password")
    refused(asked(api, ada, "device", elsewhere, password=PASSWORD), 403, "wrong_current_password")


def test_leaving_never_takes_the_password(api: Api, cloud: LocalCloud, ada: Someone) -> None:
    """Signing out oneself, by either name of the session."""
    there, session = sign_in(api, cloud, ada)
    cloud.clock.advance("14m")
    there, ada = signed_in_again(api, there), signed_in_again(api, ada)
    cloud.clock.advance("2m")
    assert api.delete(f"/v1/sessions/{session['id']}", token=there.token).status == 204
    assert api.delete("/v1/sessions/current", token=ada.token).status == 204
