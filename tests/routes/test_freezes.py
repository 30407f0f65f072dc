"""Freezing and loss reports over HTTP: shapes, both languages, what is wrong with a field."""

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests import freezing
from tests.build import PASSWORD, a_person, refused


def test_a_loss_report_says_what_happened(api: Api, cloud: LocalCloud) -> None:
    ada = a_person(api, cloud)
    sent = freezing.report(api, phone=ada.phone).ok(201)
    assert (sent["status"], sent["channel"]) == ("code_sent", "sms")
    assert sent["sent_to"].endswith(ada.phone[-4:])
    assert ada.phone not in str(sent)
    done = freezing.report(api, phone=ada.phone, password=PASSWORD).ok(201)
    assert (done["object"], done["status"], done["sent_to"]) == ("loss_report", "frozen", None)


@pytest.mark.parametrize("body", [{}, {"phone": "+8613812345678", "email": "li@example.com"}, {"password": PASSWORD}])
def test_exactly_one_contact_is_named(api: Api, body: dict[str, str]) -> None:
    problem = refused(api.post("/v1/loss_reports", body), 422, "invalid_request")
    assert [each["code"] for each in problem["errors"]] == ["exactly_one"]


def test_a_frozen_wallet_shows_since_when_and_what_to_do(api: Api, cloud: LocalCloud) -> None:
    ada = a_person(api, cloud)
    assert api.get("/v1/wallet", token=ada.token).ok(200)["freeze"] is None
    made = freezing.freeze(api, ada).ok(201)
    assert (made["object"], made["status"]) == ("freeze", "frozen")
    again = freezing.back(api, cloud, ada)
    wallet = api.get("/v1/wallet", token=again.token).ok(200)
    assert wallet["status"] == "frozen"
    assert wallet["freeze"]["unfreeze_with"] == "POST /v1/unfreezes"
    assert wallet["freeze"]["frozen_at"].endswith("Z")


@pytest.mark.parametrize(("lang", "words"), [("en", "unfreeze"), ("zh-CN", "解冻")])
def test_what_is_missing_is_told_in_the_callers_language(api: Api, cloud: LocalCloud, lang: str, words: str) -> None:
    ada = a_person(api, cloud)
    freezing.freeze(api, ada).ok(201)
    again = freezing.back(api, cloud, ada)
    asked = freezing.ask_unfreeze(api, again).ok(201)
    path = f"/v1/unfreezes/{asked['id']}/confirm"
    problem = refused(api.post(path, {"sms_code": "123456"}, token=again.token, lang=lang), 403, "unfreeze_needs_more")
    assert words in problem["detail"]
    assert asked["available_at"] in problem["detail"]


def test_what_nobody_began_is_missing(api: Api) -> None:
    refused(freezing.confirm_report(api, "los_01KAMS3Q0V5T1C9D9SZ3GZ2WQY", "123456"), 404, "not_found")
    refused(freezing.confirm_report(api, "pwr_01KAMS3Q0V5T1C9D9SZ3GZ2WQY", "123456"), 404, "not_found")
