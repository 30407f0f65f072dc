"""What an application lacks, and which numbers can be a company's."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from wallet_api.errors import Invalid
from wallet_api.merchant_applications.model import Application, SealedContact, is_registration_number
from wallet_api.merchants.model import Profile

PROFILE = Profile("Tea", "Tea", "Kunming", "Kunming", "CN", "5814")
BEGUN = Application(
    "app_1", "usr_1", "mer_1", "incomplete", "Tea Ltd", "91350100M000100Y43", PROFILE, None, None, False,
    datetime(2026, 11, 22, tzinfo=UTC),
)  # fmt: skip
CONTACT = SealedContact(b"", b"", "****", "*")


@pytest.mark.parametrize("text", ["91350100M000100Y43", "91330100799655058B", "9144030071526726XG"])
def test_a_unified_social_credit_code_checks_itself(text: str) -> None:
    """GB 32100-2015: each sign weighs; no other last sign will do, and no neighbours change places."""
    assert is_registration_number(text, "CN")
    for sign in "0123456789ABCDEFGHJKLMNPQRTUWXY":
        assert is_registration_number(text[:17] + sign, "CN") == (sign == text[17])
    for place in range(16):
        turned = text[:place] + text[place + 1] + text[place] + text[place + 2 :]
        assert is_registration_number(turned, "CN") == (turned == text)


@pytest.mark.parametrize("text", ["", "91350100M000100Y4", "91350100I000100Y43", "91350100m000100y43", "９" * 18])
def test_other_texts_are_none(text: str) -> None:
    assert not is_registration_number(text, "CN")
    with pytest.raises(Invalid):
        replace(BEGUN, registration_number=text)


def test_elsewhere_a_number_is_what_the_country_makes_of_it() -> None:
    assert is_registration_number("HRB-12345", "DE")
    assert not is_registration_number("HRB 12345", "DE")


def test_an_application_waits_once_nothing_is_missing() -> None:
    assert (BEGUN.handed_in().status, BEGUN.missing) == ("incomplete", ("contact", "settlement_account"))
    whole = BEGUN.changed({"contact": CONTACT, "has_settlement_account": True})
    assert (whole.status, whole.missing) == ("pending", ())


def test_a_declined_one_is_handed_in_again_by_changing_it() -> None:
    whole = BEGUN.changed({"contact": CONTACT, "has_settlement_account": True})
    declined = replace(whole, status="declined", reason="no", decided_at=whole.created_at)
    again = declined.changed({"name": "Tea House", "latin_name": "TEA"})
    assert (again.status, again.reason, again.decided_at) == ("pending", None, None)
    assert (again.profile.name, again.profile.latin_name, again.profile.city) == ("Tea House", "TEA", "Kunming")
