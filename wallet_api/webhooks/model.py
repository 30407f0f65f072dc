"""What an endpoint is, whom it is told of, and the secrets that sign what goes to it."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from wallet_api.errors import FieldProblem, Invalid
from wallet_api.events.model import Event, known_pattern, wanted

SECRET_BYTES = 32
MAX_ENDPOINTS = 16
MAX_SECRETS = 3
LONGEST_OVERLAP = timedelta(days=7)

EndpointStatus = Literal["enabled", "disabled"]
Reason = Literal["by_merchant", "gone", "failing"]
TEST = "webhook_endpoint.test"
DISABLED = "webhook_endpoint.disabled"


class Secret(Struct, frozen=True):
    """A signing secret, sealed; `expires_at` is None for the newest."""

    id: str
    sealed: str
    created_at: datetime
    expires_at: datetime | None = None


class Endpoint(Struct, frozen=True):
    """Where a merchant wants events. `slot` is its place among the merchant's, `wrapped_key` opens its secrets.

    `failing_since` is when the first attempt failed that no success followed.
    """

    id: str
    merchant_id: str
    slot: int
    url: str
    event_types: tuple[str, ...]
    description: str
    status: EndpointStatus
    created_at: datetime
    wrapped_key: bytes
    secrets: tuple[Secret, ...]
    reason: Reason | None = None
    disabled_at: datetime | None = None
    failing_since: datetime | None = None

    def wants(self, event: Event) -> bool:
        """Whether an event is sent to it by itself. A test goes to the endpoint that it is for alone."""
        return self.status == "enabled" and event.type != TEST and wanted(event.type, self.event_types)

    def valid_secrets(self, now: datetime) -> tuple[Secret, ...]:
        """The secrets that sign at this time, newest first."""
        valid = [each for each in self.secrets if each.expires_at is None or each.expires_at > now]
        return tuple(sorted(valid, key=lambda each: each.created_at, reverse=True))


def require_event_types(patterns: Sequence[str]) -> tuple[str, ...]:
    """The patterns, each once and in order. Raises Invalid for one that no type ever meets."""
    unknown = [number for number, each in enumerate(patterns) if not known_pattern(each)]
    if unknown:
        raise Invalid(*(FieldProblem(f"/event_types/{number}", "unknown_value") for number in unknown))
    return tuple(sorted(set(patterns)))


def secret_text(secret: bytes) -> str:
    """A secret as a merchant is shown it, once."""
    return f"whsec_{b64encode(secret).decode()}"
