"""Watch: the daily check tells a number every day, and names what differs."""

import logging
from typing import Any

import pytest

from tests.ledger_world import ADA, SHOP, World
from wallet_api.ledger.store import BALANCE
from wallet_api.ledger.watch import GRACE, watch


@pytest.fixture
def paid(world: World) -> World:
    world.open(ADA)
    world.fund(ADA, 100)
    world.send(ADA, SHOP, 30)
    return world


def test_a_true_ledger_tells_nothing_found_every_day(paid: World, caplog: Any) -> None:
    """M3: zero is told too, so that silence is an alarm."""
    assert "verify_ledger" in paid.cloud.advance("25h")
    shown = paid.cloud.gauges.shown()
    assert (shown["ledger_findings"]["last"], shown["ledger_entries"]["last"]) == (0, 2)
    assert not [record for record in caplog.records if record.levelno == logging.CRITICAL]
    paid.cloud.advance("25h")
    assert paid.cloud.gauges.shown()["ledger_findings"]["times"] == 2


def test_a_tampered_ledger_wakes_somebody_and_is_named(paid: World, caplog: Any) -> None:
    """M3."""
    paid.fold()
    paid.tamper("accounts", SHOP, BALANCE, balances={"M": {"CNY": {"N": "31"}}})
    report = watch(paid.ledger, paid.cloud.gauges)
    assert paid.cloud.gauges.shown()["ledger_findings"]["last"] == report.found == 2
    named = [record.getMessage() for record in caplog.records if record.levelno == logging.CRITICAL]
    assert f"ledger_differs: balance of {SHOP}: stored 31 CNY, its lines sum to 30" in named


def test_what_the_stream_has_still_to_bring_is_no_alarm_until_it_is_late(paid: World) -> None:
    """M22."""
    report = watch(paid.ledger, paid.cloud.gauges)
    assert (report.found, report.awaited) == (0, 2)
    paid.cloud.clock.advance(GRACE)
    assert watch(paid.ledger, paid.cloud.gauges).found == 3, "the two lines, and the sum that lacks them"
