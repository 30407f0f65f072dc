"""Scans over HTTP: what is refused first, then what a customer is shown before paying."""

import pytest

from dev.client import Answer, Api
from dev.cloud.local import LocalCloud
from tests.build import Shop, Someone, a_merchant, a_person, cny, refused
from tests.faults.injector import Faults
from tests.shopping import a_payment, cancel, confirm
from wallet_api.scans.model import read_objects, with_check_sum


@pytest.fixture
def shop(cloud: LocalCloud) -> Shop:
    return a_merchant(cloud)


@pytest.fixture
def ada(api: Api, cloud: LocalCloud) -> Someone:
    return a_person(api, cloud, balance=100_00)


def scan(api: Api, someone: Someone, text: object) -> Answer:
    """What a phone's camera read."""
    return api.post("/v1/scans", {"qr": text}, token=someone.token)


@pytest.mark.parametrize(
    "text", ["https://evil.example/pay", "alipays://platformapi/startapp", "000201", "6304A13A", "hello", "１２"]
)
def test_a_text_that_is_no_code_of_ours_is_refused(api: Api, ada: Someone, text: str) -> None:
    """P36: unknown schemes and foreign hosts are data, never followed."""
    answer = scan(api, ada, text)
    assert answer.json["code"] in ("qr_not_ours", "qr_damaged")
    refused(answer, 422, answer.json["code"])


@pytest.mark.parametrize(
    ("text", "code"),
    [("0" * 513, "too_long"), ("", "too_short"), (17, "wrong_type"), ("a\x00b", "forbidden_characters")],
)
def test_a_text_that_no_code_can_hold_is_refused(api: Api, ada: Someone, text: object, code: str) -> None:
    """P36."""
    problem = refused(scan(api, ada, text), 422, "invalid_request")
    assert [(each["pointer"], each["code"]) for each in problem["errors"]] == [("/qr", code)]


def test_a_code_that_was_changed_or_damaged_is_refused(api: Api, shop: Shop, ada: Someone) -> None:
    """P33: the amount is fixed by a signature, not by the check sum."""
    code = a_payment(api, shop)["qr"]
    assert "540512.50" in code
    changed = code.replace("540512.50", "540501.50")
    refused(scan(api, ada, changed), 422, "qr_damaged")
    refused(scan(api, ada, with_check_sum(read_objects(changed[:-8]).items())), 422, "qr_not_genuine")
    refused(scan(api, ada, code[:-1]), 422, "qr_damaged")


def test_a_merchant_does_not_scan(api: Api, shop: Shop) -> None:
    refused(api.post("/v1/scans", {"qr": a_payment(api, shop)["qr"]}, token=shop.key), 403, "wrong_caller")


def test_a_code_of_a_payment_that_is_gone_is_missing(api: Api, cloud: LocalCloud, shop: Shop) -> None:
    code = a_payment(api, shop)["qr"]
    cloud.reset()
    refused(scan(api, a_person(api, cloud), code), 404, "not_found")


def test_a_forged_code_costs_no_read_of_a_payment(api: Api, shop: Shop, ada: Someone, faults: Faults) -> None:
    faults.clear()
    refused(scan(api, ada, "https://evil.example"), 422, "qr_not_ours")
    assert len(faults.calls) == 1, "the session is asked, nothing else"


def test_a_customer_is_shown_who_asks_for_what_before_paying(api: Api, shop: Shop, ada: Someone) -> None:
    """M4, P33: everything shown is from our records."""
    payment = a_payment(api, shop)
    scanned = scan(api, ada, payment["qr"]).ok(200)
    assert scanned == {
        "object": "scan",
        "kind": "payment",
        "merchant": {"id": shop.id, "name": "Tea House"},
        "payment": {
            "id": payment["id"],
            "status": "requires_confirmation",
            "amount": cny(1250),
            "description": "乌龙茶",
            "expires_at": payment["expires_at"],
        },
    }
    confirm(api, ada, scanned["payment"]["id"]).ok(200)


def test_a_code_says_where_its_payment_stands(api: Api, cloud: LocalCloud, shop: Shop, ada: Someone) -> None:
    """P33: single use, and over when its time is."""
    paid, canceled, expired = (a_payment(api, shop) for _ in range(3))
    confirm(api, ada, paid["id"]).ok(200)
    cancel(api, shop, canceled["id"]).ok(200)
    states = [scan(api, ada, each["qr"]).ok(200)["payment"]["status"] for each in (paid, canceled, expired)]
    assert states == ["succeeded", "canceled", "requires_confirmation"]
    cloud.clock.advance("16m")
    bo = a_person(api, cloud)
    assert scan(api, bo, expired["qr"]).ok(200)["payment"]["status"] == "canceled"
