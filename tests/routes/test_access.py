"""Everything that has access, in one place."""

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import a_card, a_person, refused
from tests.signing import sign_in


def test_a_stranger_sees_nothing(api: Api) -> None:
    refused(api.get("/v1/access"), 401, "not_authenticated")


def test_a_person_sees_devices_sessions_and_cards_together(api: Api, cloud: LocalCloud) -> None:
    """A43."""
    ada = a_person(api, cloud)
    card = a_card(api, cloud, ada)
    cloud.clock.advance("2m")
    _, tokens = sign_in(api, cloud, ada)

    found = api.get("/v1/access", token=ada.token).ok(200)

    assert [each["id"] for each in found["cards"]] == [card]
    assert found["sessions"][0]["id"] == tokens["id"]
    assert [each["current"] for each in found["devices"]] == [False, True]
    assert {each["device"]["id"] for each in found["sessions"]} == {each["id"] for each in found["devices"]}


def test_what_is_revoked_there_is_gone_from_it(api: Api, cloud: LocalCloud) -> None:
    ada = a_person(api, cloud)
    _, tokens = sign_in(api, cloud, ada)
    api.delete(f"/v1/devices/{tokens['device_id']}", token=ada.token)
    found = api.get("/v1/access", token=ada.token).ok(200)
    assert (len(found["devices"]), len(found["sessions"]), found["cards"]) == (1, 1, [])
