"""Money: an integer of minor units with its currency. Nothing in the wallet ever holds an amount in another form.

The codes and exponents are those of ISO 4217 (list one), without funds, metals and codes for testing.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

MAX_AMOUNT = 10**12
"""The largest amount that a caller may ask for, in minor units: ten billion yuan, far below DynamoDB's 38 digits."""

_TWO_DIGITS = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC
CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES
KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR
NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT
TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG
"""
_NO_DIGITS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_THREE_DIGITS = "BHD IQD JOD KWD LYD OMR TND"
_EXPONENTS: dict[str, int] = {
    **dict.fromkeys(_TWO_DIGITS.split(), 2),
    **dict.fromkeys(_NO_DIGITS.split(), 0),
    **dict.fromkeys(_THREE_DIGITS.split(), 3),
}


def exponent(currency: str) -> int:
    """How many decimal digits a currency's major unit has (ISO 4217). Raises KeyError for an unknown code."""
    return _EXPONENTS[currency]


def is_currency(code: str) -> bool:
    """Whether ISO 4217 lists this code as money that people pay with."""
    return code in _EXPONENTS


def currencies() -> list[str]:
    """All the codes that the wallet knows, sorted."""
    return sorted(_EXPONENTS)


class Money(Struct, frozen=True):
    """An amount of minor units (fen, cents, yen) of one currency; it may be negative in the ledger, never in a request."""

    amount: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.amount) is not int:
            raise TypeError(f"money is counted in whole minor units, not in {type(self.amount).__name__}")
        if self.currency not in _EXPONENTS:
            raise ValueError(f"{self.currency!r} is not a currency of ISO 4217")

    def __add__(self, other: Money) -> Money:
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.amount <= self._same(other)

    def __bool__(self) -> bool:
        return self.amount != 0

    def __str__(self) -> str:
        return f"{decimal_text(self)} {self.currency}"

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not add up")
        return other.amount


def zero(currency: str) -> Money:
    """Nothing, in this currency."""
    return Money(0, currency)


def total(parts: Iterable[Money], currency: str) -> Money:
    """The sum of the parts; zero of the currency when there is none. Raises ValueError when a part has another currency."""
    return sum(parts, zero(currency))


def decimal_text(money: Money) -> str:
    """The amount in major units as people read it: `12.50` for 1250 CNY, `1250` for 1250 JPY."""
    digits = exponent(money.currency)
    sign = "-" if money.amount < 0 else ""
    text = str(abs(money.amount)).rjust(digits + 1, "0")
    return sign + (f"{text[:-digits]}.{text[-digits:]}" if digits else text)
