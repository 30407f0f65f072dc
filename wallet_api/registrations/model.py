"""A registration that waits for the proof of its contact."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from wallet_api.errors import FieldProblem
from wallet_api.people.model import (
    CONSENTS,
    Channel,
    Contact,
    Locale,
    Person,
    canonical_email,
    canonical_phone,
    personal_words,
    takes_sms,
)
from wallet_api.registrations.errors import RegistrationRefused

REGISTRATION_LIFE = timedelta(hours=1)


class Wish(Struct, frozen=True):
    """What somebody who registers gives; the phone comes first when both contacts are given."""

    phone: str | None
    email: str | None
    password: str
    locale: Locale
    consents: tuple[str, ...]

    @property
    def channel(self) -> Channel:
        """The channel that the first code goes over."""
        return "sms" if self.phone is not None else "email"

    def personal_words(self) -> list[str]:
        """What the password may not hold: the number without its country code, the name in the e-mail address."""
        return personal_words(Contact(self.phone, self.email, self.locale))


class Registration(Struct, frozen=True):
    """A person to be. `taken` lists the channels whose contact has a wallet already; its owner gets a notice, no
    code.
    """

    id: str
    person: Person
    password_hash: str
    taken: tuple[Channel, ...]
    code_id: str
    valid_until: datetime
    session_id: str | None = None
    """The session that the confirmed registration began; None while it waits."""

    def proven_over(self, channel: Channel, now: datetime) -> Person:
        """The person with the one contact that was proven, from now on."""
        if channel == "sms":
            return replace(self.person, created_at=now, email_sealed=None)
        return replace(self.person, created_at=now, phone_sealed=None)


class Pending(Struct, frozen=True):
    """What the person waits for; the address is masked."""

    id: str
    channel: Channel
    sent_to: str
    expires_at: datetime
    resend_at: datetime
    created_at: datetime


def checked(phone: str | None, email: str | None, password: str, locale: Locale, consents: Sequence[str]) -> Wish:
    """The wish with canonical contacts. Raises Invalid, RegistrationRefused."""
    if phone is None and email is None:
        raise RegistrationRefused(FieldProblem("/phone", "contact_required"))
    missing = [consent for consent in CONSENTS if consent not in consents]
    if missing:
        raise RegistrationRefused(FieldProblem("/consents", "consent_required", (("missing", ", ".join(missing)),)))
    phone = canonical_phone(phone) if phone is not None else None
    if phone is not None and not takes_sms(phone):
        raise RegistrationRefused(FieldProblem("/phone", "phone_takes_no_sms"))
    email = canonical_email(email) if email is not None else None
    return Wish(phone, email, password, locale, CONSENTS)
