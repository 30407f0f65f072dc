"""Schedules: each of a function's tasks has its turn, whatever becomes of those before it."""

from __future__ import annotations

import logging
from collections.abc import Callable

from chalice.app import CloudWatchEvent

from chalicelib import wiring, work_log
from wallet_api.wallet import Wallet

Task = Callable[[Wallet], object]

logger = logging.getLogger(__name__)


def run(event: CloudWatchEvent, function: str, *tasks: Task) -> None:
    """Runs every task. The first failure is raised once all had their turn, so that Lambda counts it and an alarm hears of it."""
    with work_log.telling(wiring.wallet, event, function, "schedule") as work:
        failures: list[Exception] = []
        for task in tasks:
            work.records += 1
            try:
                task(wiring.wallet())
            except Exception as failure:
                logger.exception("a task of a schedule failed", extra={"operation": function})
                failures.append(failure)
        work.failed = len(failures)
        if failures:
            raise failures[0]
