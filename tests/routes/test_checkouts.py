"""The page behind `checkout_url`."""

import re

import pytest
import segno

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import Shop, a_merchant, a_person, refused
from tests.selling import an_outlet
from tests.shopping import a_paid_payment, a_payment, cancel
from wallet_api.ids import new_id


@pytest.fixture
def shop(cloud: LocalCloud) -> Shop:
    return a_merchant(cloud)


def test_an_unknown_payment_has_no_page(api: Api, cloud: LocalCloud, shop: Shop) -> None:
    for payment_id in (new_id("pay", cloud.clock.now()), "pay_1", "x"):
        refused(api.get(f"/checkout/{payment_id}"), 404, "not_found")


def test_what_a_merchant_wrote_is_text_and_never_markup(api: Api, shop: Shop) -> None:
    payment = a_payment(api, shop, description="<script>alert(1)</script> & $code")
    page = api.get(f"/checkout/{payment['id']}")
    assert page.status == 200
    assert "<script>" not in page.text
    assert re.findall(r"<script[^>]*", page.text) == ['<script src="../docs/assets/waiting.js" defer']
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; $code" in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store"


def test_a_page_that_was_passed_on_in_a_chat_is_still_there(api: Api, shop: Shop) -> None:
    """WeChat adds to the addresses that are sent in it; and what one payer sees, nobody keeps."""
    payment = a_payment(api, shop)
    path = f"/checkout/{payment['id']}"
    page = api.get(f"{path}?from=singlemessage&isappinstalled=0", lang="en")
    assert (page.status, "12.50 CNY" in page.text) == (200, True)
    assert "etag" not in page.headers
    assert api.get(path, headers={"If-None-Match": "*"}).status == 200
    assert api.get(f"{path}/").headers["location"] == f"../{payment['id']}"


@pytest.mark.parametrize(("lang", "text"), [("zh-CN", "请用钱包 App 扫描二维码"), ("en", "Scan the code")])
def test_the_page_shows_who_asks_for_what_and_draws_the_code(api: Api, shop: Shop, lang: str, text: str) -> None:
    """D2: the address that the merchant got leads here."""
    payment = a_payment(api, shop)
    page = api.get(re.sub(r"^https?://[^/]+", "", payment["checkout_url"]), lang=lang)
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert all(part in page.text for part in ("Tea House", "乌龙茶", "12.50 CNY", text, f'<html lang="{lang}">'))
    assert 'role="img" aria-label="' in page.text
    drawn = segno.make(payment["qr"], error="m", encoding="utf-8")
    assert drawn.svg_inline(scale=4, border=4, dark="#000", light="#fff") in page.text


def test_a_payment_that_is_paid_or_over_shows_no_code(api: Api, cloud: LocalCloud, shop: Shop) -> None:
    ada = a_person(api, cloud, balance=100_00)
    paid, canceled, expired = a_paid_payment(api, shop, ada), a_payment(api, shop), a_payment(api, shop)
    cancel(api, shop, canceled["id"]).ok(200)
    cloud.clock.advance("16m")
    for payment, text in ((paid, "Paid."), (canceled, "is over"), (expired, "is over")):
        page = api.get(f"/checkout/{payment['id']}", lang="en")
        assert text in page.text
        assert "<svg" not in page.text
        assert ada.id not in page.text


@pytest.mark.parametrize(("lang", "text"), [("zh-CN", "金额由您输入"), ("en", "You enter the amount")])
def test_an_outlet_has_a_page_to_print_that_an_app_opens_too(
    api: Api, cloud: LocalCloud, shop: Shop, lang: str, text: str
) -> None:
    """D2, P34: under the merchant's registered name, whatever the outlet is called."""
    outlet = an_outlet(api, shop, name="<b>East</b>", label="EAST", address="1 Lake Road").ok(201)
    page = api.get(re.sub(r"^https?://[^/]+", "", outlet["checkout_url"]), lang=lang)
    drawn = segno.make(outlet["qr"], error="m", encoding="utf-8").svg_inline(
        scale=4, border=4, dark="#000", light="#fff"
    )
    shown = ("Tea House", "&lt;b&gt;East&lt;/b&gt; · 1 Lake Road", text, drawn, f'<html lang="{lang}">', "../../docs/")
    assert all(part in page.text for part in shown)
    assert "refresh" not in page.text
    assert "<script" not in page.text
    someone = a_person(api, cloud)
    scanned = api.post("/v1/scans", {"qr": outlet["checkout_url"]}, token=someone.token).ok(200)
    assert (scanned["kind"], scanned["outlet"]["id"]) == ("outlet", outlet["id"])


def test_an_outlet_that_takes_nothing_shows_no_code(api: Api, cloud: LocalCloud, shop: Shop) -> None:
    outlet = an_outlet(api, shop).ok(201)
    refused(api.get(f"/checkout/outlets/{new_id('out', cloud.clock.now())}"), 404, "not_found")
    api.patch(f"/v1/outlets/{outlet['id']}", {"status": "closed"}, token=shop.key).ok(200)
    closed = api.get(f"/checkout/outlets/{outlet['id']}", lang="en")
    api.patch(f"/v1/outlets/{outlet['id']}", {"status": "active"}, token=shop.key).ok(200)
    cloud.wallet.merchants.suspend(shop.id)
    for page in (closed, api.get(f"/checkout/outlets/{outlet['id']}", lang="en")):
        assert "No payments are taken here" in page.text
        assert "<svg" not in page.text
