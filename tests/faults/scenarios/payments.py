"""What a merchant asks for, and what becomes of it."""

from collections.abc import Callable

from dev.client import Answer
from tests.build import key
from tests.faults.scenario import AMOUNT, DONE, MADE, Act, Scenario, all_attempts_are_given_back
from tests.faults.stage import Stage
from tests.selling import an_outlet
from tests.shopping import (
    a_paid_payment,
    a_payment,
    an_authorized_payment,
    ask,
    cancel,
    capture,
    confirm,
    pay_at,
    refund,
)
from wallet_api.ledger import chart

CONFIRM = "POST /v1/payments/{payment_id}/confirm"
AT_OUTLET = "POST /v1/outlets/{outlet_id}/payments"
CAPTURE = "POST /v1/payments/{payment_id}/capture"
CANCEL = "POST /v1/payments/{payment_id}/cancel"


def _request_for_payment(stage: Stage) -> Act:
    order = key()
    return lambda idem: ask(stage.api, stage.shop, AMOUNT, idem=idem, order_id=order)


def _request_for_a_known_order(stage: Stage) -> Act:
    order = key()
    ask(stage.api, stage.shop, AMOUNT, order_id=order).ok(201)
    return lambda idem: ask(stage.api, stage.shop, AMOUNT, idem=idem, order_id=order)


def _payment(stage: Stage) -> Act:
    payment = a_payment(stage.api, stage.shop, AMOUNT)
    return lambda idem: confirm(stage.api, stage.ada, payment["id"], idem=idem)


def _too_large_payment(stage: Stage) -> Act:
    payment = a_payment(stage.api, stage.shop, 4_000_00)
    return lambda idem: confirm(stage.api, stage.ada, payment["id"], idem=idem)


def _taken_payment(stage: Stage) -> Act:
    payment = a_payment(stage.api, stage.shop, AMOUNT)
    confirm(stage.api, stage.bo, payment["id"]).ok(200)
    return lambda idem: confirm(stage.api, stage.ada, payment["id"], idem=idem)


def _cancellation(stage: Stage) -> Act:
    payment = a_payment(stage.api, stage.shop, AMOUNT)
    return lambda idem: cancel(stage.api, stage.shop, payment["id"], idem=idem)


def _late_cancellation(stage: Stage) -> Act:
    payment = a_paid_payment(stage.api, stage.shop, stage.ada, AMOUNT)
    return lambda idem: cancel(stage.api, stage.shop, payment["id"], idem=idem)


def _outlet_payment(amount: int) -> Callable[[Stage], Act]:
    def prepare(stage: Stage) -> Act:
        outlet_id = an_outlet(stage.api, stage.shop).ok(201)["id"]
        return lambda idem: pay_at(stage.api, stage.ada, outlet_id, amount, idem=idem)

    return prepare


def _holding(stage: Stage) -> Act:
    payment = a_payment(stage.api, stage.shop, AMOUNT, capture="manual")
    return lambda idem: confirm(stage.api, stage.ada, payment["id"], idem=idem)


def _capture(amount: int | None) -> Callable[[Stage], Act]:
    def prepare(stage: Stage) -> Act:
        payment = an_authorized_payment(stage.api, stage.shop, stage.ada, AMOUNT)
        return lambda idem: capture(stage.api, stage.shop, payment["id"], amount, idem=idem)

    return prepare


def _late_capture(stage: Stage) -> Act:
    payment = an_authorized_payment(stage.api, stage.shop, stage.ada, AMOUNT)
    capture(stage.api, stage.shop, payment["id"]).ok(200)
    return lambda idem: capture(stage.api, stage.shop, payment["id"], idem=idem)


def _void(stage: Stage) -> Act:
    payment = an_authorized_payment(stage.api, stage.shop, stage.ada, AMOUNT)
    return lambda idem: cancel(stage.api, stage.shop, payment["id"], idem=idem)


def _nothing_is_held(stage: Stage, _answers: list[Answer]) -> None:
    """What a capture or a void set free is set free once."""
    assert stage.wallet.ledger.accounts.require(chart.customer(stage.ada.id)).held.get("CNY", 0) == 0


def _refund(amount: int | None) -> Callable[[Stage], Act]:
    def prepare(stage: Stage) -> Act:
        payment = a_paid_payment(stage.api, stage.shop, stage.ada, AMOUNT)
        return lambda idem: refund(stage.api, stage.shop, payment["id"], amount, idem=idem)

    return prepare


SCENARIOS = (
    Scenario("POST /v1/payments", "succeeds", _request_for_payment, MADE),
    Scenario("POST /v1/payments", "for a known order", _request_for_a_known_order, ((409, "order_id_taken"),)),
    Scenario(CONFIRM, "succeeds", _payment, DONE, 1, check=all_attempts_are_given_back),
    Scenario(CONFIRM, "is too large", _too_large_payment, ((402, "insufficient_funds"),), check=all_attempts_are_given_back),
    Scenario(CONFIRM, "comes second", _taken_payment, ((409, "payment_paid_by_another"),), check=all_attempts_are_given_back),
    Scenario(CANCEL, "succeeds", _cancellation, DONE),
    Scenario(CANCEL, "comes too late", _late_cancellation, ((409, "payment_already_paid"),)),
    Scenario(AT_OUTLET, "succeeds", _outlet_payment(AMOUNT), MADE, 1, check=all_attempts_are_given_back),
    Scenario(AT_OUTLET, "is too large", _outlet_payment(400_00), ((402, "insufficient_funds"),), check=all_attempts_are_given_back),
    Scenario(CONFIRM, "sets aside", _holding, DONE, 1, check=all_attempts_are_given_back),
    Scenario(CAPTURE, "of all", _capture(None), DONE, 1, check=_nothing_is_held),
    Scenario(CAPTURE, "of a part", _capture(30), DONE, 1, check=_nothing_is_held),
    Scenario(CAPTURE, "of too much", _capture(2_00), ((409, "capture_exceeds_authorization"),)),
    Scenario(CAPTURE, "comes second", _late_capture, ((409, "payment_already_captured"),)),
    Scenario(CANCEL, "voids", _void, DONE, 1, check=_nothing_is_held),
    Scenario("POST /v1/refunds", "of all", _refund(None), MADE, 1),
    Scenario("POST /v1/refunds", "of a part", _refund(30), MADE, 1),
    Scenario("POST /v1/refunds", "of too much", _refund(2_00), ((409, "refund_exceeds_payment"),)),
)  # fmt: skip
