"""Forgotten passwords and locks over HTTP: shapes, both languages, what is wrong with a field."""

import pytest

from dev.cloud.local import LocalCloud
from tests.build import a_person, refused
from tests.client import Api
from tests.recovering import confirm_reset, confirm_unlock, start_reset, start_unlock


def test_the_answers_show_a_masked_contact_and_when_the_code_ends(api: Api, cloud: LocalCloud) -> None:
    someone = a_person(api, cloud, pin=None)
    begun = start_reset(api, phone=someone.phone).ok(202)
    assert (begun["status"], begun["channel"]) == ("code_sent", "sms")
    assert begun["sent_to"] == f"{someone.phone[:-8]}****{someone.phone[-4:]}"
    assert begun["id"].startswith("pwr_")
    unlock = start_unlock(api, email="nobody@example.com").ok(202)
    assert (unlock["sent_to"], unlock["methods"]) == ("n***@example.com", ["totp", "email", "recovery_code"])


@pytest.mark.parametrize("path", ["/v1/password_resets", "/v1/unlocks"])
def test_exactly_one_contact_is_named(api: Api, path: str) -> None:
    for body in ({}, {"phone": "+8613812345678", "email": "li@example.com"}):
        problem = refused(api.post(path, body), 422, "invalid_request")
        assert [each["code"] for each in problem["errors"]] == ["exactly_one"]
    refused(api.post(path, {"phone": "+19005551234"}), 422, "invalid_request")


def test_a_refusal_tells_nothing_in_either_language(api: Api, cloud: LocalCloud) -> None:
    """A10."""
    someone = a_person(api, cloud, pin=None)
    for lang in ("en", "zh-CN"):
        details = set()
        for phone in (someone.phone, "+8613999999999"):
            begun = api.post("/v1/unlocks", {"phone": phone}).ok(202)
            path = f"/v1/unlocks/{begun['id']}/confirm"
            details.add(api.post(path, {"method": "totp", "code": "000000"}, lang=lang).json["detail"])
        assert len(details) == 1


def test_what_nobody_began_is_missing(api: Api) -> None:
    refused(confirm_reset(api, "pwr_01KAMS3Q0V5T1C9D9SZ3GZ2WQY", "123456"), 404, "not_found")
    refused(confirm_unlock(api, "unl_01KAMS3Q0V5T1C9D9SZ3GZ2WQY", "sms", "123456"), 404, "not_found")
