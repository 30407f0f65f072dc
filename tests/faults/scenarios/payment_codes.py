"""A till that takes a customer's payment code, and the customer's yes to what the code alone does not pay.

A customer shows another code when the first did not work, so every attempt shows the one of its moment: the key is what makes it once.
"""

from tests.build import key
from tests.faults.scenario import AMOUNT, DONE, MADE, Act, Scenario, all_attempts_are_given_back
from tests.faults.stage import Stage
from tests.handset import Handset, a_handset, scan, set_limit
from tests.shopping import confirm

ASKED, DECLINED = ((201, "requires_action"),), ((402, "payment_declined"),)


def _phone(stage: Stage, limit: int = AMOUNT) -> Handset:
    """Ada's, with a fresh secret."""
    set_limit(stage.api, stage.ada, limit).ok(200)
    return a_handset(stage.api, stage.cloud, stage.ada)


def _taken(stage: Stage) -> Act:
    phone, order = _phone(stage), key()
    return lambda idem: scan(stage.api, stage.shop, phone.code(), AMOUNT, idem=idem, order_id=order)


def _asking(stage: Stage) -> Act:
    phone, order = _phone(stage, 0), key()
    return lambda idem: scan(stage.api, stage.shop, phone.code(), AMOUNT, idem=idem, order_id=order)


def _short(stage: Stage) -> Act:
    phone, order = _phone(stage), key()
    return lambda idem: scan(stage.api, stage.shop, phone.code(), 4_000_00, idem=idem, order_id=order)


def _asked(stage: Stage) -> Act:
    payment = scan(stage.api, stage.shop, _phone(stage, 0).code(), AMOUNT).ok(201)
    return lambda idem: confirm(stage.api, stage.ada, payment["id"], idem=idem)


SCENARIOS = (
    Scenario("POST /v1/payments", "by a code", _taken, MADE, 1),
    Scenario("POST /v1/payments", "by a code, asking", _asking, ASKED),
    Scenario("POST /v1/payments", "by a code, declined", _short, DECLINED),
    Scenario("POST /v1/payments/{payment_id}/confirm", "asked by a code", _asked, DONE, 1, check=all_attempts_are_given_back),
)  # fmt: skip
