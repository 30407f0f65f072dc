"""The seam between botocore and whatever answers it: `before-send` in, an HTTP answer out.

Everything above botocore is real (serialisers, signatures, parsers, retries), so a test that counts or breaks calls at
`_make_api_call` sees what it would see on AWS. Nothing may leave the machine: a host
that nobody answers for is refused.
"""

import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.handlers import BUILTIN_HANDLERS

from dev.cloud.rights import rights

Answer = tuple[int, dict[str, str], bytes]
_AWS_HOST = re.compile(
    r"(?:\d{12}\.)?(?P<service>[a-z0-9.\-]+?)\.(?P<region>[a-z]{2}-[a-z]+-\d)\.(amazonaws\.com(\.cn)?|api\.aws)"
)
WRITES = ("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems")
# What an emulator raises, beside its own errors, at a request that it does not expect; on AWS a validation error.
BROKE_OFF = (ArithmeticError, AssertionError, AttributeError, LookupError, NotImplementedError, TypeError, ValueError)
LOOPBACK = ("localhost", "127.0.0.1", "::1", "[::1]")


class Engine(Protocol):
    """Answers DynamoDB and DynamoDB Streams."""

    name: str

    def answer(self, service: str, region: str, request: AWSPreparedRequest) -> Answer | None:
        """An answer to one signed request, or None to let it go to its (loopback) endpoint."""
        ...

    def reset(self) -> None:
        """Forgets every item, stream record and token; tables stay."""
        ...

    def keep(self) -> Callable[[], None]:
        """Keeps every item and every stream as they are now. What is returned puts them back where a `reset` has emptied all, as
        often as one likes.
        """
        ...

    def items(self, table: str, region: str) -> list[dict[str, Any]]:
        """What a table holds, in DynamoDB's JSON, without a call that counts."""
        ...

    def on_write(self, listener: Callable[[], None]) -> None:
        """Calls `listener` after a write that a stream shows, where the engine can tell."""
        ...


class WouldLeaveTheMachine(Exception):
    """A call to a host that the local cloud does not play."""


@dataclass(frozen=True)
class Body:
    """What `AWSResponse` reads its content from."""

    content: bytes

    def stream(self, *_args: object, **_options: object) -> Iterator[bytes]:
        yield self.content

    def read(self, *_args: object) -> bytes:
        return self.content


Services = Callable[[AWSPreparedRequest], Answer]


class Interception:
    """Routes botocore's requests by host; one per process. Each region is one cloud of its own, switched on and off."""

    def __init__(self) -> None:
        self._clouds: dict[str, tuple[Engine, Services]] = {}

    def switch_on(self, region: str, dynamodb: Engine, others: Services) -> None:
        if region in self._clouds:
            raise RuntimeError(f"A local cloud is open for {region} in this process already.")
        self._clouds[region] = dynamodb, others

    def switch_off(self, region: str) -> None:
        self._clouds.pop(region, None)

    def __call__(self, request: AWSPreparedRequest, **event: Any) -> AWSResponse | None:
        if not self._clouds:
            return None
        host = urlsplit(str(request.url)).hostname or ""
        match = _AWS_HOST.fullmatch(host)
        if match is None and host in LOOPBACK:
            return None
        if match is None or match["region"] not in self._clouds:
            raise WouldLeaveTheMachine(f"The local cloud does not let a request go to {host}.")
        engine, others = self._clouds[match["region"]]
        body = request.body if isinstance(request.body, (bytes, str)) else None
        answer: Answer | None = rights.refusal(event["event_name"], body)
        if answer is None:
            stored = match["service"] in ("dynamodb", "streams.dynamodb")
            answer = engine.answer(match["service"], match["region"], request) if stored else others(request)
        if answer is None:
            raise WouldLeaveTheMachine(f"Nothing local answers for {host}.")
        status, headers, told = answer
        return AWSResponse(request.url, status, headers, Body(told))  # type: ignore[arg-type]


def checked(status: int, body: bytes, request_id: str) -> Answer:
    """A DynamoDB answer with the headers that AWS sends, its checksum among them."""
    headers = {
        "content-type": "application/x-amz-json-1.0",
        "x-amz-crc32": str(zlib.crc32(body)),
        "x-amzn-requestid": request_id,
        "content-length": str(len(body)),
    }
    return status, headers, body


interception = Interception()
"""Registered once: botocore copies its built-in handlers into every session made after this import."""

# First in line: moto, when imported, adds a hook of its own that would match every service's URLs before answering.
BUILTIN_HANDLERS.insert(0, ("before-send", interception))
