"""What it takes to have a frozen wallet back."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from wallet_api.errors import Invalid
from wallet_api.freezes.errors import UnfreezeNeedsMore
from wallet_api.freezes.model import WAIT, Shown, Unfreeze, available_at, methods_of, require_enough
from wallet_api.people.model import RECOVERED_FOR, Person

BORN = datetime(2026, 11, 22, tzinfo=UTC)
ASKED = BORN + timedelta(days=10)
BY_PHONE = Person("usr_1", BORN, "en", (), b"", phone_sealed=b"p", frozen_since=ASKED - timedelta(hours=1))
BY_BOTH = replace(BY_PHONE, email_sealed=b"e")
WITH_TOTP = replace(BY_PHONE, totp_enabled=True, totp_enabled_at=BORN)
ASKING = Unfreeze("unf_1", "usr_1", "otc_1", "otc_2", ASKED, ASKED + timedelta(days=7))


def test_two_of_three_are_enough_at_once_a38() -> None:
    """A38: more than it takes to freeze."""
    require_enough(Shown(sms_code="1", email_code="2"), ASKING, BY_BOTH, ASKED)
    require_enough(Shown(sms_code="1", authenticator_code="2"), ASKING, WITH_TOTP, ASKED)


@pytest.mark.parametrize(
    ("person", "shown"),
    [(BY_BOTH, Shown(sms_code="1")), (BY_BOTH, Shown(email_code="1")), (WITH_TOTP, Shown(authenticator_code="1"))],
)
def test_one_is_enough_a_day_later_a38(person: Person, shown: Shown) -> None:
    with pytest.raises(UnfreezeNeedsMore):
        require_enough(shown, ASKING, person, ASKED + WAIT - timedelta(seconds=1))
    require_enough(shown, ASKING, person, ASKED + WAIT)


def test_nothing_is_never_enough() -> None:
    with pytest.raises(UnfreezeNeedsMore):
        require_enough(Shown(), ASKING, BY_BOTH, ASKED + WAIT)


def test_what_a_person_does_not_have_proves_nothing() -> None:
    with pytest.raises(Invalid) as refused:
        require_enough(Shown(sms_code="1", email_code="2"), ASKING, BY_PHONE, ASKED + WAIT)
    assert [(each.pointer, each.code) for each in refused.value.problems] == [("/email_code", "method_not_offered")]


def test_a_password_that_a_code_alone_set_makes_the_wait_longer_and_newer_authenticators_worthless_a26() -> None:
    """A26: a phone number alone has the wallet back no sooner than it gets a PIN."""
    reset = replace(WITH_TOTP, recovered_at=ASKED, totp_enabled_at=ASKED + timedelta(minutes=1))
    assert methods_of(reset) == ("sms",)
    assert available_at(ASKING, reset) == ASKED + RECOVERED_FOR
    assert available_at(ASKING, WITH_TOTP) == ASKED + WAIT
