"""One line in the log for each request: which, by what kind of caller, with what outcome, how long, at what cost. Never who.

The line is a metric's as well (wallet_api/metrics.py), so that alarms and the dashboard need no filter of their own.
"""

from __future__ import annotations

import time
from typing import Any

from wallet_api.metrics import Measure
from wallet_api.storage.meters import Meter
from wallet_api.wallet import Wallet

CALLERS = {"Customer": "customer", "MerchantCaller": "merchant"}


def caller_kind(caller: Any) -> str:
    """`customer`, `merchant` or `anybody`: no id, which would tell one person's requests from another's."""
    return CALLERS.get(type(caller).__name__, "anybody")


def tell(wallet: Wallet, meter: Meter, operation: str, request_id: str, status: int, began: float) -> None:
    """Writes the line. `began` is the steady clock's, in seconds."""
    measures = [
        Measure("ms", _milliseconds(began), "Milliseconds"),
        Measure("storage_calls", meter.calls),
        Measure("storage_units", round(meter.units)),
    ]
    if status == 503:
        measures.append(Measure("unavailable", 1))
    about: dict[str, str | int] = {
        "request_id": request_id,
        "operation": operation,
        "caller": meter.caller,
        "status": status,
        "outcome": meter.outcome or "ok",
    }
    wallet.metrics.tell(*measures, about=about)


def server_timing(began: float) -> str:
    """The header for developers' tools (https://www.w3.org/TR/server-timing/).

    It leaves out what the log has more, calls and units: they go by what was found, and so tell somebody's thing from none.
    """
    return f"app;dur={_milliseconds(began)}"


def _milliseconds(began: float) -> int:
    return round((time.perf_counter() - began) * 1000)
