"""What a card is, what its number tells (Luhn's check digit, scheme, issuer), and which one is the default.

Numbers are 8 to 19 digits with a check digit (ISO/IEC 7812-1). The ranges below are those the schemes publish.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

from msgspec import Struct

from wallet_api.cards.errors import CardExpired, CardMissing, CardNotActive, CreditCardRefused
from wallet_api.clock import WALLET_DAY
from wallet_api.errors import FieldProblem, Invalid

Kind = Literal["debit", "credit"]
Status = Literal["verification_required", "active", "verification_failed"]

MAX_CARDS = 20
MAX_BINDINGS_A_DAY = 20
MAX_CODE_ATTEMPTS = 5
CODE_LIFE = timedelta(minutes=10)
NEW_FOR = timedelta(hours=24)
"""How long a card is new: time for its person to hear of a card that they did not bind."""

_SCHEMES: tuple[tuple[str, str, str, tuple[int, ...]], ...] = (
    ("unionpay", "62", "62", tuple(range(13, 20))),
    ("unionpay", "81", "81", tuple(range(16, 20))),
    ("unionpay", "9558", "9558", (19,)),
    ("visa", "4", "4", (13, 16, 19)),
    ("mastercard", "51", "55", (16,)),
    ("mastercard", "2221", "2720", (16,)),
    ("amex", "34", "34", (15,)),
    ("amex", "37", "37", (15,)),
    ("jcb", "3528", "3589", tuple(range(16, 20))),
    ("diners", "300", "305", tuple(range(14, 20))),
    ("diners", "36", "36", tuple(range(14, 20))),
    ("diners", "38", "39", tuple(range(14, 20))),
    ("discover", "6011", "6011", tuple(range(16, 20))),
    ("discover", "644", "659", tuple(range(16, 20))),
)
"""Scheme, first and last prefix of a range, lengths."""

_ISSUERS: dict[tuple[str, Kind], str] = {
    ("ICBC", "debit"): "622202 622203 622208 621226 955880 955882",
    ("ICBC", "credit"): "622230 622235 622210 625330",
    ("ABC", "debit"): "622848 622845 622846 622849",
    ("ABC", "credit"): "622836 622837 628268",
    ("BOC", "debit"): "621660 621661 621663 621785",
    ("BOC", "credit"): "622752 622760 628388",
    ("CCB", "debit"): "621700 622700 436742",
    ("CCB", "credit"): "622166 622168 436718",
    ("BOCOM", "debit"): "622260 622261 622262",
    ("BOCOM", "credit"): "622250 622252",
    ("PSBC", "debit"): "622188 621799 621098",
    ("PSBC", "credit"): "622810 622811 622812",
    ("CMB", "debit"): "622588 622609 621483 621485",
    ("CMB", "credit"): "622575 622576 622577 622578",
    ("CMBC", "debit"): "622622 622617",
    ("CMBC", "credit"): "622600 622601",
    # Ranges that no issuer has: the sandbox's magic numbers lie in them.
    ("Sandbox Bank", "debit"): "400000 620000",
    ("Sandbox Bank", "credit"): "424242",
}
_BY_PREFIX: dict[str, tuple[str, Kind]] = {
    prefix: issuer for issuer, prefixes in _ISSUERS.items() for prefix in prefixes.split()
}


class Face(Struct, frozen=True):
    """What may be known and shown of a number: its scheme, issuer (None when unknown), kind and last four digits."""

    brand: str
    bank: str | None
    kind: Kind
    last4: str


class Card(Struct, frozen=True):
    """A bound card, or one that its issuer has yet to confirm. `number_key` tells the person's equal numbers apart."""

    id: str
    person_id: str
    token: str
    number_key: str
    brand: str
    bank: str | None
    kind: Kind
    last4: str
    expiry_month: int
    expiry_year: int
    status: Status
    attempts: int
    created_at: datetime
    code_expires_at: datetime
    active_since: datetime | None = None

    @property
    def is_active(self) -> bool:
        """Whether its issuer confirmed it."""
        return self.status == "active"

    @property
    def new_until(self) -> datetime:
        """When it is new no more."""
        return (self.active_since or self.created_at) + NEW_FOR

    def first_answer(self) -> dict[str, Any]:
        """What is kept with the binding's operation, so that its replay is verbatim after the card changed or went."""
        names = ("person_id", "brand", "bank", "kind", "last4", "expiry_month", "expiry_year")
        return {name: getattr(self, name) for name in names}

    @staticmethod
    def as_first_answered(card_id: str, created_at: datetime, answer: Mapping[str, Any]) -> Card:
        """The card as it was when its binding began; it holds no token."""
        return Card(
            id=card_id,
            token="",
            number_key="",
            status="verification_required",
            attempts=0,
            created_at=created_at,
            code_expires_at=created_at + CODE_LIFE,
            **answer,
        )


class CardBox(Struct, frozen=True):
    """All cards of one person, and the one that was chosen as default, if any."""

    cards: tuple[Card, ...]
    chosen_id: str | None

    def default(self) -> Card | None:
        """The chosen card while it is active, else the one that has been active longest: one, whenever one is active."""
        active = [card for card in self.cards if card.is_active]
        chosen = [card for card in active if card.id == self.chosen_id]
        return next(iter(chosen), None) or min(active, key=_seniority, default=None)

    def find(self, card_id: str) -> Card:
        """A card by its id. Raises CardMissing."""
        found = next((card for card in self.cards if card.id == card_id), None)
        if found is None:
            raise CardMissing
        return found

    def usable(self, card_id: str, now: datetime) -> Card:
        """A card that may be charged. Raises CardMissing, CardNotActive, CardExpired."""
        card = self.find(card_id)
        if not card.is_active:
            raise CardNotActive
        if has_expired(card.expiry_month, card.expiry_year, now):
            raise CardExpired
        return card

    def payable(self, card_id: str, now: datetime) -> Card:
        """A card that money may be withdrawn to. Raises CardMissing, CardNotActive, CardExpired, CreditCardRefused."""
        card = self.usable(card_id, now)
        if card.kind != "debit":
            raise CreditCardRefused(card_id=card.id)
        return card

    def with_number(self, number_key: str) -> Card | None:
        """The card with this number, if the person has it."""
        return next((card for card in self.cards if card.number_key == number_key), None)

    def newest_first(self) -> tuple[Card, ...]:
        """All cards in the order of a list."""
        return tuple(sorted(self.cards, key=lambda card: card.id, reverse=True))

    def kind(self, card_id: str | None) -> Kind:
        """The kind of this card, else of the default one, else debit. Raises CardMissing."""
        card = self.find(card_id) if card_id is not None else self.default()
        return card.kind if card else "debit"


def face_of(number: str) -> Face:
    """What a number tells. Raises Invalid for one that no card has; the problem never repeats the number."""
    brand = _brand(number)
    if brand is None or not passes_luhn(number):
        raise Invalid(FieldProblem("/number", "card_number_invalid"))
    bank, kind = _BY_PREFIX.get(number[:6]) or (None, "debit")
    return Face(brand, bank, kind, number[-4:])


def is_card_number(digits: str) -> bool:
    """Whether these digits are the number of a card of a scheme that we know."""
    return _brand(digits) is not None and passes_luhn(digits)


def passes_luhn(number: str) -> bool:
    """Whether the last digit is the check digit of the others (ISO/IEC 7812-1, annex B)."""
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(number))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def has_expired(month: int, year: int, now: datetime) -> bool:
    """Whether the card's last month is over where the wallet lives."""
    today = now.astimezone(WALLET_DAY)
    return (year, month) < (today.year, today.month)


def full_year(year: int) -> int:
    """A year as cards print it (`27`) or in full."""
    return year + 2000 if year < 100 else year


def _brand(number: str) -> str | None:
    return next((name for name, low, high, lengths in _SCHEMES if _within(number, low, high, lengths)), None)


def _within(number: str, low: str, high: str, lengths: tuple[int, ...]) -> bool:
    return len(number) in lengths and low <= number[: len(low)] <= high


def _seniority(card: Card) -> tuple[datetime, str]:
    return card.active_since or card.created_at, card.id
