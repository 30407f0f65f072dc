"""Payments by the code on an outlet's wall: made and paid in one write, so the payer's wallet is all that two of them share."""

from tests.build import PIN
from tests.schedules.scenario import PAID, PAID_AGAIN, PAID_TOO, SHORT, scenario
from tests.schedules.scenarios.ends import FROZEN, OUT, stop
from tests.schedules.stage import Act, Stage, yuan
from wallet_api.authorizations.model import PinShown
from wallet_api.outlets.use_cases import Opening
from wallet_api.payments.use_cases.paying_at_outlets import AtOutlet

OPEN, PAY = "POST /v1/outlets", "POST /v1/outlets/{outlet_id}/payments"


def outlet(on: Stage) -> None:
    """The shop opens a place."""
    opening = Opening(on.shop.id, "Cuihu Lake", None, None)
    made = on.wallet.outlets.create(on.merchant, opening, on.asked(on.shop.id, "outlet", OPEN, "outlet"))
    on.made["outlet"] = made.value.outlet.id


def pay_at(on: Stage, amount: int, key: str = "at") -> Act:
    wish = AtOutlet(on.made["outlet"], yuan(amount), None, None, PinShown(PIN))
    asked = on.asked(on.ada.id, key, PAY, f"{amount}")
    return lambda _: on.wallet.payments.pay_at_outlet(on.customer(on.ada), wish, asked)


PAIRS = [
    scenario("pay at an outlet twice", lambda on: [pay_at(on, 30, "a"), pay_at(on, 40, "b")], (PAID, PAID_TOO), before=outlet),
    scenario(
        "pay at an outlet and pay beyond the balance", lambda on: [pay_at(on, 60), on.pay(on.ada, 60)],
        (PAID, SHORT), (SHORT, PAID), before=outlet,
    ),
    scenario(
        "replay and first at an outlet", lambda on: [pay_at(on, 60), pay_at(on, 60)],
        (PAID, PAID_AGAIN), (PAID_AGAIN, PAID), before=outlet,
    ),
    scenario(
        "stop and pay at an outlet", lambda on: [stop(on, on.ada), pay_at(on, 60)],
        ("done", PAID), ("done", OUT), before=outlet, alike=FROZEN,
    ),
]  # fmt: skip
