"""Payout schedules over HTTP: whether a merchant is paid out every night, and from which sum on."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import UNSET, UnsetType

from chalicelib.http import Call, Routes, endpoint
from chalicelib.views import Body, MoneyIn, MoneyView, View
from wallet_api.clock import rfc3339
from wallet_api.errors import NotFound
from wallet_api.merchants.model import MerchantCaller
from wallet_api.payouts.model import Interval, Schedule
from wallet_api.sessions.model import Customer

routes = Routes(__name__)


class ChangeSchedule(Body):
    """What is to change. `daily` pays out every night what was earned until midnight, `manual` only what is asked for;
    `minimum`, of 1.00 or more, is the least that a night pays out of its currency.
    """

    interval: Interval | UnsetType = UNSET
    minimum: MoneyIn | UnsetType = UNSET


class ScheduleView(View):
    """When a merchant is paid out. `next_payout_at` is null where nothing is paid out by itself; `changed_at` while everything is
    as it is for everybody: `daily`, from 1.00 on.
    """

    object: Literal["payout_schedule"] = "payout_schedule"
    merchant_id: str
    interval: Interval
    minimum: MoneyView
    next_payout_at: str | None
    changed_at: str | None


@endpoint(
    routes,
    "GET",
    "/v1/merchants/{merchant_id}/payout_schedule",
    summary="See when a merchant is paid out",
    callers=[Customer, MerchantCaller],
    scope="payouts:read",
    answer=ScheduleView,
    session="in_use_case",
    errors=[NotFound],
)
def get_schedule(call: Call[None]) -> Any:
    """For its owner, and for its own keys."""
    return _view(call, call.wallet.payouts.schedule(call.party, call.id("merchant_id", "mer")))


@endpoint(
    routes,
    "PATCH",
    "/v1/merchants/{merchant_id}/payout_schedule",
    summary="Say when a merchant is paid out",
    callers=[Customer, MerchantCaller],
    scope="payouts:write",
    body=ChangeSchedule,
    answer=ScheduleView,
    session="in_use_case",
    errors=[NotFound],
)
def change_schedule(call: Call[ChangeSchedule]) -> Any:
    """Holds from the coming night on; `POST /v1/payouts` pays out at any time, whatever the schedule says. What waited is paid out
    with the first night that is `daily` again. The event `merchant.payout_schedule.changed` tells of it.
    """
    body = call.body
    interval = None if body.interval is UNSET else body.interval
    minimum = None if body.minimum is UNSET else body.minimum.money("/minimum")
    merchant_id = call.id("merchant_id", "mer")
    return _view(call, call.wallet.payouts.reschedule(call.party, merchant_id, interval, minimum))


def _view(call: Call[Any], schedule: Schedule) -> ScheduleView:
    at = schedule.next_payout(call.wallet.clock.now())
    return ScheduleView(
        merchant_id=schedule.merchant_id,
        interval=schedule.interval,
        minimum=MoneyView.of(schedule.minimum),
        next_payout_at=rfc3339(at) if at else None,
        changed_at=rfc3339(schedule.changed_at) if schedule.changed_at else None,
    )
