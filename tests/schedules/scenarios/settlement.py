"""Merchants' money between the customers and the bank: days that are closed, folded into and paid out while others ask for the same."""

from collections.abc import Callable
from contextlib import suppress

from tests.schedules.conductor import Conductor
from tests.schedules.scenario import scenario
from tests.schedules.scenarios.payouts import MORE, PAID, PAID_TOO, pay_out, settle, sold
from tests.schedules.scenarios.refund_requests import approve, open_request
from tests.schedules.stage import Act, Stage, yuan
from tests.selling import ACCOUNT
from tests.settling import with_account
from wallet_api.clock import wallet_day
from wallet_api.gateways.bank import BankOutcome
from wallet_api.ledger import chart
from wallet_api.ledger.closing import close
from wallet_api.ledger.days import days_back
from wallet_api.payouts.errors import NothingScheduled
from wallet_api.payouts.model import Interval
from wallet_api.settlement_accounts.model import Details

TAKEN, BACK, GIVEN = "payment 0 succeeded", "refund 0 succeeded", "refundrequest 0 approved"
COOLING = "payout_account_cooling_down"


def earned_today(on: Stage) -> None:
    """Sold, and 30 yuan of today that nobody has folded yet."""
    sold(on)
    on.capture(None, "captured before")(Conductor(min))


def began_today(on: Stage) -> None:
    """Sold, and what was earned today is folded: the day has begun."""
    earned_today(on)
    assert on.wallet.folding.fold(on._stream()) == []


def gave_back(on: Stage) -> None:
    """Sold, and 60 yuan given back that nobody has folded yet."""
    sold(on)
    on.refund(60, "refunded before")(Conductor(min))


def asked_back(on: Stage) -> None:
    """Sold, and a customer asks for 60 yuan."""
    open_request()(on)
    sold(on)


def closed(on: Stage) -> None:
    """Earned today, and the day is over."""
    earned_today(on)
    on.cloud.clock.advance("24h")


def waiting(ending: str) -> Callable[[Stage], None]:
    """A payout whose end the bank has not told, to an account with this ending."""

    def before(on: Stage) -> None:
        with_account(on.cloud, on.shop, f"811070101280{ending}")
        assert on.wallet.folding.fold(on._stream()) == []
        on.cloud.clock.advance("24h")
        on.made["payout"] = pay_out(on, 60, "ordered before")(Conductor(min)).value.id

    return before


def rescheduled(on: Stage) -> None:
    """The merchant has said once when it is paid out."""
    reschedule(on, None, 300)(Conductor(min))


def rejected(on: Stage) -> None:
    """A payout that the bank rejected; nobody has folded yet what came back."""
    waiting("0000008")(on)
    hear(on, HEARD_REJECTED)(Conductor(min))


def night(on: Stage) -> Act:
    """The night's own payout, of a merchant that may want to be asked."""
    act = settle(on)

    def asked(conductor: Conductor) -> None:
        with suppress(NothingScheduled):
            act(conductor)

    return asked


def reschedule(on: Stage, interval: Interval | None, least: int | None = None) -> Act:
    def act(_: Conductor) -> None:
        on.wallet.payouts.reschedule(on.merchant, on.shop.id, interval, None if least is None else yuan(least))

    return act


def hear(on: Stage, outcome: BankOutcome) -> Act:
    """Somebody hears this from the bank."""

    def act(_: Conductor) -> None:
        payouts = on.wallet.payouts
        payouts.post(payouts.require(on.made["payout"]), outcome)

    return act


def close_day(on: Stage) -> Act:
    """The night closes yesterday."""

    def act(_: Conductor) -> None:
        yesterday = days_back(wallet_day(on.cloud.clock.now()), 2)[1]
        opened = on.wallet.ledger.accounts.require(chart.merchant(on.shop.id)).opened_at
        close(on.wallet.ledger.days, chart.merchant(on.shop.id), yesterday, wallet_day(opened))

    return act


def move_account(on: Stage) -> Act:
    """The owner gives another account; the PIN was proven before."""

    def act(_: Conductor) -> None:
        accounts = on.wallet.settlement_accounts
        with on.wallet.storage.trip() as trip:
            found = accounts.reading(on.shop.id, trip)
        account = accounts.sealed(on.shop.id, Details(ACCOUNT["bank"], ACCOUNT["holder_name"], "622202020"), found())
        with on.wallet.storage.atomic_write() as write:
            accounts.put(account, found(), write)

    return act


HEARD_PAID, HEARD_REJECTED = BankOutcome("paid"), BankOutcome("rejected", "account_closed")
LITTLE = {"payout_below_minimum": "done"}
"""What a night says to itself that finds nothing to pay out."""

PAIRS = [
    # What is earned today is not paid out, and what went back is not there.
    scenario("fold of today and payout", lambda on: [on.fold(), pay_out(on, None)], ("done", PAID), before=earned_today),
    scenario("payout and payout beyond in a day that has begun", lambda on: [pay_out(on, 60, "a"), pay_out(on, 60, "b")],
        (PAID, MORE), (MORE, PAID), before=began_today,
    ),
    scenario("fold of a refund and payout", lambda on: [on.fold(), pay_out(on, 60)], ("done", PAID), ("done", MORE), before=gave_back),
    scenario("fold of a refund and night", lambda on: [on.fold(), night(on)], ("done", "done"), before=gave_back),
    scenario("capture and payout", lambda on: [on.capture(10), pay_out(on, None)], (TAKEN, PAID_TOO), before=sold),
    scenario("refund and payout of all", lambda on: [on.refund(60, "r"), pay_out(on, None)], (BACK, PAID_TOO), before=sold),
    scenario("approve and payout", lambda on: [approve(on), pay_out(on, 60)], (GIVEN, PAID_TOO), before=asked_back),
    # The night beside the merchant's own wish.
    scenario("night and payout", lambda on: [night(on), pay_out(on, 60)], ("done", PAID), ("done", MORE), before=sold),
    scenario("night and fold of today", lambda on: [night(on), on.fold()], ("done", "done"), before=earned_today),
    scenario("night and manual", lambda on: [night(on), reschedule(on, "manual")], ("done", "done"), before=sold),
    scenario("night and a larger minimum", lambda on: [night(on), reschedule(on, None, 500)], ("done", "done"), alike=LITTLE, before=sold),
    scenario("manual and a first minimum", lambda on: [reschedule(on, "manual"), reschedule(on, None, 500)], ("done", "done")),
    scenario("manual and a larger minimum", lambda on: [reschedule(on, "manual"), reschedule(on, None, 500)],
        ("done", "done"), before=rescheduled,
    ),
    scenario("payout and another account", lambda on: [pay_out(on, 60), move_account(on)],
        (PAID, "done"), (COOLING, "done"), before=sold,
    ),
    # Who hears from the bank first.
    scenario("paid and paid", lambda on: [hear(on, HEARD_PAID), hear(on, HEARD_PAID)], ("done", "done"), before=waiting("0000008")),
    scenario("rejected and rejected", lambda on: [hear(on, HEARD_REJECTED), hear(on, HEARD_REJECTED)],
        ("done", "done"), before=waiting("0000008"),
    ),
    scenario("fold of what came back and payout", lambda on: [on.fold(), pay_out(on, 60)],
        ("done", "payout 0 processing"), ("done", MORE), before=rejected,
    ),
    # Days.
    scenario("close and close", lambda on: [close_day(on), close_day(on)], ("done", "done"), before=closed),
    scenario("close and fold late", lambda on: [close_day(on), on.fold()], ("done", "done"), before=closed),
    scenario("close and payout", lambda on: [close_day(on), pay_out(on, 60)], ("done", PAID), before=closed),
]  # fmt: skip

TRIPLES = [
    scenario("payout, payout and fold of today", lambda on: [pay_out(on, 60, "a"), pay_out(on, 60, "b"), on.fold()], before=earned_today),
    scenario("night, payout and fold of today", lambda on: [night(on), pay_out(on, 60), on.fold()], alike=LITTLE, before=earned_today),
]  # fmt: skip
