"""A schedule's tasks: each has its turn, and a failure is told once all had theirs."""

from typing import Any

import pytest

from app import app
from dev.cloud.context import LambdaContext
from dev.cloud.local import LocalCloud
from dev.cloud.pump import _scheduled_event


def test_a_task_that_fails_keeps_no_other_waiting_and_lambda_hears_of_it(
    cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """O13: top-ups that cannot be looked for are no reason to let payouts lie."""
    ran = []

    def breaks(*_: Any) -> int:
        raise RuntimeError("storage is away")

    monkeypatch.setattr(type(cloud.wallet.top_ups), "settle_due", breaks)
    monkeypatch.setattr(type(cloud.wallet.payouts), "settle_due", lambda *_: ran.append("payouts"))
    with pytest.raises(RuntimeError, match="storage is away"):
        app.handler_map["settle_processing"](
            _scheduled_event("settle_processing", cloud.clock.now()), LambdaContext("settle_processing")
        )
    assert ran == ["payouts"]
    shown = cloud.gauges.shown()
    assert (shown["work_failed"]["last"], shown["work_records"]["last"]) == (1, 7)


def test_transfers_whose_time_has_come_keep_nothing_else_waiting(
    cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """O13: there are as many as people send, and a function that is stopped while they arrive has done all else before."""
    ran: list[str] = []
    slices = ("top_ups", "withdrawals", "refunds", "payments", "payouts", "transfers")
    for name in slices:
        monkeypatch.setattr(type(getattr(cloud.wallet, name)), "settle_due", lambda *_, name=name: ran.append(name))

    app.handler_map["settle_processing"](
        _scheduled_event("settle_processing", cloud.clock.now()), LambdaContext("settle_processing")
    )

    assert (sorted(ran), ran[-1]) == (sorted(slices), "transfers")
