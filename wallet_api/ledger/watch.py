"""Watch: the ledger is verified by itself every day, and whoever is on call hears of what differs."""

from __future__ import annotations

import logging
from datetime import timedelta

from wallet_api.ledger.ledger import Ledger
from wallet_api.ledger.scanning import Report
from wallet_api.ledger.verify import verify
from wallet_api.metrics import Measure, Metrics

GRACE = timedelta(minutes=15)
"""How long a line may be awaited: an alarm of its own tells of a folding that lags by a minute."""

logger = logging.getLogger(__name__)


def watch(ledger: Ledger, metrics: Metrics) -> Report:
    """Verifies, logs each finding, and tells their number: `ledger_findings` is what the alarm looks at, 0 among it.

    A day without that number is an alarm as well: a watch that ended half-way has seen nothing.
    """
    report = verify(ledger, grace=GRACE)
    for finding in report.findings:
        logger.critical("ledger_differs: %s", finding)
    metrics.tell(
        Measure("ledger_findings", report.found),
        Measure("ledger_entries", report.entries),
        Measure("ledger_lines", report.lines),
        Measure("ledger_awaited", report.awaited),
        Measure("ledger_unsettled", len(report.unsettled)),
    )
    return report
