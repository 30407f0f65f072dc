"""Holds every storage call of operations that run at the same time, and lets one go at a time, in a chosen order.

Each operation runs in a thread of its own; the calls that one trip makes at the same time run in further threads, as they do
in the wallet. Every thread stops before each DynamoDB call. When all of them stand still, one is let go, and the next choice
is made when all stand still again: so a run depends on the choices alone, and the same choices give the same run.
"""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Condition, Event, Thread, current_thread
from typing import Any
from unittest.mock import patch

from dev.cloud.calls import Real, at_once, intercepted
from tests.schedules.footprints import Call, call_of
from wallet_api.storage import Storage
from wallet_api.storage.wire import Begun

STUCK_AFTER_SECONDS = 20

Label = tuple[int, int]
"""Which operation, and which of its threads: the first is the operation itself, the others are calls of its trips."""
Choose = Callable[[Mapping[Label, Call]], Label]


class Stuck(AssertionError):
    """The operations neither go on nor end."""


class Seen(Exception):
    """Who chooses raises it when this run will show nothing that an earlier one has not shown: it is broken off."""


class _BrokenOff(BaseException):
    """Ends an operation where it stands. No part of the wallet catches it."""


@dataclass
class _Held:
    call: Call
    go: Event = field(default_factory=Event)


class _Strand(Thread):
    """One thread of an operation; its label names it in every run."""

    def __init__(self, conductor: "Conductor", label: Label, work: Callable[[], Any]) -> None:
        super().__init__(name=f"strand {label}", daemon=True)
        self.conductor = conductor
        self.label = label
        self.work = work
        self.ended = _Ended(conductor)

    def run(self) -> None:
        try:
            found, error = self.work(), None
        except BaseException as raised:  # noqa: BLE001  it belongs to whoever asks for the result
            found, error = None, raised
        self.conductor.end(self.ended, found, error)


class _Ended(Future[Any]):
    """What a strand brought. Whoever waits for it stands still meanwhile, and takes over the strand's turn at its end."""

    def __init__(self, conductor: "Conductor") -> None:
        super().__init__()
        self.conductor = conductor
        self.awaited = False

    def exception(self, timeout: float | None = None) -> BaseException | None:
        self.conductor.wait_for(self)
        return super().exception(timeout)

    def result(self, timeout: float | None = None) -> Any:
        self.conductor.wait_for(self)
        return super().result(timeout)


class _Sent:
    """A call that was sent and not answered yet: a strand of the operation that sent it, which may be let go at any time."""

    under_way = True

    def __init__(self, strand: _Strand) -> None:
        self._strand = strand

    def answer(self) -> Any:
        return self._strand.ended.result()


class _Trips(Executor):
    """Stands in for the storage's pool: what a trip lets another thread do becomes a strand of the operation that makes the trip."""

    def __init__(self, conductor: "Conductor", pool: Executor) -> None:
        self._conductor = conductor
        self._pool = pool

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        me = current_thread()
        if not isinstance(me, _Strand):
            return self._pool.submit(fn, *args, **kwargs)
        return self._conductor.begin(me.label[0], lambda: fn(*args, **kwargs)).ended


class Conductor:
    """Runs operations by choices. `order` is what was chosen."""

    def __init__(self, choose: Choose) -> None:
        self._choose = choose
        self._still = Condition()
        self._moving = 0
        self._held: dict[Label, _Held] = {}
        self._begun: dict[int, int] = {}
        self._over = False
        self.order: list[Label] = []

    def run(self, storage: Storage, *operations: Callable[[], Any]) -> list[Any]:
        """What each operation brought: its value, or the exception that ended it. Raises Stuck, or Seen when it is broken off."""
        with self._holding(storage):
            strands = [self.begin(number, operation) for number, operation in enumerate(operations)]
            try:
                while self._let_one_go():
                    pass
            except Seen:
                self._break_off()
                raise
        return [strand.ended.exception() or strand.ended.result() for strand in strands]

    def begin(self, operation: int, work: Callable[[], Any]) -> _Strand:
        """Another thread of an operation."""
        with self._still:
            number = self._begun.get(operation, 0)
            self._begun[operation] = number + 1
            self._moving += 1
        strand = _Strand(self, (operation, number), work)
        strand.start()
        return strand

    def end(self, ended: _Ended, found: Any, error: BaseException | None) -> None:
        with self._still:
            if not ended.awaited:
                self._moving -= 1
            if error is None:
                ended.set_result(found)
            else:
                ended.set_exception(error)
            self._still.notify_all()

    def wait_for(self, ended: _Ended) -> None:
        with self._still:
            if not ended.done() and isinstance(current_thread(), _Strand):
                ended.awaited = True
                self._moving -= 1
                self._still.notify_all()

    def pause(self, call: Call) -> None:
        """Stands still until it is this thread's turn. A thread that is no operation's goes straight on."""
        me = current_thread()
        if not isinstance(me, _Strand) or me.conductor is not self:
            return
        held = _Held(call)
        with self._still:
            if self._over:
                raise _BrokenOff
            self._held[me.label] = held
            self._moving -= 1
            self._still.notify_all()
        if not held.go.wait(2 * STUCK_AFTER_SECONDS):
            raise Stuck("nobody lets this call go")
        if self._over:
            raise _BrokenOff

    def _break_off(self) -> None:
        """Nothing is called any more; returns when every operation has ended."""
        with self._still:
            self._over = True
            self._moving += len(self._held)
            for held in self._held.values():
                held.go.set()
            self._held.clear()
            if not self._still.wait_for(lambda: self._moving == 0, STUCK_AFTER_SECONDS):
                raise Stuck(f"after {written(self.order)} something does not end")

    def _let_one_go(self) -> bool:
        with self._still:
            if not self._still.wait_for(lambda: self._moving == 0, STUCK_AFTER_SECONDS):
                raise Stuck(f"after {written(self.order)} something runs without an end")
            if not self._held:
                return False
            chosen = self._choose({label: self._held[label].call for label in sorted(self._held)})
            self.order.append(chosen)
            self._moving += 1
            self._held.pop(chosen).go.set()
            return True

    @contextmanager
    def _holding(self, storage: Storage) -> Iterator[None]:
        def held(real: Real, client: Any, operation: str, parameters: dict[str, Any]) -> Any:
            self.pause(call_of(operation, parameters))
            return real(client, operation, parameters)

        def begin(call: Callable[[], Any]) -> Begun:
            me = current_thread()
            return _Sent(self.begin(me.label[0], call)) if isinstance(me, _Strand) else at_once(call)

        pool = _Trips(self, storage._pool)
        with intercepted(held, begin=begin), patch.object(storage, "_pool", pool):
            yield


def written(order: list[Label]) -> str:
    """An order as text: `0 0.1 1`, an operation's own calls by its number alone."""
    return " ".join(f"{operation}.{strand}" if strand else str(operation) for operation, strand in order)


def read(text: str) -> list[Label]:
    """The order that `written` wrote."""
    return [
        (int(operation), int(strand or 0)) for operation, _, strand in (each.partition(".") for each in text.split())
    ]
