"""Additions: what is not there yet is written, all at once, and what is there already stays as it is.

Streams and queues bring the same thing more than once. Whoever writes what follows from it adds what is missing and passes over the
rest, without reading first: the conditions of the write say which of it is there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from wallet_api.storage import AtomicWrite, Storage

Add = Callable[[AtomicWrite, Exception], None]
"""Adds something to a write, with the refusal for when it is there already."""


class _Present(Exception):
    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def add_missing(storage: Storage, additions: Mapping[str, Add]) -> int:
    """Writes those of the additions, by their ids, that are not there yet, in one write. Returns how many were new."""
    remaining = dict(additions)
    while remaining:
        write = storage.atomic_write()
        try:
            with write:
                for name, add in remaining.items():
                    add(write, _Present(name))
            return len(remaining)
        except _Present:
            for refusal in write.refused:
                if isinstance(refusal, _Present):
                    remaining.pop(refusal.name, None)
    return 0
