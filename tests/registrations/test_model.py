"""What somebody who registers must give."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from wallet_api.errors import Invalid
from wallet_api.people.model import Person
from wallet_api.registrations.model import Registration, Wish, checked

NOW = datetime(2026, 11, 22, 1, 5, tzinfo=UTC)
PHONE, EMAIL = "+8613812345678", "li.na@example.com"


def wish(phone: str | None = None, email: str | None = None, consents: Sequence[str] = ("terms", "privacy")) -> Wish:
    return checked(phone, email, "a password", "en", consents)


def why(*given: Any) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refused:
        wish(*given)
    return [(each.pointer, each.code) for each in refused.value.problems]


def test_contacts_are_kept_in_their_one_form_and_the_phone_comes_first() -> None:
    both = wish("138 1234 5678", "Li.Na@Example.com")
    assert (both.phone, both.email, both.channel) == (PHONE, EMAIL, "sms")
    assert both.personal_words() == ["3812345678", "li.na"]
    assert (wish(None, EMAIL).channel, wish(None, EMAIL).personal_words()) == ("email", ["li.na"])


def test_one_contact_and_both_consents_are_needed() -> None:
    assert why() == [("/phone", "contact_required")]
    assert why(PHONE, None, ["terms"]) == [("/consents", "consent_required")]
    assert why(PHONE, None, []) == [("/consents", "consent_required")]


def test_a_number_that_takes_no_sms_is_refused() -> None:
    """A22: premium and fixed-line numbers."""
    assert why("+19005551234") == [("/phone", "phone_takes_no_sms")]
    assert why("+861012345678") == [("/phone", "phone_takes_no_sms")]


def test_only_the_contact_that_was_proven_becomes_the_persons() -> None:
    """A24, A26: an address that nobody proved identifies nobody."""
    to_be = Person("usr_1", NOW, "en", ("terms",), b"key", phone_sealed=b"p", email_sealed=b"e")
    registration = Registration("reg_1", to_be, "hash", (), "otc_1", NOW)
    later = replace(to_be, created_at=NOW.replace(hour=2))
    assert registration.proven_over("sms", later.created_at) == replace(later, email_sealed=None)
    assert registration.proven_over("email", later.created_at) == replace(later, phone_sealed=None)
