"""How reconciliation says no.

ReconciliationNotReady   the day is not closed yet
ReconciliationChanged    what was folded late came between two pages, or the day does not add up
BankFileUnreadable       a file is not in the form that is agreed
"""

from __future__ import annotations

from typing import ClassVar

from wallet_api.errors import Conflict, Retry


class ReconciliationNotReady(Conflict):
    """The day is over, or soon will be, and its file is made when it is closed: about `ready_at`."""

    code = "reconciliation_not_ready"
    retry: ClassVar[Retry] = "after"
    decides = False


class ReconciliationChanged(Conflict):
    """The rows do not add up to the day's closing balance, because it changed while they were read: begin anew."""

    code = "reconciliation_changed"
    retry: ClassVar[Retry] = "after"
    decides = False


class BankFileUnreadable(Exception):
    """The text names the line and what is wrong with it."""
