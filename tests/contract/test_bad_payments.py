"""Bad input around payments: each mistake has a code of its own, says that no money moved and what to do, in both languages."""

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib import messages
from dev.client import Answer, Api
from dev.cloud.local import LocalCloud
from tests.build import PIN, Shop, Someone, a_merchant, a_person, balance_of, cny, key, signed_in_again
from tests.shopping import a_paid_payment, a_payment, an_authorized_payment, cancel
from wallet_api.scans.model import read_objects, with_check_sum

Ask = Callable[[str], Answer]
"""The same bad request in a language."""
FOREIGN = with_check_sum(
    {"00": "01", "01": "11", "26": "0012D156000000010503ABC", "52": "4111", "53": "156", "58": "CN",
     "59": "ANOTHER COMPANY", "60": "BEIJING"}.items()
)  # fmt: skip
"""A sound EMVCo code of somebody else's."""


DOLLAR = {"amount": 1, "currency": "USD"}
TOO_MUCH = cny(1251)


class Scene:
    """Ada has money, the shop sells, another shop has nothing to do with it."""

    def __init__(self, api: Api, cloud: LocalCloud) -> None:
        self.api, self.cloud = api, cloud
        self.ada: Someone = a_person(api, cloud, balance=3_000_00)
        self.shop: Shop = a_merchant(cloud)
        self.other: Shop = a_merchant(cloud)

    def post(self, path: str, body: Any, token: str) -> Ask:
        return lambda locale: self.api.post(path, body, token=token, key=key(), lang=locale)

    def scan(self, text: str) -> Ask:
        return self.post("/v1/scans", {"qr": text}, self.ada.token)

    def confirm(self, payment: Any, who: Someone | None = None) -> Ask:
        return self.post(
            f"/v1/payments/{payment['id']}/confirm", {"authorization": {"pin": PIN}}, (who or self.ada).token
        )

    def of_shop(self, payment: Any, what: str, body: Any, shop: Shop | None = None) -> Ask:
        return self.post(f"/v1/payments/{payment['id']}/{what}", body, (shop or self.shop).key)

    def refund(self, payment: Any, shop: Shop | None = None, **fields: Any) -> Ask:
        return self.post(
            "/v1/refunds", {"payment_id": payment["id"], "reason": "returned", **fields}, (shop or self.shop).key
        )

    def waiting(self, amount: int = 1250) -> Any:
        return a_payment(self.api, self.shop, amount)

    def paid(self) -> Any:
        return a_paid_payment(self.api, self.shop, self.ada)

    def held(self) -> Any:
        return an_authorized_payment(self.api, self.shop, self.ada)

    def tampered(self) -> Ask:
        return self.scan(self.waiting()["qr"].replace("12.50", "10.50"))

    def forged(self) -> Ask:
        changed = self.waiting()["qr"].replace("12.50", "10.50")
        return self.scan(with_check_sum(read_objects(changed[:-8]).items()))

    def gone(self) -> Any:
        payment = self.waiting()
        cancel(self.api, self.shop, payment["id"]).ok(200)
        return payment

    def late(self) -> Any:
        payment = self.waiting()
        self.cloud.clock.advance("16m")
        self.ada = signed_in_again(self.api, self.ada)
        return payment

    def pay(self, amount: Any) -> Ask:
        return self.post("/v1/payments", {"amount": amount, "description": "tea", "order_id": key()}, self.shop.key)

    def taken(self) -> Ask:
        bo = a_person(self.api, self.cloud, balance=500_00)
        return self.confirm(self.paid(), bo)


BAD: dict[str, tuple[Callable[[Scene], Ask], int, str, str]] = {
    "a code that was changed": (Scene.tampered, 422, "qr_damaged", "new_key"),
    "a changed code with a new check sum": (Scene.forged, 422, "qr_not_genuine", "new_key"),
    "another company's code": (lambda on: on.scan(FOREIGN), 422, "qr_not_ours", "new_key"),
    "no code at all": (lambda on: on.scan("https://evil.example/pay"), 422, "qr_not_ours", "new_key"),
    "a payment that expired": (lambda on: on.confirm(on.late()), 409, "payment_expired", "never"),
    "a payment that its merchant took back": (lambda on: on.confirm(on.gone()), 409, "payment_canceled", "never"),
    "a payment that is paid": (lambda on: on.confirm(on.paid()), 409, "payment_already_paid", "never"),
    "a payment that somebody else paid": (Scene.taken, 409, "payment_paid_by_another", "never"),
    "more than there is": (lambda on: on.confirm(on.waiting(3_000_01)), 402, "insufficient_funds", "new_key"),
    "capturing what nobody confirmed": (lambda on: on.of_shop(on.waiting(), "capture", {}), 409, "payment_not_authorized", "new_key"),
    "capturing what is paid": (lambda on: on.of_shop(on.paid(), "capture", {}), 409, "payment_already_paid", "never"),
    "capturing more": (lambda on: on.of_shop(on.held(), "capture", {"amount": TOO_MUCH}), 409, "capture_exceeds_authorization", "new_key"),
    "capturing dollars": (lambda on: on.of_shop(on.held(), "capture", {"amount": DOLLAR}), 409, "capture_currency_differs", "new_key"),
    "capturing another merchant's": (lambda on: on.of_shop(on.held(), "capture", {}, on.other), 404, "not_found", "never"),
    "canceling what is paid": (lambda on: on.of_shop(on.paid(), "cancel", {}), 409, "payment_already_paid", "never"),
    "canceling another merchant's": (lambda on: on.of_shop(on.waiting(), "cancel", {}, on.other), 404, "not_found", "never"),
    "refunding what nobody paid": (lambda on: on.refund(on.waiting()), 409, "payment_not_refundable", "never"),
    "refunding too much": (lambda on: on.refund(on.paid(), amount=TOO_MUCH), 409, "refund_exceeds_payment", "new_key"),
    "refunding another currency": (lambda on: on.refund(on.paid(), amount=DOLLAR), 409, "refund_currency_differs", "new_key"),
    "refunding another merchant's": (lambda on: on.refund(on.paid(), on.other), 404, "not_found", "never"),
    "an amount of nothing": (lambda on: on.pay(cny(0)), 422, "invalid_request", "new_key"),
    "a negative amount": (lambda on: on.pay(cny(-1)), 422, "invalid_request", "new_key"),
    "an amount with a fraction": (lambda on: on.pay({"amount": 12.5, "currency": "CNY"}), 422, "invalid_request", "new_key"),
    "an amount as text": (lambda on: on.pay({"amount": "1250", "currency": "CNY"}), 422, "invalid_request", "new_key"),
    "an amount beyond all": (lambda on: on.pay(cny(10**15)), 422, "invalid_request", "new_key"),
    "a currency that is none": (lambda on: on.pay({"amount": 1, "currency": "XXQ"}), 422, "invalid_request", "new_key"),
    "a currency in small letters": (lambda on: on.pay({"amount": 1, "currency": "cny"}), 422, "invalid_request", "new_key"),
}  # fmt: skip
"""What is wrong; how it is answered."""


@pytest.mark.parametrize("what", BAD)
def test_a_mistake_moves_no_money_and_says_what_it_is(api: Api, cloud: LocalCloud, what: str) -> None:
    """D2, D15, P9, M11: never an internal error, and the words are those of the catalogue in the language that was asked for."""
    make, status, code, retry = BAD[what]
    on = Scene(api, cloud)
    ask = make(on)
    before, details = balance_of(api, on.ada), set()
    for locale in messages.LOCALES:
        answer = ask(locale)
        told = answer.json
        assert (answer.status, told["code"], told["money_moved"], told["retry"]) == (status, code, "no", retry), (
            answer.text
        )
        assert told["title"] == messages.title(code, locale)
        assert answer.headers["content-language"] == locale
        assert told["type"].endswith(f"/docs/errors/{code}")
        details.add(told["detail"])
    assert len(details) == 2
    assert balance_of(api, on.ada) == before
