"""Contact changes over HTTP: shapes, and what is sent again."""

from dev.cloud.local import LocalCloud
from tests.build import PASSWORD, a_person, a_phone, code_to, refused
from tests.client import Api


def test_the_new_contacts_code_is_sent_again_after_a_while(api: Api, cloud: LocalCloud) -> None:
    """A21: and is another one."""
    someone, new = a_person(api, cloud, pin=None), a_phone()
    begun = api.post("/v1/contact_changes", {"phone": new, "current_password": PASSWORD}, token=someone.token).ok(202)
    assert (begun["channel"], begun["methods"]) == ("sms", ["sms"])
    assert begun["sent_to"] == f"{new[:-8]}****{new[-4:]}"
    again = f"/v1/contact_changes/{begun['id']}/resend"
    refused(api.post(again, token=someone.token), 429, "resend_too_soon")
    cloud.clock.advance("60s")
    assert api.post(again, token=someone.token).ok(202)["id"] == begun["id"]
    assert len(cloud.inbox.messages(new)) == 2
    assert code_to(cloud, new)


def test_exactly_one_contact_is_named(api: Api, cloud: LocalCloud) -> None:
    someone = a_person(api, cloud, pin=None)
    for contact in ({}, {"phone": a_phone(), "email": "li@example.com"}):
        answer = api.post("/v1/contact_changes", {"current_password": PASSWORD, **contact}, token=someone.token)
        problem = refused(answer, 422, "invalid_request")
        assert [each["code"] for each in problem["errors"]] == ["exactly_one"]
