"""Payouts beside each other, beside the folding and beside refunds: what is not there is not paid out, and what is there once."""

from datetime import timedelta

from tests.schedules.scenario import scenario
from tests.schedules.stage import Act, Stage, yuan
from tests.settling import with_account
from wallet_api.clock import wallet_day
from wallet_api.payouts.use_cases import Wish

PAYOUTS = "POST /v1/payouts"
PAID, PAID_TOO, PAID_AGAIN, MORE = "payout 0 paid", "payout 1 paid", "payout 0 paid again", "payout_exceeds_available"

MEANWHILE = {"payout 0 processing again": PAID_AGAIN, "payout 0 processing": PAID}
"""A copy that comes while the bank is asked is told how it stands then."""


def sold(on: Stage) -> None:
    """The shop has an account, and 99.40 yuan that it earned yesterday."""
    with_account(on.cloud, on.shop)
    assert on.wallet.folding.fold(on._stream()) == []
    on.cloud.clock.advance("24h")


def pay_out(on: Stage, amount: int | None, key: str = "payout") -> Act:
    wish = Wish(None if amount is None else yuan(amount), "CNY")
    asked = on.asked(on.shop.id, key, PAYOUTS, f"{amount}")
    return lambda _: on.wallet.payouts.create(on.merchant, wish, asked)


def settle(on: Stage) -> Act:
    """The night's own payout."""

    def act(_: object) -> None:
        yesterday = wallet_day(on.cloud.clock.now() - timedelta(days=1))
        on.wallet.payouts.order_day(on.shop.id, yesterday, "CNY")

    return act


PAIRS = [
    scenario("payout and payout beyond", lambda on: [pay_out(on, 60, "a"), pay_out(on, 60, "b")],
        (PAID, MORE), (MORE, PAID), before=sold,
    ),
    scenario("payout and payout", lambda on: [pay_out(on, 40, "a"), pay_out(on, 40, "b")], (PAID, PAID_TOO), before=sold),
    scenario("replay and first payout", lambda on: [pay_out(on, 40), pay_out(on, 40)],
        (PAID, PAID_AGAIN), (PAID_AGAIN, PAID), before=sold, alike=MEANWHILE,
    ),
    scenario("fold and payout", lambda on: [on.fold(), pay_out(on, 60)], ("done", PAID), before=sold),
    scenario("refund and payout", lambda on: [on.refund(60, "r"), pay_out(on, 60)], ("refund 0 succeeded", "payout 1 paid"), before=sold),
    scenario("night and night", lambda on: [settle(on), settle(on)], ("done", "done"), alike={"payout_below_minimum": "done"}, before=sold),
]  # fmt: skip
