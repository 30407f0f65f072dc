"""What a recovery offers."""

from datetime import UTC, datetime

from msgspec.structs import replace

from wallet_api.recoveries.model import Recovery

BORN = datetime(2026, 11, 22, tzinfo=UTC)
UNLOCK = Recovery("unl_1", "unlock", "usr_1", "otc_1", "sms", BORN, BORN)


def test_a_lock_is_ended_by_the_same_methods_for_everybody_and_never_by_a_password() -> None:
    """A14: what is offered tells neither whether somebody is known nor what they have set up."""
    assert UNLOCK.methods == replace(UNLOCK, person_id=None).methods == ("totp", "sms", "recovery_code")
    assert replace(UNLOCK, channel="email").methods == ("totp", "email", "recovery_code")
