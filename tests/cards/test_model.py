"""What a card number tells, which card is the default, and when one has expired."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.banking import MAGIC
from wallet_api.cards.errors import CardExpired, CardMissing, CardNotActive, CreditCardRefused
from wallet_api.cards.model import Card, CardBox, Status, face_of, full_year, has_expired, passes_luhn
from wallet_api.errors import Invalid

NOW = datetime(2026, 11, 22, 1, 5, tzinfo=UTC)


def a_card(name: str, *, status: Status = "active", active_since: datetime = NOW, year: int = 2035) -> Card:
    return Card(
        id=f"crd_{name}",
        person_id="usr_1",
        token="tok",
        number_key=name,
        brand="visa",
        bank=None,
        kind="credit",
        last4="4242",
        expiry_month=12,
        expiry_year=year,
        status=status,
        attempts=0,
        created_at=NOW,
        code_expires_at=NOW,
        active_since=active_since,
    )


def completed(digits: str) -> str:
    """The digits with the check digit that belongs to them."""
    return next(digits + check for check in "0123456789" if passes_luhn(digits + check))


@pytest.mark.parametrize("number", MAGIC)
def test_every_magic_number_is_a_card_number(number: str) -> None:
    assert face_of(number).last4 == number[-4:]


@pytest.mark.parametrize(
    ("digits", "brand", "bank", "kind"),
    [
        ("622202100011223344", "unionpay", "ICBC", "debit"),
        ("62284800000000000", "unionpay", "ABC", "debit"),
        ("622575123456789", "unionpay", "CMB", "credit"),
        ("621799000000000000", "unionpay", "PSBC", "debit"),
        ("620000000000", "unionpay", "Sandbox Bank", "debit"),
        ("814000000000000", "unionpay", None, "debit"),
        ("550000000000000", "mastercard", None, "debit"),
        ("222100000000000", "mastercard", None, "debit"),
        ("37828224631000", "amex", None, "debit"),
        ("353011133330000", "jcb", None, "debit"),
    ],
)
def test_a_number_tells_its_scheme_and_its_issuer(digits: str, brand: str, bank: str | None, kind: str) -> None:
    face = face_of(completed(digits))
    assert (face.brand, face.bank, face.kind) == (brand, bank, kind)


@pytest.mark.parametrize(
    "number",
    ["4242424242424241", "42424242424242", "0000000000000000", "9999999999999995", "424242424242", "5555555555554"],
)
def test_what_is_no_card_number_is_refused_without_repeating_it(number: str) -> None:
    """D1."""
    with pytest.raises(Invalid) as found:
        face_of(number)
    assert number not in repr(found.value) + str(found.value) + repr(found.value.problems)


@given(st.text("0123456789", min_size=12, max_size=18), st.data())
def test_one_wrong_digit_is_always_noticed(digits: str, data: st.DataObject) -> None:
    number = completed(digits)
    place = data.draw(st.integers(0, len(number) - 1))
    other = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != number[place]]))
    assert not passes_luhn(number[:place] + other + number[place + 1 :])


def test_a_card_lives_to_the_end_of_its_month_where_the_wallet_lives() -> None:
    last_moment = datetime(2026, 11, 30, 15, 59, 59, tzinfo=UTC)
    assert not has_expired(11, 2026, last_moment)
    assert has_expired(11, 2026, last_moment + timedelta(seconds=1))
    assert (full_year(27), full_year(2027)) == (2027, 2027)


def test_the_longest_active_card_is_the_default_until_another_is_chosen() -> None:
    older, newer = a_card("b"), a_card("a", active_since=NOW + timedelta(seconds=1))
    waiting = a_card("c", status="verification_required", active_since=NOW - timedelta(days=1))
    assert CardBox((newer, waiting, older), None).default() == older
    assert CardBox((newer, waiting, older), newer.id).default() == newer
    assert CardBox((newer, waiting), older.id).default() == newer, "the chosen card was unbound"
    assert CardBox((waiting,), waiting.id).default() is None


def test_only_a_confirmed_card_that_has_not_expired_is_charged() -> None:
    box = CardBox((a_card("a"), a_card("b", status="verification_required"), a_card("c", year=2025)), None)
    assert box.usable("crd_a", NOW).id == "crd_a"
    for card_id, error in (("crd_b", CardNotActive), ("crd_c", CardExpired), ("crd_d", CardMissing)):
        with pytest.raises(error):
            box.usable(card_id, NOW)


def test_money_goes_to_debit_cards_alone() -> None:
    debit, credit = replace(a_card("1"), kind="debit"), a_card("2")
    box = CardBox((debit, credit), None)
    assert box.payable(debit.id, NOW) is debit
    with pytest.raises(CreditCardRefused):
        box.payable(credit.id, NOW)
