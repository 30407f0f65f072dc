"""One line in the log for each invocation that no request asked for: a batch of a stream, messages of a queue, a schedule.

It has what a request's line has (chalicelib/request_log.py), and how many records there were and how many come again. Its time and
cost stand beside the numbers and are no metrics, or they would be mixed with those of requests.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

from chalice.app import BaseLambdaEvent
from msgspec import Struct

from wallet_api.metrics import Measure
from wallet_api.storage import meters
from wallet_api.wallet import Wallet

Caller = Literal["stream", "queue", "schedule"]


class Work(Struct):
    """What an invocation had to do, and what of it was not done."""

    records: int = 0
    failed: int = 0


@contextmanager
def telling(opened: Callable[[], Wallet], event: BaseLambdaEvent, operation: str, caller: Caller) -> Iterator[Work]:
    """Writes the line when the block ends, however it ends; what it raises goes on to Lambda. A wallet that cannot be opened has
    no line: Lambda's own tells it.
    """
    wallet, work, began, broken = opened(), Work(), time.perf_counter(), ""
    with meters.of_request() as meter:
        try:
            yield work
        except BaseException as error:
            broken = type(error).__name__
            raise
        finally:
            about: dict[str, str | int] = {
                "request_id": str(getattr(event.context, "aws_request_id", "")),
                "operation": operation,
                "caller": caller,
                "outcome": broken or ("partly" if work.failed else "ok"),
                "work_ms": round((time.perf_counter() - began) * 1000),
                "work_calls": meter.calls,
                "work_units": round(meter.units),
            }
            failed = work.failed or int(bool(broken))
            wallet.metrics.tell(Measure("work_records", work.records), Measure("work_failed", failed), about=about)
