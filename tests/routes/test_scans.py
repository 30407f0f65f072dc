"""Scans over HTTP: what is refused first, then what a customer is shown before paying."""

import pytest

from dev.client import Answer, Api
from dev.cloud.local import LocalCloud
from tests.build import PIN, Shop, Someone, a_merchant, a_person, cny, key, refused
from tests.faults.injector import Faults
from tests.selling import an_outlet
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
        "outlet": None,
        "mandate": None,
        "person": None,
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


def test_an_outlets_code_shows_the_registered_merchant(api: Api, shop: Shop, ada: Someone) -> None:
    """P34: what the payer is shown comes from our records, not from what hangs on the wall."""
    outlet = an_outlet(api, shop, address="1 Lake Road").ok(201)
    scanned = scan(api, ada, outlet["qr"]).ok(200)
    assert (scanned["kind"], scanned["payment"], scanned["person"]) == ("outlet", None, None)
    assert scanned["merchant"] == {"id": shop.id, "name": "Tea House"}
    assert scanned["outlet"] == {"id": outlet["id"], "name": "Cuihu Lake", "address": "1 Lake Road"}
    assert "54" not in read_objects(outlet["qr"])
    assert read_objects(outlet["qr"])["01"] == "11"


def test_an_outlets_code_that_names_another_place_is_not_genuine(
    api: Api, cloud: LocalCloud, shop: Shop, ada: Someone
) -> None:
    """P33, P34: a sticker with somebody else's outlet in our merchant's code, its check sum made to fit."""
    ours, theirs = an_outlet(api, shop).ok(201), an_outlet(api, a_merchant(cloud)).ok(201)
    changed = ours["qr"].replace(ours["id"][4:], theirs["id"][4:])
    refused(scan(api, ada, with_check_sum(read_objects(changed[:-8]).items())), 422, "qr_not_genuine")


def test_a_persons_code_says_nothing_personal_and_leads_to_a_transfer(
    api: Api, cloud: LocalCloud, ada: Someone
) -> None:
    """M5: the payer sees the chosen name, or a masked contact, and what to send to."""
    bo = a_person(api, cloud)
    code = api.get("/v1/me/qr", token=bo.token).ok(200)["qr"]
    assert bo.phone[-8:] not in code
    person = scan(api, ada, code).ok(200)["person"]
    assert person["user_id"] == bo.id
    assert "*" in person["name"]
    assert bo.phone not in person["name"]
    body = {"to": {"user_id": person["user_id"]}, "amount": cny(500), "authorization": {"pin": PIN}}
    api.post("/v1/transfers", body, token=ada.token, key=key()).ok(201)
    changed = code.replace(bo.id[4:], ada.id[4:])
    refused(scan(api, ada, with_check_sum(read_objects(changed[:-8]).items())), 422, "qr_not_genuine")


def test_a_merchants_app_hands_over_the_checkout_url(api: Api, shop: Shop, ada: Someone) -> None:
    """M4: an order is confirmed in the app without a camera; a foreign host is as unknown as ever (P36)."""
    payment = a_payment(api, shop)
    assert scan(api, ada, payment["checkout_url"]).ok(200)["payment"]["id"] == payment["id"]
    foreign = payment["checkout_url"].replace("://", "://evil.")
    for text in (foreign, payment["checkout_url"] + "/..", payment["checkout_url"][:-1]):
        refused(scan(api, ada, text), 422, "qr_not_ours")
