"""A client of an AWS service that is made when it is first asked something.

Making one takes about as long as twenty calls of it, and most containers of a wallet never send a message: what is made while a
function starts is paid by everybody's first request. DynamoDB's client, which every request needs, is made at once.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Any


class LateClient:
    """Has the methods of the client that `make` gives; it is made once, whichever threads ask first."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make
        self._made: Any = None
        self._lock = Lock()

    def __getattr__(self, name: str) -> Any:
        with self._lock:
            if self._made is None:
                self._made = self._make()
        return getattr(self._made, name)
