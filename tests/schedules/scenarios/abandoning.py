"""A request that moves money, and its caller who gives its key up: one of the two comes first, and both are told which."""

from collections.abc import Callable

from tests.schedules.judge import Scenario
from tests.schedules.scenario import ARRIVED, BACK, PAID, SENT, SHORT, scenario
from tests.schedules.scenarios import delayed_transfers, mandates, payouts, withdrawals
from tests.schedules.scenarios import refund_requests as requests
from tests.schedules.scenarios.outlets import outlet, pay_at
from tests.schedules.scenarios.payment_codes import phone, take
from tests.schedules.scenarios.signed import send, signed
from tests.schedules.stage import Act, Stage

NEVER = ("operation_abandoned", "told 0 abandoned")
HAPPENED, REFUSED, KEY = "told 0 succeeded", "told 0 refused", "k"


def against(
    name: str, act: Callable[[Stage], Act], ends: str, told: str = HAPPENED, *,
    by_shop: bool = False, before: Callable[[Stage], None] = lambda _: None,
) -> Scenario:  # fmt: skip
    """One that abandons the key while this request, which ends so when it is let alone, is on its way."""

    def acts(on: Stage) -> list[Act]:
        return [act(on), on.abandon(on.merchant if by_shop else on.customer(on.ada), KEY)]

    return scenario(f"abandon and {name}", acts, (ends, told), NEVER, before=before)


PAIRS = [
    against("pay", lambda on: on.pay(on.ada, 60, KEY), PAID),
    against("pay what is not there", lambda on: on.pay(on.ada, 130, KEY), SHORT, REFUSED),
    against("hold", lambda on: on.hold(on.ada, 60, KEY), "payment 0 authorized"),
    against("pay at an outlet", lambda on: pay_at(on, 60, KEY), PAID, before=outlet),
    against("send", lambda on: on.send(on.ada, on.bo, 30, KEY), SENT),
    against("send as quoted", lambda on: on.send(on.ada, on.bo, 10, KEY, quoted=True), SENT),
    against("send as signed", lambda on: send(on, KEY), SENT, before=signed),
    against("withdraw", lambda on: withdrawals.withdraw(on, 30, KEY), withdrawals.SENT),
    against("send later", lambda on: delayed_transfers.send_later(on, 30, KEY), delayed_transfers.LATER),
    against("take back", lambda on: delayed_transfers.take_back(on, KEY), delayed_transfers.BACK, before=delayed_transfers.on_its_way()),
    against("top up", lambda on: on.top_up(30, KEY), ARRIVED),
    against("capture", lambda on: on.capture(10, KEY), PAID, by_shop=True),
    against("void", lambda on: on.void(KEY), "payment 0 canceled", by_shop=True),
    against("cancel", lambda on: on.cancel(60, KEY), "payment 0 canceled", by_shop=True),
    against("refund", lambda on: on.refund(60, KEY), BACK, by_shop=True),
    against("agree to a mandate", lambda on: mandates.agree(on, on.ada, KEY), "mandate 0 active", before=mandates.waiting),
    against("charge by a mandate", lambda on: mandates.charge(on, 60, KEY), PAID, by_shop=True, before=mandates.active),
    against("take a code", lambda on: take(on, 40, KEY), PAID, by_shop=True, before=phone),
    against("pay out", lambda on: payouts.pay_out(on, 60, KEY), payouts.PAID, by_shop=True, before=payouts.sold),
    against("ask for money back", lambda on: requests.ask(on, 60, KEY), "refundrequest 0 open"),
    against(
        "approve a request", lambda on: requests.approve(on, KEY), "refundrequest 0 approved", "told 1 succeeded",
        by_shop=True, before=requests.open_request(),
    ),
    scenario(
        "abandon and abandon", lambda on: [on.abandon(on.customer(on.ada), KEY), on.abandon(on.customer(on.ada), KEY)],
        ("told 0 abandoned", "told 0 abandoned"),
    ),
]  # fmt: skip

TRIPLES = [
    scenario(
        "abandon, pay and pay again",
        lambda on: [on.abandon(on.customer(on.ada), KEY), on.pay(on.ada, 60, KEY), on.pay(on.ada, 60, KEY)],
    ),
    scenario(
        "abandon, top up and top up again",
        lambda on: [on.abandon(on.customer(on.ada), KEY), on.top_up(30, KEY), on.top_up(30, KEY)],
    ),
]
