"""The bank of test mode: what an order does follows from its account, its amount and the clock."""

from datetime import UTC, datetime, timedelta

import pytest

from dev.cloud.clock import MovableClock
from wallet_api.gateways.bank import BankOrder, BankSilent, WireBank
from wallet_api.gateways.sandbox_bank import MAGIC_AMOUNTS, MAGIC_ENDINGS, SandboxBankWire, behaviour_of, booked
from wallet_api.money import Money

NOW = datetime(2026, 11, 22, 1, 5, tzinfo=UTC)


def says(ending: str, age: timedelta, amount: int = 1000) -> str:
    bank = WireBank(SandboxBankWire(MovableClock(NOW + age)))
    try:
        return bank.find(BankOrder("po_1", Money(amount, "CNY"), "Bank", "LI MEI", f"811070{ending}", NOW)).status
    except BankSilent:
        return "silent"


@pytest.mark.parametrize(
    ("ending", "told"),
    [
        ("1234567", ["paid"] * 4),
        ("0000001", ["rejected"] * 4),
        ("0000002", ["pending", "paid", "paid", "paid"]),
        ("0000003", ["pending", "rejected", "rejected", "rejected"]),
        ("0000004", ["paid", "paid", "paid", "returned"]),
        ("0000005", ["silent", "paid", "paid", "paid"]),
        ("0000006", ["paid", "paid", "rejected", "rejected"]),
        ("0000007", ["rejected", "rejected", "paid", "paid"]),
        ("0000008", ["pending"] * 4),
    ],
)
def test_each_ending_by_the_clock(ending: str, told: list[str]) -> None:
    ages = timedelta(0), timedelta(minutes=2), timedelta(hours=21), timedelta(days=3)
    assert [says(ending, age) for age in ages] == told


def test_each_amount_does_what_an_ending_does() -> None:
    assert {amount: behaviour_of("1234567", amount) for amount in MAGIC_AMOUNTS} == dict(
        zip(range(888_01, 888_09), MAGIC_ENDINGS.values(), strict=True)
    )
    assert says("1234567", timedelta(0), 888_01) == "rejected"


@pytest.mark.parametrize(
    ("ending", "books"),
    [
        ("1234567", ["paid"]),
        ("0000001", ["rejected"]),
        ("0000002", ["paid"]),
        ("0000003", ["rejected"]),
        ("0000004", ["paid", "returned"]),
        ("0000006", ["paid", "returned"]),
        ("0000007", ["rejected", "paid"]),
        ("0000008", []),
    ],
)
def test_the_banks_own_books_by_the_clock(ending: str, books: list[str]) -> None:
    """What it was asked changes nothing of them."""
    behaviour = behaviour_of(ending, 1000)
    assert [state for _, state in booked(behaviour, NOW, NOW + timedelta(days=3))] == books
    early = {"0000002": [], "0000003": []}.get(ending, books[:1])
    assert list(booked(behaviour, NOW, NOW)) == [(NOW, state) for state in early]
