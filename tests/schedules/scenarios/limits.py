"""What may go out in a month, and what is free in it: whoever comes first has it, and what is given back is there again."""

from datetime import timedelta

from msgspec.structs import replace

from tests.schedules.scenario import PAID, PAID_TOO, SENT, SENT_TOO, scenario
from tests.schedules.stage import Stage
from wallet_api.fees.model import FIRST
from wallet_api.ledger import chart
from wallet_api.ledger.limits import BASIC, limits_of
from wallet_api.ledger.store import BALANCE

REACHED, VOIDED, TAKEN = "monthly_limit_reached", "payment 0 canceled", "payment 0 succeeded"


def month_leaves(on: Stage, amount: int) -> None:
    """Ada's month has room for this many yuan more."""
    monthly = limits_of(BASIC, "CNY").monthly
    assert monthly is not None
    spent = monthly.amount - amount * 100
    on.client.update_item(
        TableName=on.wallet.settings.tables["accounts"],
        Key={"pk": {"S": chart.customer(on.ada.id)}, "sk": {"S": BALANCE}},
        UpdateExpression="SET spent_in_month.CNY = :spent",
        ExpressionAttributeValues={":spent": {"N": str(spent)}},
    )


def one_is_free(on: Stage) -> None:
    """From now on a transfer costs a yuan, but for the first of each month."""
    rules = [
        replace(rule, free=0, basis_points=0, fixed=1_00, monthly_free_count=1)
        if rule.operation == "transfer"
        else rule
        for rule in FIRST.rules
    ]
    on.wallet.fees.publish(rules, on.cloud.clock.now() + timedelta(seconds=61))
    on.cloud.clock.advance("95s")


PAIRS = [
    scenario(
        "pay and pay beyond the month", lambda on: [on.pay(on.ada, 60), on.pay(on.ada, 40)],
        (PAID, REACHED), (REACHED, PAID), before=lambda on: month_leaves(on, 70),
    ),
    scenario(
        "pay and send beyond the month", lambda on: [on.pay(on.ada, 60), on.send(on.ada, on.bo, 40)],
        (PAID, REACHED), (REACHED, SENT), before=lambda on: month_leaves(on, 70),
    ),
    scenario(
        "void and pay within what the month gets back", lambda on: [on.void(), on.pay(on.ada, 70)],
        (VOIDED, PAID_TOO), (VOIDED, REACHED), before=lambda on: month_leaves(on, 50),
    ),
    scenario(
        "capture of a part and pay within what the month gets back", lambda on: [on.capture(10), on.pay(on.ada, 60)],
        (TAKEN, PAID_TOO), (TAKEN, REACHED), before=lambda on: month_leaves(on, 50),
    ),
    scenario(
        "send and send where one is free", lambda on: [on.send(on.ada, on.bo, 10, "a"), on.send(on.ada, on.bo, 20, "b")],
        (SENT, SENT_TOO), before=one_is_free,
    ),
]  # fmt: skip
