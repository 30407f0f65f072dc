"""What a phone number and an e-mail address look like once the wallet has read them."""

import pytest

from wallet_api.errors import Invalid
from wallet_api.people.model import Contact, canonical_email, canonical_phone, mask_email, mask_phone, takes_sms


@pytest.mark.parametrize(
    "written", ["+8613812345678", "13812345678", "+86 138 1234 5678", "+86-138-1234-5678", "138 1234 5678"]
)
def test_one_number_has_one_form_however_it_is_spaced(written: str) -> None:
    """P14."""
    assert canonical_phone(written) == "+8613812345678"


@pytest.mark.parametrize(
    "written",
    [
        "８６１３８１２３４５６７８",
        "+8613812345678\u200b",
        "tel:+8613812345678",
        "+8613812345678;ext=1",
        "+8613812345678x1",
        "+1800FLOWERS",
        "+١٣٨١٢٣٤٥٦٧٨",
        "8613812345678",
        "+86138123456",
        "+8612345678901",
        "+99913812345678",
        "2025550123",
        "++8613812345678",
        "",
    ],
)
def test_what_only_a_lenient_parser_takes_for_a_number_is_refused(written: str) -> None:
    """P14: full-width digits, an invisible sign, `tel:`, extensions, letters, other digits, no country code, no such
    number.
    """
    with pytest.raises(Invalid) as refused:
        canonical_phone(written, "/to/phone")
    assert [(each.pointer, each.code) for each in refused.value.problems] == [("/to/phone", "phone_malformed")]


@pytest.mark.parametrize(
    ("number", "mobile"),
    [("+8613812345678", True), ("+12025550123", True), ("+19005551234", False), ("+861012345678", False)],
)
def test_an_sms_goes_to_mobile_numbers_only(number: str, mobile: bool) -> None:
    """A22: +1 900 is valid for libphonenumber and costs its caller a premium; Beijing's 010 is a fixed line."""
    assert takes_sms(canonical_phone(number)) is mobile


@pytest.mark.parametrize("written", ["li.na@example.com", "Li.Na@Example.COM", "LI.NA@example.com"])
def test_an_address_has_one_form_whatever_its_capitals(written: str) -> None:
    assert canonical_email(written) == "li.na@example.com"


def test_a_domain_in_chinese_is_kept_in_the_form_that_mail_servers_know() -> None:
    assert canonical_email("li@例子.公司") == "li@xn--fsqu00a.xn--55qx5d"


@pytest.mark.parametrize(
    "written", ["li", "li@", "@example.com", "a@b@example.com", "李@example.com", "a b@example.com", "li@127.0.0.1"]
)
def test_what_is_no_address_is_refused(written: str) -> None:
    with pytest.raises(Invalid):
        canonical_email(written)


def test_a_masked_contact_is_known_to_its_owner_and_of_no_use_to_others() -> None:
    contact = Contact("+8613812345678", "li.na@example.com", "en")
    assert (contact.masked("sms"), contact.masked("email")) == ("+86138****5678", "l***@example.com")
    assert (mask_phone("+12025550123"), mask_email("x@example.com")) == ("+120****0123", "x***@example.com")
    with pytest.raises(LookupError):
        Contact(None, None, "en").masked("sms")
