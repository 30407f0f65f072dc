"""A bank's answer is input like any other: too long, too late, of another form or about another order, it does not count."""

import json
from datetime import UTC, datetime
from threading import Event
from typing import Any

import pytest

from wallet_api.gateways.bank import MAX_ANSWER, BankOrder, BankOutcome, BankSilent, WireBank, request_of
from wallet_api.money import Money

NOW = datetime(2026, 11, 22, 1, 5, tzinfo=UTC)
ORDER = BankOrder("po_1", Money(1000, "CNY"), "Bank", "LI MEI", "8110701012800123456", NOW)
GOOD: dict[str, Any] = {
    "reference": "po_1",
    "amount": 1000,
    "currency": "CNY",
    "status": "paid",
    "bank_reference": "B1",
}


class Answers:
    """A wire with this at its end."""

    def __init__(self, answer: bytes | Exception) -> None:
        self.answer = answer

    def ask(self, request: bytes, timeout_seconds: int) -> bytes:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def says(**fields: Any) -> bytes:
    return json.dumps({**GOOD, **fields}).encode()


def test_a_good_answer_counts() -> None:
    assert WireBank(Answers(says())).pay(ORDER) == BankOutcome("paid", None, "B1")
    assert WireBank(Answers(says(status="rejected", reason="account_closed"))).find(ORDER).reason == "account_closed"


def test_a_reason_that_is_not_on_the_list_is_the_banks_own() -> None:
    """What others write never reaches a merchant as it stands."""
    outcome = WireBank(Answers(says(status="returned", reason="<script>"))).find(ORDER)
    assert outcome.reason == "bank_refused"


@pytest.mark.parametrize(
    "answer",
    [
        b"", b"[]", b"null", b"{", b"\xff", b"<html/>", b"[" * 100_000, b"{}",
        says(reference="po_2"), says(amount=1001), says(amount=1000.0), says(amount="1000"), says(amount=True),
        says(currency="EUR"), says(status="done"), says(status=None), says(status=["paid"]), says(more=1),
        says(bank_reference="x" * 65), says(bank_reference=7), says(bank_reference="参考"), says(reason="x" * MAX_ANSWER),
        b'{"reference":"po_1","amount":1e3,"currency":"CNY","status":"paid"}',
        b'{"reference":"po_1","amount":NaN,"currency":"CNY","status":"paid"}',
    ],
)  # fmt: skip
def test_what_does_not_count_is_no_outcome(answer: bytes) -> None:
    """P8, M36: trusted only when reference, amount and currency are those of our order."""
    with pytest.raises(BankSilent):
        WireBank(Answers(answer)).find(ORDER)


@pytest.mark.parametrize("failure", [TimeoutError(), ConnectionResetError(), OSError()])
def test_no_answer_is_no_outcome(failure: Exception) -> None:
    with pytest.raises(BankSilent):
        WireBank(Answers(failure)).pay(ORDER)


def test_a_wire_that_waits_for_ever_holds_nobody() -> None:
    """P8."""
    late = Event()

    class Late:
        def ask(self, request: bytes, timeout_seconds: int) -> bytes:
            late.wait(60)
            return says()

    with pytest.raises(BankSilent):
        WireBank(Late(), timeout_seconds=1).pay(ORDER)
    late.set()


def test_where_the_money_goes_is_shown_nowhere() -> None:
    """D9."""
    assert "8110701012800123456" not in repr(ORDER)
    assert "LI MEI" not in repr(ORDER)
    assert json.loads(request_of("pay", ORDER))["account_number"] == "8110701012800123456"
