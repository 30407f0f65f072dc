"""Mandates over HTTP: scanned, shown on a page, named in what has access."""

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import Shop, Someone, a_merchant, a_person, cny, refused
from tests.mandates.agreeing import a_mandate, a_waiting_mandate, ask, charge, end
from tests.selling import a_key


@pytest.fixture
def shop(cloud: LocalCloud) -> Shop:
    return a_merchant(cloud)


@pytest.fixture
def ada(api: Api, cloud: LocalCloud) -> Someone:
    return a_person(api, cloud, balance=100_00)


def test_what_is_asked_for_is_read_from_our_records_by_code_and_by_address(api: Api, shop: Shop, ada: Someone) -> None:
    waiting = a_waiting_mandate(api, shop)
    for text in (waiting["qr"], waiting["checkout_url"]):
        seen = api.post("/v1/scans", {"qr": text}, token=ada.token).ok(200)
        assert (seen["kind"], seen["merchant"]["name"]) == ("mandate", "Tea House")
        assert seen["mandate"]["max_per_month"] == cny(300_00)
    refused(api.post("/v1/scans", {"qr": waiting["checkout_url"] + "X"}, token=ada.token), 422, "qr_not_ours")
    forged = waiting["qr"].replace(waiting["id"][4:], "0" * 26)
    refused(api.post("/v1/scans", {"qr": forged}, token=ada.token), 422, "qr_damaged")


@pytest.mark.parametrize(
    ("lang", "words"), [("en", "Up to 100.00 CNY at a time, 300.00 CNY a month"), ("zh-CN", "每笔不超过 100.00 CNY")]
)
def test_the_page_says_what_is_agreed_to_in_both_languages(
    api: Api, shop: Shop, ada: Someone, lang: str, words: str
) -> None:
    waiting = a_waiting_mandate(api, shop, description="<b>tea</b>")
    page = api.get(f"/checkout/mandates/{waiting['id']}", lang=lang)
    assert (page.status, words in page.text, "&lt;b&gt;tea" in page.text, "<svg" in page.text) == (
        200,
        True,
        True,
        True,
    )
    assert ada.id not in page.text
    end(api, waiting["id"], shop.key).ok(200)
    assert "<svg" not in api.get(f"/checkout/mandates/{waiting['id']}", lang=lang).text


def test_what_a_restricted_key_may_do_is_named(api: Api, shop: Shop, ada: Someone) -> None:
    """P4: who may look at mandates asks for none, and who may ask for payments cannot ask for mandates."""
    reader = Shop(shop.id, a_key(api, shop.key, shop.id, "mandates:read")["secret"])
    mandate = a_mandate(api, shop, ada)
    api.get(f"/v1/mandates/{mandate['id']}", token=reader.key).ok(200)
    assert refused(ask(api, reader), 403, "scope_missing")["scope"] == "mandates:write"
    assert refused(charge(api, reader, mandate["id"]), 403, "scope_missing")["scope"] == "payments:write"


def test_sums_that_no_mandate_allows_are_named(api: Api, shop: Shop) -> None:
    problem = refused(ask(api, shop, 1_000_01, 10_000_01), 422, "invalid_request")
    assert [each["pointer"] for each in problem["errors"]] == ["/max_per_payment/amount", "/max_per_month/amount"]


def test_everybody_concerned_is_told(api: Api, cloud: LocalCloud, shop: Shop, ada: Someone) -> None:
    """D3: each state once, to the merchant and to the customer."""
    mandate = a_mandate(api, shop, ada)
    cloud.clock.advance("2s")
    end(api, mandate["id"], ada.token).ok(200)
    cloud.pump.drain()

    def types(token: str) -> list[str]:
        data = api.get("/v1/events?type=mandate.*", token=token).ok(200)["data"]
        return [each["type"] for each in reversed(data) if each["data"]["id"] == mandate["id"]]

    assert types(shop.key) == ["mandate.created", "mandate.confirmed", "mandate.revoked"]
    assert types(ada.token) == ["mandate.confirmed", "mandate.revoked"]


def test_they_are_among_what_has_access_to_the_wallet(api: Api, shop: Shop, ada: Someone) -> None:
    """I9, A43: listed beside sessions, devices and cards, and revoked from there without a password."""
    mandate = a_mandate(api, shop, ada)
    (seen,) = api.get("/v1/access", token=ada.token).ok(200)["merchant_authorizations"]
    assert seen == api.get(f"/v1/mandates/{mandate['id']}", token=ada.token).ok(200)
    end(api, seen["id"], ada.token).ok(200)
    refused(charge(api, shop, seen["id"]), 402, "mandate_revoked")
