"""Starting: the collector rests while a function's modules are imported.

Nearly all that imports make is kept for good, and looking through it again and again takes a twentieth of a cold start. `app.py`
imports this first and calls `done` last.
"""

from __future__ import annotations

import gc

gc.disable()


def done() -> None:
    """Lets the collector work again, on what comes from now on: what is there stays."""
    gc.freeze()
    gc.enable()
