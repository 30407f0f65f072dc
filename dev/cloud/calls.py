"""Where every call to AWS passes: botocore's `_make_api_call`, and the wire's, which is the wallet's own way to DynamoDB.

Tests and benchmarks that count, hold or break calls stand here, above everything that makes a call.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from botocore.client import BaseClient

from wallet_api.storage.wire import Wire

Real = Callable[[Any, str, dict[str, Any]], Any]
Intercept = Callable[[Real, Any, str, dict[str, Any]], Any]
"""Gets the real call, the client, the operation and its parameters; gives the answer."""


@contextmanager
def intercepted(intercept: Intercept, service: str = "dynamodb") -> Iterator[None]:
    """Every call of this process to the service goes to `intercept` while the block lasts."""
    with ExitStack() as stack:
        for kind in (BaseClient, Wire):
            stack.enter_context(patch.object(kind, "_make_api_call", _standing_before(kind, intercept, service)))
        yield


def _standing_before(kind: Any, intercept: Intercept, service: str) -> Real:
    real: Real = kind._make_api_call

    def call(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
        if client.meta.service_model.service_name != service:
            return real(client, operation, parameters)
        return intercept(real, client, operation, parameters)

    return call
