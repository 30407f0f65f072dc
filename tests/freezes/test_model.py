"""What it takes to have a frozen wallet back."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from wallet_api.errors import Invalid
from wallet_api.freezes.errors import UnfreezeNeedsMore
from wallet_api.freezes.model import WAIT, Shown, Unfreeze, available_at, methods_of
from wallet_api.freezes.model import require_enough as enough
from wallet_api.people.model import RECOVERED_FOR, Person

BORN = datetime(2026, 11, 22, tzinfo=UTC)
ASKED = BORN + timedelta(days=10)
BY_PHONE = Person("usr_1", BORN, "en", (), b"", phone_sealed=b"p", frozen_since=ASKED - timedelta(hours=1))
BY_BOTH = replace(BY_PHONE, email_sealed=b"e")
WITH_TOTP = replace(BY_PHONE, totp_enabled=True, totp_enabled_at=BORN)
ASKING = Unfreeze("unf_1", "usr_1", "otc_1", "otc_2", ASKED, ASKED + timedelta(days=7))


def require_enough(shown: Shown, unfreeze: Unfreeze, person: Person, now: datetime) -> None:
    enough(shown, unfreeze, person, methods_of(person, pin_set=person is WITH_TOTP), now)


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


def test_a_pin_is_a_second_proof_and_never_the_only_one_a38() -> None:
    """A38: it is known, not held; it makes up for what a phone alone says."""
    require_enough(Shown(sms_code="1", pin="2"), ASKING, WITH_TOTP, ASKED)
    with pytest.raises(UnfreezeNeedsMore):
        require_enough(Shown(pin="2"), ASKING, WITH_TOTP, ASKED + WAIT)
    with pytest.raises(Invalid) as refused:
        require_enough(Shown(sms_code="1", pin="2"), ASKING, BY_PHONE, ASKED)
    assert [each.pointer for each in refused.value.problems] == ["/pin"]


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
    assert methods_of(reset, pin_set=False) == ("sms",)
    assert available_at(ASKING, reset) == ASKED + RECOVERED_FOR
    assert available_at(ASKING, WITH_TOTP) == ASKED + WAIT
