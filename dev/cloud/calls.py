"""Where every call to AWS passes: botocore's `_make_api_call`, and the wire's, which is the wallet's own way to DynamoDB.

Tests and benchmarks that count, hold or break calls stand here, above everything that makes a call. The wire also begins calls whose
answers are asked for later; whoever stands here says what happens between the two.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import copy_context
from threading import Thread
from typing import Any
from unittest.mock import patch

from botocore.client import BaseClient

from wallet_api.storage.wire import Begun, Wire

Real = Callable[[Any, str, dict[str, Any]], Any]
Intercept = Callable[[Real, Any, str, dict[str, Any]], Any]
"""Gets the real call, the client, the operation and its parameters; gives the answer."""
Begin = Callable[[Callable[[], Any]], Begun]
"""Gets a whole call; gives what brings its answer."""


class Made:
    """A call that was made when it was begun."""

    under_way = True

    def __init__(self, call: Callable[[], Any]) -> None:
        self._answer: Any = None
        self._error: BaseException | None = None
        try:
            self._answer = call()
        except BaseException as error:  # noqa: BLE001  it belongs to whoever asks for the answer
            self._error = error

    def answer(self) -> Any:
        if self._error is not None:
            raise self._error
        return self._answer


class InAThread:
    """A call that a thread makes meanwhile."""

    under_way = True

    def __init__(self, call: Callable[[], Any]) -> None:
        self._made: list[Made] = []
        context = copy_context()
        self._thread = Thread(target=lambda: self._made.append(context.run(Made, call)), daemon=True)
        self._thread.start()

    def answer(self) -> Any:
        self._thread.join()
        return self._made[0].answer()


def at_once(call: Callable[[], Any]) -> Begun:
    """One call after the other: the same every time."""
    return Made(call)


def side_by_side(call: Callable[[], Any]) -> Begun:
    """Calls that were begun are under way at the same time."""
    return InAThread(call)


@contextmanager
def intercepted(intercept: Intercept, service: str = "dynamodb", begin: Begin = at_once) -> Iterator[None]:
    """Every call of this process to the service goes to `intercept` while the block lasts."""

    def begun(wire: Any, operation: str, parameters: dict[str, Any]) -> Begun:
        return begin(lambda: wire._make_api_call(operation, parameters))

    with ExitStack() as stack:
        for kind in (BaseClient, Wire):
            stack.enter_context(patch.object(kind, "_make_api_call", _standing_before(kind, intercept, service)))
        stack.enter_context(patch.object(Wire, "begin", begun))
        yield


def _standing_before(kind: Any, intercept: Intercept, service: str) -> Real:
    real: Real = kind._make_api_call

    def call(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
        if client.meta.service_model.service_name != service:
            return real(client, operation, parameters)
        return intercept(real, client, operation, parameters)

    return call
