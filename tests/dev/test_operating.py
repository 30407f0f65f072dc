"""What an operator does, on the local server: nothing that a deployed wallet would refuse, and each refusal a sentence."""

from typing import Any

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import Someone, a_merchant, a_person, cny, key, refused
from tests.selling import apply
from tests.shopping import ask

NOBODY = "mer_01KAMS3Q0V5T1C9D9SZ3GZ2WQY"
APPLICATION = "app_01KAMS3Q0V5T1C9D9SZ3GZ2WQY"


@pytest.fixture
def ada(api: Api, cloud: LocalCloud) -> Someone:
    return a_person(api, cloud)


def rules(api: Api, **changes: Any) -> list[Any]:
    """The rules in force, the first of those for payments changed."""
    found: list[Any] = api.get("/v1/fees").ok(200)["rules"]
    number = next(place for place, rule in enumerate(found) if rule["operation"] == "payment")
    found[number] = {**found[number], **changes}
    return found


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"approve": 1},
        {"approve": NOBODY},
        {"approve": APPLICATION},
        {"approve": APPLICATION, "suspend": NOBODY},
        {"decline": APPLICATION},
        {"approve": APPLICATION, "reason": "x"},
        {"suspend": NOBODY},
        {"reinstate": APPLICATION},
        {"remove": NOBODY},
    ],
    ids=str,
)
def test_what_makes_no_sense_or_is_not_there_is_refused(api: Api, body: dict[str, Any]) -> None:
    refused(api.post("/sandbox/operator", body), 422, "invalid_request")


def test_an_application_is_decided_once(api: Api, ada: Someone) -> None:
    """D1: what a newcomer needs to see both ends of an application."""
    incomplete, complete = apply(api, ada, settlement_account=None).ok(201), apply(api, ada).ok(201)
    lacking = refused(api.post("/sandbox/operator", {"approve": incomplete["id"]}), 422, "invalid_request")
    assert "settlement_account" in lacking["detail"]
    done = api.post("/sandbox/operator", {"approve": complete["id"]}).ok(200)
    assert (done["act"], done["status"]) == ("approve", "approved")
    refused(api.post("/sandbox/operator", {"decline": complete["id"], "reason": "late"}), 422, "invalid_request")
    api.post("/sandbox/operator", {"decline": incomplete["id"], "reason": "no account"}).ok(200)
    shown = api.get(f"/v1/merchant_applications/{incomplete['id']}", token=ada.token).ok(200)
    assert (shown["status"], shown["reason"]) == ("declined", "no account")


def test_a_merchant_is_suspended_and_reinstated(api: Api, cloud: LocalCloud) -> None:
    shop = a_merchant(cloud)
    api.post("/sandbox/operator", {"suspend": shop.id, "reason": "complaints"}).ok(200)
    refused(ask(api, shop), 403, "merchant_suspended")
    api.post("/sandbox/operator", {"reinstate": shop.id}).ok(200)
    ask(api, shop).ok(201)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"rules": []},
        {"rules": [{"operation": "payment"}]},
        {"rules": "GET /v1/fees"},
        {"effective_at": "2001-01-01T00:00:00Z"},
        {"effective_at": "2030-01-01T00:00:00"},
        {"effective": "2030-01-01T00:00:00Z"},
    ],
    ids=str,
)
def test_a_schedule_that_makes_no_sense_is_refused(api: Api, body: dict[str, Any]) -> None:
    whole = {"rules": rules(api), **body} if body and "rules" not in body else body
    refused(api.post("/sandbox/fees", whole), 422, "invalid_request")
    assert api.get("/v1/fees").ok(200)["version"] == 1


def test_the_next_schedule_is_looked_at_published_and_in_force_when_its_time_comes(
    api: Api, cloud: LocalCloud, ada: Someone
) -> None:
    """M8: whoever develops an app sees a fee change, and that what was quoted before is charged as quoted."""
    wanted = {"rules": rules(api, basis_points=100)}
    looked = api.post("/sandbox/fees", {**wanted, "dry_run": True}).ok(200)
    assert (looked["published"], looked["version"]) == (False, 2)
    assert any("1000.00 CNY costs 6.00 -> 10.00" in line for line in looked["changes"])
    assert api.get("/v1/fees").ok(200)["version"] == 1
    published = api.post("/sandbox/fees", wanted).ok(200)
    assert (published["published"], published["changes"]) == (True, looked["changes"])
    quote = {"operation": "payment", "amount": cny(1000_00)}
    before = api.post("/v1/fee_quotes", quote, token=ada.token, key=key()).ok(201)
    cloud.clock.advance("62s")
    after = api.post("/v1/fee_quotes", quote, token=ada.token, key=key()).ok(201)
    assert [each["merchant_fee"]["amount"] for each in (before, after)] == [6_00, 10_00]
