"""What a change of contact is proven with."""

from datetime import UTC, datetime

import pytest

from wallet_api.contact_changes.errors import ContactRefused
from wallet_api.contact_changes.model import current_methods, wanted
from wallet_api.people.model import Person

BORN = datetime(2026, 11, 22, tzinfo=UTC)


def test_what_is_asked_for_has_one_form_and_takes_messages() -> None:
    """A22, P14."""
    assert wanted("138 1234 5678", None, "en").phone == "+8613812345678"
    assert wanted(None, "Li@Example.com", "en").email == "li@example.com"
    with pytest.raises(ContactRefused):
        wanted("+861012345678", None, "en")


def test_where_there_is_an_authenticator_no_message_will_do() -> None:
    """A25, A36: or whoever took over a number could change it for good."""
    by_both = Person("usr_1", BORN, "en", (), b"", phone_sealed=b"p", email_sealed=b"e")
    with_app = Person("usr_1", BORN, "en", (), b"", phone_sealed=b"p", email_sealed=b"e", totp_enabled=True)
    assert current_methods(by_both) == ("sms", "email")
    assert current_methods(with_app) == ("totp", "recovery_code")
