"""`Wallet-Sandbox-Fault`: something goes wrong with one request, so that a developer can see what their client does then.

Only the local server knows the header: a deployed wallet has no code that reads it. Storage and the acquirer are broken where
their calls leave the wallet, for the request that asked for it and for no other.
"""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar, copy_context
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from botocore.exceptions import ClientError, ReadTimeoutError

from dev.cloud.calls import Real, intercepted
from dev.gateway import Call
from dev.problems import Reply, problem
from dev.refusals import refusal
from wallet_api.gateways.acquirer import AcquirerSilent
from wallet_api.gateways.sandbox_acquirer import SandboxAcquirer

HEADER = "wallet-sandbox-fault"
SLOW_SECONDS = 5.0
TIMES = 2
"""How often in a row a passing fault of storage is met; the wallet's own patience is longer."""
WRITES = ("TransactWriteItems", "PutItem", "UpdateItem", "DeleteItem")

Handle = Callable[[], Reply]
Storage = Callable[[str, Callable[[], Any]], Any]
"""Gets an operation's name and the real call, which it may make, and gives the answer."""


@dataclass(frozen=True)
class Fault:
    """What goes wrong, in words, and what the client should do then."""

    en: str
    zh: str
    client: str


FAULTS = {
    "lose_response_after_commit": Fault(
        "the request is done, and its answer is lost: 504", "请求已完成，但响应丢失：504", "send it again with the same key"
    ),
    "timeout_before_commit": Fault(
        "the request never reaches the wallet, and times out: 504", "请求未到达钱包即超时：504", "send it again with the same key"
    ),
    "duplicate_delivery": Fault(
        "the network delivers the request twice; the answer is the second's", "网络重复投递请求，返回第二次的响应",
        "nothing: it happens once",
    ),
    "storage_conflict": Fault(
        "another write is in the way of this one, twice in a row", "写入两次与其他写入冲突", "nothing: the wallet tries again",
    ),
    "storage_answer_lost": Fault(
        "the write is done, and storage's answer to the wallet is lost", "写入已完成，但存储的应答丢失",
        "nothing: the wallet finds out",
    ),
    "internal_error": Fault(
        "something of ours breaks before anything is written: 500", "写入前内部出错：500", "send it again with the same key"
    ),
    "throttled": Fault("storage is busy, twice in a row", "存储繁忙两次", "nothing: the wallet tries again"),
    "too_many_requests": Fault(
        "the gateway does not let the request through: 429 with Retry-After", "网关限流：429，带 Retry-After",
        "wait, then send it again with the same key",
    ),
    "slow": Fault("the answer takes five seconds", "响应延迟五秒", "wait for it"),
    "stop_before_acquirer": Fault(
        "the function stops after it wrote down what it intends and before it asks the acquirer: 504",
        "写入意图后、请求收单机构前进程终止：504",
        "send it again with the same key; after 30 seconds anybody may go on",
    ),
    "acquirer_timeout": Fault(
        "the acquirer gets the order and does not answer: the top-up or the withdrawal is `processing`",
        "收单机构收到请求但无应答：充值或提现为 `processing`",
        "ask with the same key, or wait for the event",
    ),
}  # fmt: skip
"""By the names that the header takes."""


class Faults:
    """Stands around every request of the local gateway. Requests with a fault of storage or the acquirer go one at a time."""

    def __init__(self, wallet: Callable[[], Any], sleep: Callable[[float], None] = time.sleep) -> None:
        self._wallet = wallet
        self._sleep = sleep
        self._turn = threading.Lock()

    def __call__(self, call: Call, handle: Handle) -> Reply:
        asked = [value for name, value in call.headers if name.lower() == HEADER]
        if not asked:
            return handle()
        if len(asked) > 1 or asked[0] not in FAULTS:
            detail = f"Wallet-Sandbox-Fault is one of: {', '.join(FAULTS)}."
            error = {"pointer": "Wallet-Sandbox-Fault", "code": "unknown_value", "detail": detail}
            return problem(422, "invalid_request", detail, call.request_id, errors=[error], allowed=list(FAULTS))
        return self._faulty(asked[0], call, handle)

    def _faulty(self, name: str, call: Call, handle: Handle) -> Reply:
        if name == "too_many_requests":
            return refusal("THROTTLED", call.request_id)
        if name == "timeout_before_commit":
            return _timed_out(call)
        if name == "slow":
            self._sleep(SLOW_SECONDS)
            return handle()
        if name == "lose_response_after_commit":
            handle()
            return _timed_out(call)
        if name == "duplicate_delivery":
            handle()
            return handle()
        try:
            with self._turn, _broken(self._wallet(), name):
                return handle()
        except Stopped:
            return _timed_out(call)


def _timed_out(call: Call) -> Reply:
    """What API Gateway answers for a wallet that does not."""
    return refusal("INTEGRATION_TIMEOUT", call.request_id)


_OURS: ContextVar[bool] = ContextVar("of the request with a fault", default=False)


class _Carrying(Executor):
    """A trip's calls belong to the request that makes the trip."""

    def __init__(self, pool: Executor) -> None:
        self._pool = pool

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        return self._pool.submit(copy_context().run, fn, *args, **kwargs)


@contextmanager
def _broken(wallet: Any, name: str) -> Iterator[None]:
    """While the block lasts, the calls of this very request meet the fault."""
    with ExitStack() as stack:
        if name == "acquirer_timeout":
            for call in ("charge", "confirm", "refund", "credit"):
                stack.enter_context(patch.object(SandboxAcquirer, call, _unanswered(getattr(SandboxAcquirer, call))))
        elif name == "stop_before_acquirer":
            for call in ("charge", "confirm", "refund", "credit"):
                stack.enter_context(patch.object(SandboxAcquirer, call, _unasked(getattr(SandboxAcquirer, call))))
        else:
            storage = BROKEN_STORAGE[name]()

            def intercept(real: Real, client: Any, operation: str, parameters: dict[str, Any]) -> Any:
                def apply() -> Any:
                    return real(client, operation, parameters)

                return storage(operation, apply) if _OURS.get() else apply()

            stack.enter_context(patch.object(wallet.storage, "_pool", _Carrying(wallet.storage._pool)))
            stack.enter_context(intercepted(intercept))
        token = _OURS.set(True)
        try:
            yield
        finally:
            _OURS.reset(token)


class Stopped(BaseException):
    """The function stops here: nothing of the wallet may catch it."""


def _unasked(real: Callable[..., Any]) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        if _OURS.get():
            raise Stopped
        return real(*args, **kwargs)

    return call


def _unanswered(real: Callable[..., Any]) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        answer = real(*args, **kwargs)
        if _OURS.get():
            raise AcquirerSilent
        return answer

    return call


def _refused(code: str, operation: str, **more: Any) -> ClientError:
    about = {"Error": {"Code": code, "Message": code}, "ResponseMetadata": {"HTTPStatusCode": 400}, **more}
    return ClientError(about, operation)  # type: ignore[arg-type]


def _passing(fault: Callable[[str, Callable[[], Any]], Any], of: tuple[str, ...], times: int = TIMES) -> Storage:
    """A fault that the first calls of these operations meet."""
    lock, left = threading.Lock(), times

    def meet(operation: str, apply: Callable[[], Any]) -> Any:
        nonlocal left
        with lock:
            met = operation in of and left > 0
            left -= met
        return fault(operation, apply) if met else apply()

    return meet


def _conflict(operation: str, _apply: Callable[[], Any]) -> Any:
    if operation != "TransactWriteItems":
        raise _refused("TransactionConflictException", operation)
    reasons = [{"Code": "TransactionConflict"}]
    raise _refused("TransactionCanceledException", operation, CancellationReasons=reasons)


def _answer_lost(_operation: str, apply: Callable[[], Any]) -> Any:
    apply()
    raise ReadTimeoutError(endpoint_url="https://dynamodb")


def _throttled(operation: str, _apply: Callable[[], Any]) -> Any:
    raise _refused("ThrottlingException", operation)


def _down(operation: str, _apply: Callable[[], Any]) -> Any:
    raise _refused("AccessDeniedException", operation)


BROKEN_STORAGE: dict[str, Callable[[], Storage]] = {
    "storage_conflict": lambda: _passing(_conflict, ("TransactWriteItems",)),
    "storage_answer_lost": lambda: _passing(_answer_lost, ("TransactWriteItems",), 1),
    "throttled": lambda: _passing(_throttled, ("BatchGetItem", *WRITES)),
    "internal_error": lambda: _down,
}
