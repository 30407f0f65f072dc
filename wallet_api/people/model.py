"""What a person is, and the one canonical form of a phone number and an e-mail address."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from wallet_api.errors import FieldProblem, Invalid

Locale = Literal["zh-CN", "en"]
Channel = Literal["sms", "email"]
Mark = Literal[
    "totp_enabled", "totp_removed", "recovered_over_sms", "recovered_over_email", "proven", "frozen", "thawed"
]
"""What happened to a person's access that later decisions look at."""
ContactKind = Literal["phone", "email"]

CONSENTS = ("terms", "privacy")
"""What a person must agree to before they get a wallet."""

TEXTS_IN_FORCE: Mapping[str, str] = {"terms": "2026-11-22", "privacy": "2026-11-22"}
"""The version of each text that somebody agrees to now: the day since which it holds. What a person agreed to stays as it was."""

SMS_COUNTRIES = frozenset(
    {"CN", "HK", "MO", "TW", "SG", "MY", "TH", "ID", "PH", "VN", "JP", "KR", "IN", "AU", "NZ", "US", "CA"}
    | {"GB", "IE", "DE", "FR", "ES", "IT", "NL", "BE", "LU", "PT", "AT", "CH", "SE", "NO", "DK", "FI", "PL"}
)
"""Where SMS go. In any other country a person registers by e-mail, so nobody is paid for traffic to a place without
customers.
"""

RECOVERED_FOR = timedelta(hours=72)
"""How long a password that a code alone set is looked at with care: a weekend, in which an owner whose number was taken
over finds the phone dead, reads the notices, and freezes the wallet.
"""

_PHONE = re.compile(r"\+?[0-9][0-9 ().-]{3,30}", re.ASCII)
_MAINLAND_MOBILE = re.compile(r"1[0-9]{10}", re.ASCII)


class Contact(Struct, frozen=True):
    """How a person is reached, in clear: E.164 phone and lower-case e-mail, each None when there is none."""

    phone: str | None
    email: str | None
    locale: Locale

    @property
    def channels(self) -> tuple[Channel, ...]:
        """The channels that reach this person, the phone first."""
        phone: tuple[Channel, ...] = ("sms",) if self.phone else ()
        return (*phone, "email") if self.email else phone

    def address(self, channel: Channel) -> str:
        """Where a message over this channel goes. Raises LookupError when the person has no such contact."""
        address = self.phone if channel == "sms" else self.email
        if address is None:
            raise LookupError(f"no {channel} contact")
        return address

    def masked(self, channel: Channel) -> str:
        """The same, as it may be shown."""
        address = self.address(channel)
        return mask_phone(address) if channel == "sms" else mask_email(address)


class Person(Struct, frozen=True):
    """A registered person as the table holds them: personal fields are sealed under `data_key`, which KMS wraps."""

    id: str
    created_at: datetime
    locale: Locale
    consents: tuple[str, ...]
    data_key: bytes
    phone_sealed: bytes | None = None
    email_sealed: bytes | None = None
    display_name_sealed: bytes | None = None
    totp_enabled: bool = False
    contact_changed_at: datetime | None = None
    """When a phone or e-mail was last added, removed or put in the place of another; None when none ever was."""
    totp_enabled_at: datetime | None = None
    recovered_at: datetime | None = None
    """When a password was set with nothing but a code, and nothing else was proven since; None when there is no such."""
    recovered_over: Channel | None = None
    """Where that code went."""
    agreed_to: Mapping[str, str] | None = None
    """The version of each text they agreed to; None for who registered before versions were kept."""
    frozen_since: datetime | None = None
    """When the wallet was frozen, or reported lost once more; None while it is not frozen."""

    @property
    def channels(self) -> tuple[Channel, ...]:
        """The channels that reach this person."""
        phone: tuple[Channel, ...] = ("sms",) if self.phone_sealed else ()
        return (*phone, "email") if self.email_sealed else phone

    @property
    def totp_stood_before(self) -> bool:
        """Whether there is an authenticator that no password which a code alone set is older than: whoever took the phone
        number over could have set up a newer one.
        """
        if not self.totp_enabled or self.recovered_at is None or self.totp_enabled_at is None:
            return self.totp_enabled
        return self.totp_enabled_at < self.recovered_at

    def recovered_lately(self, now: datetime) -> bool:
        """Whether a code alone set the password within the last days, and nothing else was proven since."""
        return self.recovered_at is not None and now - self.recovered_at < RECOVERED_FOR


class Profile(Struct, frozen=True):
    """A person as they see themselves; contacts are masked."""

    id: str
    phone: str | None
    email: str | None
    display_name: str | None
    locale: Locale
    consents: tuple[str, ...]
    totp_enabled: bool
    payment_pin_set: bool
    created_at: datetime


def agreed_to(consents: Iterable[str]) -> dict[str, str]:
    """The versions that consents given now are for."""
    return {consent: TEXTS_IN_FORCE[consent] for consent in consents}


def canonical_phone(text: str, pointer: str = "/phone") -> str:
    """A phone number as E.164, such as `+8613812345678`. Raises Invalid.

    The characters are restricted first: what a parser would forgive (full-width digits, letters, extensions, `tel:`)
    would give one number many spellings. Only a bare mainland Chinese mobile number may leave its country code away.
    """
    import phonenumbers

    plain = re.sub(r"[ ().-]", "", text)
    if not _PHONE.fullmatch(text) or not (plain.startswith("+") or _MAINLAND_MOBILE.fullmatch(plain)):
        raise Invalid(FieldProblem(pointer, "phone_malformed"))
    try:
        number = phonenumbers.parse(plain, None if plain.startswith("+") else "CN")
    except phonenumbers.NumberParseException:
        raise Invalid(FieldProblem(pointer, "phone_malformed")) from None
    if not phonenumbers.is_valid_number(number):
        raise Invalid(FieldProblem(pointer, "phone_malformed"))
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def takes_sms(phone: str) -> bool:
    """Whether an SMS may be sent to an E.164 number: a mobile one, never premium, shared-cost or fixed, in a country that
    we serve.
    """
    import phonenumbers
    from phonenumbers import PhoneNumberType

    number = phonenumbers.parse(phone, None)
    mobile = phonenumbers.number_type(number) in (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)
    return mobile and phonenumbers.region_code_for_number(number) in SMS_COUNTRIES


def calling_code(phone: str) -> int:
    """The country calling code of an E.164 number: 86 for mainland China."""
    import phonenumbers

    return int(phonenumbers.parse(phone, None).country_code or 0)


def canonical_email(text: str, pointer: str = "/email") -> str:
    """An e-mail address in lower case with its domain in ASCII. Raises Invalid.

    RFC 5321 lets a mail server tell `Li@` from `li@`, and none that people use does; for a wallet the two must be one
    person. It also lets an address begin as a spreadsheet's formula does, which nobody's needs to.
    """
    from email_validator import EmailNotValidError, validate_email

    if text.startswith(("=", "+", "-")):
        raise Invalid(FieldProblem(pointer, "email_malformed"))
    try:
        found = validate_email(text, check_deliverability=False, allow_smtputf8=False, test_environment=True)
    except EmailNotValidError:
        raise Invalid(FieldProblem(pointer, "email_malformed")) from None
    return str(found.ascii_email).lower()


def personal_words(contact: Contact, name: str | None = None) -> list[str]:
    """What a person's password may not hold: the number without its country code, the name in the e-mail address, and each
    part of the name that others see.
    """
    words = [contact.phone[-10:]] if contact.phone else []
    words += [contact.email.partition("@")[0]] if contact.email else []
    parts = (name or "").split()
    return [*words, *parts, "".join(parts)] if parts else words


def mask_phone(phone: str) -> str:
    """`+86138****5678`: enough for the owner to know it, too little to call it."""
    return f"{phone[:-8]}****{phone[-4:]}"


def mask_email(email: str) -> str:
    """`l***@example.com`."""
    name, _, domain = email.partition("@")
    return f"{name[:1]}***@{domain}"
