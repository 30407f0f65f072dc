"""How DynamoDB says no on the wire: an error code, a sentence, and for a cancelled transaction its reasons."""

import json
from typing import Any

_PREFIX = "com.amazonaws.dynamodb.v20120810#"


class Refusal(Exception):
    """An answer with status 400: `code` is the error's name as SDKs see it, `extra` what else its body carries."""

    def __init__(self, code: str, message: str, extra: dict[str, Any] | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.extra = extra or {}

    def body(self) -> bytes:
        shown = {"__type": _PREFIX + self.code, "message": self.message, **self.extra}
        return json.dumps(shown, ensure_ascii=False).encode()


class Invalid(Refusal):
    """A request that no state of the table could make right (`ValidationException`)."""

    def __init__(self, message: str) -> None:
        super().__init__("ValidationException", message)


class ConditionFailed(Refusal):
    """The condition was false; carries the old item when the caller asked for it."""

    def __init__(self, item: dict[str, Any] | None = None) -> None:
        extra = {} if item is None else {"Item": item}
        super().__init__("ConditionalCheckFailedException", "The conditional request failed", extra)


def malformed(message: str) -> Refusal:
    return Refusal("SerializationException", message)


def no_such_table() -> Refusal:
    return Refusal("ResourceNotFoundException", "Requested resource not found")
