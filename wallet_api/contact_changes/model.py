"""A contact change on its way, and what it takes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from wallet_api.contact_changes.errors import ContactRefused
from wallet_api.errors import FieldProblem
from wallet_api.people.model import (
    Channel,
    Contact,
    Locale,
    Person,
    canonical_email,
    canonical_phone,
    takes_sms,
)

CHANGE_LIFE = timedelta(minutes=15)
"""Long enough for two codes of which one comes late."""

Method = Literal["totp", "sms", "email", "recovery_code"]


class ContactChange(Struct, frozen=True):
    """A person's wish for another contact over this channel. `code_id` goes to the new one, `proof_code_id` to a current
    one. `taken` says that somebody has it: its owner got a notice and no code. Without `contact_sealed` the contact is
    removed, and nothing is sent but the proof.
    """

    id: str
    person_id: str
    channel: Channel
    contact_sealed: bytes | None
    taken: bool
    code_id: str
    proof_code_id: str
    created_at: datetime
    valid_until: datetime


class Begun(Struct, frozen=True):
    """What the person is told; the address is masked."""

    change: ContactChange
    methods: tuple[Method, ...]
    sent_to: str | None
    expires_at: datetime
    resend_at: datetime | None


class Sent(Struct, frozen=True):
    """A code is on its way to a contact that the person has already."""

    channel: Channel
    sent_to: str
    expires_at: datetime
    resend_at: datetime


def current_methods(person: Person) -> tuple[Method, ...]:
    """What a person proves a change with: the authenticator where there is one, for it does not hang on the very number
    that somebody may have taken over.
    """
    return ("totp", "recovery_code") if person.totp_enabled else person.channels


def methods_for(change: ContactChange, person: Person) -> tuple[Method, ...]:
    """The same for one change: what is removed is proven by what stays, so that nobody is left with what reaches nobody."""
    found = current_methods(person)
    return found if change.contact_sealed is not None else tuple(each for each in found if each != change.channel)


def wanted(phone: str | None, email: str | None, locale: Locale) -> Contact:
    """The one contact that is asked for, in its canonical form. Raises Invalid, ContactRefused."""
    if phone is None:
        return Contact(None, canonical_email(email or ""), locale)
    canonical = canonical_phone(phone)
    if not takes_sms(canonical):
        raise ContactRefused(FieldProblem("/phone", "phone_takes_no_sms"))
    return Contact(canonical, None, locale)
