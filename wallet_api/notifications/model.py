"""What a person is told of, and how long it is tried."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from wallet_api.people.model import Channel

Kind = Literal[
    "password_changed",
    "password_locked",
    "second_factor_locked",
    "unlocked",
    "contact_changed",
    "contact_added",
    "totp_enabled",
    "totp_removed",
    "recovery_codes_renewed",
    "refresh_token_reused",
    "new_device",
    "device_key_added",
    "device_removed",
    "payment_pin_changed",
    "payment_pin_reset",
    "frozen",
    "unfreeze_asked",
    "unfrozen",
    "contact_removed",
    "api_key_created",
    "settlement_account_changed",
    "merchant_approved",
    "merchant_declined",
    "mandate_confirmed",
    "confirmations_reduced",
]

_FIRST_RETRY = timedelta(minutes=1)
_LONGEST_RETRY = timedelta(hours=2)
GIVEN_UP_AFTER = timedelta(days=1)


class Notice(Struct, frozen=True):
    """One fact for one person. `former` holds contacts that the person had until then, sealed as theirs are."""

    id: str
    person_id: str
    kind: Kind
    created_at: datetime
    tries: int = 0
    told: tuple[str, ...] = ()
    former_phone_sealed: bytes | None = None
    former_email_sealed: bytes | None = None


class Recipient(Struct, frozen=True):
    """An address in clear; `name` says which of the person's it is, so that none is told twice."""

    name: str
    channel: Channel
    address: str


def next_try(notice: Notice, now: datetime) -> datetime | None:
    """When a notice that was not sent to everybody is tried again; None when it has been tried for a day."""
    if now - notice.created_at >= GIVEN_UP_AFTER:
        return None
    return now + min(_FIRST_RETRY * (1 << min(notice.tries, 10)), _LONGEST_RETRY)
