"""Which second factors somebody may choose from."""

from datetime import UTC, datetime

from wallet_api.people.model import Person
from wallet_api.sign_ins.model import methods_of


def test_the_strongest_method_comes_first_and_recovery_last() -> None:
    """A24: with an authenticator, an SMS is not the only thing on offer."""
    born = datetime(2026, 11, 22, tzinfo=UTC)
    by_phone = Person("usr_1", born, "en", (), b"", phone_sealed=b"p")
    with_both = Person("usr_1", born, "en", (), b"", phone_sealed=b"p", email_sealed=b"e", totp_enabled=True)
    assert methods_of(by_phone) == ("sms",)
    assert methods_of(with_both) == ("totp", "sms", "email", "recovery_code")
