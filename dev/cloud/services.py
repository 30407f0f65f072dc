"""The services beside DynamoDB, as moto plays them: KMS, Secrets Manager, SNS, SES, SQS, STS. One call at a time."""

from collections.abc import Callable
from threading import RLock
from typing import Any
from urllib.parse import urlsplit

from botocore.awsrequest import AWSPreparedRequest
from moto.core.models import DEFAULT_ACCOUNT_ID, botocore_stubber

from dev.cloud.engine import Answer, WouldLeaveTheMachine

_PLAYED = frozenset({"kms", "secretsmanager", "sns", "email", "sqs", "sts"})
_NAMES = {"email": "ses"}


class MotoServices:
    """Answers one signed request from moto's in-memory account."""

    def __init__(self, after: Callable[[], None], queued: Callable[[], None]) -> None:
        self._lock = RLock()
        self._after_message = after
        self._queued = queued

    def __call__(self, request: AWSPreparedRequest) -> Answer:
        service = (urlsplit(str(request.url)).hostname or "").partition(".")[0]
        if service not in _PLAYED:
            raise WouldLeaveTheMachine(f"The local cloud does not play {service}.")
        with self._lock:
            answer = botocore_stubber.process_request(request)
            if answer is None:
                raise WouldLeaveTheMachine(f"The local cloud does not play {request.url}.")
            status, headers, body = answer
            if service in ("sns", "email"):
                self._after_message()
        if service == "sqs":
            self._queued()
        shown = {str(name): str(value) for name, value in headers.items()}
        return status, shown, body.encode() if isinstance(body, str) else body


def backend(service: str, region: str) -> Any:
    """Moto's own model of `service`, to read what it caught."""
    import moto.backends

    model: Any = moto.backends.get_backend(_NAMES.get(service, service))  # type: ignore[call-overload]
    return model[DEFAULT_ACCOUNT_ID][region]


def forget(region: str) -> None:
    """Empties every played service, keys and secrets included."""
    for service in sorted(_PLAYED - {"sts"}):
        backend(service, region).reset()
