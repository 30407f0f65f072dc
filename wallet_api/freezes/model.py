"""An unfreeze on its way, and what it takes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from wallet_api.clock import rfc3339
from wallet_api.errors import FieldProblem, Invalid
from wallet_api.freezes.errors import UnfreezeNeedsMore
from wallet_api.people.model import RECOVERED_FOR, Channel, Person

WAIT = timedelta(hours=24)
"""How long an unfreeze by a single code waits: long enough for its owner to read the notice and freeze the wallet again."""
UNFREEZE_LIFE = timedelta(days=7)

Method = Literal["sms", "email", "authenticator", "pin"]


class Freeze(Struct, frozen=True):
    """Since when nothing goes out."""

    id: str
    person_id: str
    frozen_at: datetime


class Unfreeze(Struct, frozen=True):
    """A person's wish to have the wallet back. Each code id belongs to one channel."""

    id: str
    person_id: str
    sms_code_id: str
    email_code_id: str
    created_at: datetime
    valid_until: datetime

    def code_id(self, channel: Channel) -> str:
        """Which code is sent over a channel."""
        return self.sms_code_id if channel == "sms" else self.email_code_id


class Begun(Struct, frozen=True):
    """What the person is told: with what it is proven, and from when on one of the methods is enough."""

    unfreeze: Unfreeze
    methods: tuple[Method, ...]
    available_at: datetime


class Sent(Struct, frozen=True):
    """A code is on its way; the address is masked."""

    channel: Channel
    sent_to: str
    expires_at: datetime
    resend_at: datetime


class Shown(Struct, frozen=True):
    """What a person shows to have the wallet back."""

    sms_code: str | None = None
    email_code: str | None = None
    authenticator_code: str | None = None
    pin: str | None = None

    @property
    def methods(self) -> tuple[Method, ...]:
        """By which methods."""
        given: tuple[tuple[Method, str | None], ...] = (
            ("sms", self.sms_code),
            ("email", self.email_code),
            ("authenticator", self.authenticator_code),
            ("pin", self.pin),
        )
        return tuple(method for method, code in given if code is not None)


def methods_of(person: Person, *, pin_set: bool) -> tuple[Method, ...]:
    """What this person can show. An authenticator that was set up after a password that a code alone set is none; the payment
    PIN is one, for it is neither set nor reset while the wallet is frozen.
    """
    authenticator: tuple[Method, ...] = ("authenticator",) if person.totp_stood_before else ()
    pin: tuple[Method, ...] = ("pin",) if pin_set else ()
    return (*person.channels, *authenticator, *pin)


def available_at(unfreeze: Unfreeze, person: Person) -> datetime:
    """From when on one method is enough."""
    waited = unfreeze.created_at + WAIT
    return waited if person.recovered_at is None else max(waited, person.recovered_at + RECOVERED_FOR)


def require_enough(
    shown: Shown, unfreeze: Unfreeze, person: Person, methods: tuple[Method, ...], now: datetime
) -> None:
    """Lets an unfreeze pass for which enough is shown, whether or not the codes are right. Raises Invalid, UnfreezeNeedsMore."""
    strange = [each for each in shown.methods if each not in methods]
    if strange:
        raise Invalid(
            *(FieldProblem("/pin" if each == "pin" else f"/{each}_code", "method_not_offered") for each in strange)
        )
    from_then = available_at(unfreeze, person)
    waited = now >= from_then and shown.methods not in ((), ("pin",))
    if len(shown.methods) >= 2 or waited:
        return
    raise UnfreezeNeedsMore(methods=" ".join(methods), available_at=rfc3339(from_then))
