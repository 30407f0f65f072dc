"""The page behind `checkout_url`: who asks for what, and the code to scan. It can do without scripts, and tells nothing of the payer."""

from __future__ import annotations

from functools import cache
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from chalicelib.documents import Document
from chalicelib.http import Call, Routes, endpoint
from chalicelib.messages import Locale
from chalicelib.routes.docs import SAFE_PAGE
from wallet_api.errors import NotFound
from wallet_api.mandates.model import Status as MandateStatus
from wallet_api.outlets.model import why_not_payable
from wallet_api.payments.model import ENDS, REQUIRES_CONFIRMATION, Payment, Status

routes = Routes(__name__)

PAGE = Path(__file__).resolve().parents[2] / "web" / "checkout" / "index.html"
REFRESH = (
    '<script src="../docs/assets/waiting.js" defer></script>\n'
    '<noscript><meta http-equiv="refresh" content="5"></noscript>'
)
"""A page that is loaded anew takes their place from those who have it read aloud, so that is for browsers without scripts."""
STATES: dict[Status, dict[Locale, str]] = {
    "requires_confirmation": {
        "en": "Scan the code with the wallet app, or open this page's address in it, and confirm with your payment PIN.",
        "zh-CN": "请用钱包 App 扫描二维码，或在 App 中打开本页地址，并输入支付密码确认。",
    },
    "requires_action": {
        "en": "Confirm this payment on your phone, in the wallet app.",
        "zh-CN": "请在手机的钱包 App 中确认这笔付款。",
    },
    "processing": {
        "en": "The payment is being processed. The amount is set aside; nothing is left to do.",
        "zh-CN": "付款处理中，款项已预留，无需再操作。",
    },
    "authorized": {
        "en": "Confirmed. The amount is set aside until the merchant takes it; nothing is left to do.",
        "zh-CN": "已确认，款项已预留，等待商家扣款，无需再操作。",
    },
    "failed": {
        "en": "This payment failed, and whatever was set aside is back with the payer. Ask the merchant for a new one.",
        "zh-CN": "这笔付款已失败，预留的款项已退回付款人。请向商家重新索取。",
    },
    "succeeded": {"en": "Paid. Nothing is left to do.", "zh-CN": "已支付成功，无需再操作。"},
    "canceled": {
        "en": "This payment is over. Nothing was taken, and whatever was set aside is back with the payer. Ask the merchant for a new one.",
        "zh-CN": "这笔付款已结束，没有扣款，预留的款项已退回付款人。如仍需付款，请向商家重新索取。",
    },
}


@endpoint(
    routes,
    "GET",
    "/checkout/{payment_id}",
    summary="The page that a customer is sent to",
    answer="text/html",
    errors=[NotFound],
)
def get_checkout(call: Call[None]) -> Any:
    """Whoever has the address may look: it holds the payment's id, which nobody can guess."""
    payment = call.wallet.payments.shown(call.id("payment_id", "pay"))
    drawn = _drawn(call.wallet.scans.code_of(payment), call.locale) if payment.status == REQUIRES_CONFIRMATION else ""
    return Document("text/html", _filled(payment, drawn, call.locale), {**SAFE_PAGE, "Cache-Control": "no-store"})


MANDATES: dict[MandateStatus, dict[Locale, str]] = {
    "requires_confirmation": {
        "en": "Scan the code with the wallet app to see what you agree to. Nothing is paid by agreeing.",
        "zh-CN": "请用钱包 App 扫描二维码查看授权内容；同意授权本身不会扣款。",
    },
    "active": {
        "en": "Agreed. The merchant may charge within these limits; revoke it in the wallet app at any time.",
        "zh-CN": "授权已生效，商户可在限额内扣款；您可随时在钱包 App 中撤销。",
    },
    "revoked": {"en": "Revoked. Nothing can be charged any more.", "zh-CN": "授权已撤销，不能再扣款。"},
    "canceled": {"en": "This is over. Nothing can be charged.", "zh-CN": "授权已终止，不能扣款。"},
}
ALLOWED: dict[Locale, str] = {
    "en": "Up to {payment} at a time, {month} a month",
    "zh-CN": "每笔不超过 {payment}，每月不超过 {month}",
}


@endpoint(
    routes,
    "GET",
    "/checkout/mandates/{mandate_id}",
    summary="The page where a customer learns what a merchant wants to charge without asking",
    answer="text/html",
    errors=[NotFound],
)
def get_mandate_page(call: Call[None]) -> Any:
    """Whoever has the address may look: it holds the mandate's id, which nobody can guess."""
    mandate = call.wallet.mandates.shown(call.id("mandate_id", "man"))
    waits, terms, locale = mandate.status == "requires_confirmation", mandate.terms, call.locale
    allowed = ALLOWED[locale].format(payment=terms.max_per_payment, month=terms.max_per_month)
    texts = {
        "lang": locale,
        "merchant": mandate.merchant.name,
        "description": terms.description,
        "amount": allowed,
        "state": MANDATES[mandate.status][locale],
    }
    drawn = _drawn(call.wallet.scans.code_of_mandate(mandate), locale) if waits else ""
    markup = {"code": drawn, "refresh": REFRESH if waits else ""}
    return _below(_page().substitute({name: escape(text) for name, text in texts.items()}, **markup))


OUTLETS: dict[bool, dict[Locale, str]] = {
    True: {
        "en": "Scan the code with the wallet app, or open this page's address in it. Check the name above before you pay.",
        "zh-CN": "请用钱包 App 扫描二维码，或在 App 中打开本页地址。付款前请核对上方的商户名称。",
    },
    False: {
        "en": "No payments are taken here now. Ask the merchant for its current code.",
        "zh-CN": "此处暂不收款，请向商户索取最新的收款码。",
    },
}
PAYER_TYPES: dict[Locale, str] = {"en": "You enter the amount", "zh-CN": "金额由您输入"}


@endpoint(
    routes,
    "GET",
    "/checkout/outlets/{outlet_id}",
    summary="The page with the code of an outlet, to show or to print",
    answer="text/html",
    errors=[NotFound],
)
def get_outlet_page(call: Call[None]) -> Any:
    """Anybody may look: it shows what hangs on the outlet's wall, under the merchant's registered name."""
    place, locale = call.wallet.outlets.shown(call.id("outlet_id", "out")), call.locale
    payable = why_not_payable(place) is None
    where = " · ".join(text for text in (place.outlet.name, place.outlet.address) if text)
    texts = {
        "lang": locale,
        "merchant": place.standing.profile.name,
        "description": where,
        "amount": PAYER_TYPES[locale],
        "state": OUTLETS[payable][locale],
    }
    markup = {"code": _drawn(call.wallet.scans.code_of_outlet(place), locale) if payable else "", "refresh": ""}
    return _below(_page().substitute({name: escape(text) for name, text in texts.items()}, **markup))


def _below(page: str) -> Document:
    """A page one directory further down than the one of a payment."""
    return Document("text/html", page.replace("../docs/", "../../docs/"), {**SAFE_PAGE, "Cache-Control": "no-store"})


def _filled(payment: Payment, drawn: str, locale: Locale) -> str:
    texts = {
        "lang": locale,
        "merchant": payment.order.merchant.name,
        "description": payment.order.description,
        "amount": str(payment.amount),
        "state": STATES[payment.status][locale],
    }
    markup = {"code": drawn, "refresh": "" if payment.status in ENDS else REFRESH}
    return _page().substitute({name: escape(text) for name, text in texts.items()}, **markup)


CODE: dict[Locale, str] = {"en": "QR code for the wallet app", "zh-CN": "供钱包 App 扫描的二维码"}
"""What the picture is to those who do not see it."""


def _drawn(text: str, locale: Locale) -> str:
    """The code as an SVG picture, dark on light whatever the page's colours are, so that a camera can read it."""
    import segno

    drawn = segno.make(text, error="m", encoding="utf-8").svg_inline(scale=4, border=4, dark="#000", light="#fff")
    return f'<div role="img" aria-label="{CODE[locale]}">{drawn}</div>'


@cache
def _page() -> Template:
    return Template(PAGE.read_text(encoding="utf-8"))
