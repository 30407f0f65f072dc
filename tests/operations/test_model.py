"""What a record says of its operation."""

from datetime import UTC, datetime
from typing import Any

import pytest

from wallet_api.errors import Recorded
from wallet_api.ledger.entry import Entry, move, postings
from wallet_api.ledger.errors import InsufficientFunds
from wallet_api.ledger.operations import Decision, refusal_answer
from wallet_api.money import Money
from wallet_api.operations.model import decided, under_way
from wallet_api.top_ups.errors import TopUpCardDeclined

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ENTRY = Entry("ent_1", "transfer", NOW, "trf_1", postings(move(Money(1, "CNY"), "customer/a", "customer/b")))


def decision(outcome: Any, entry: Entry | None = None, answer: Any = None) -> Decision:
    return Decision(outcome, "f", "POST /v1/transfers", "trf_1", NOW, answer or {}, entry, Recorded("req", "en"))


@pytest.mark.parametrize(("entry", "moved"), [(ENTRY, "yes"), (None, "no")])
def test_a_success_names_what_it_made_and_whether_money_moved(entry: Entry | None, moved: str) -> None:
    """M17."""
    found = decided("k", decision("succeeded", entry))
    assert (found.status, found.subject, found.money_moved) == ("succeeded", "trf_1", moved)
    assert (found.request, found.decided_at) == ("POST /v1/transfers", NOW)


def test_a_refusal_is_the_one_that_was_given() -> None:
    """M38."""
    needed = InsufficientFunds(needed=Money(5, "CNY"))
    found = decided("k", decision("refused", answer=refusal_answer(needed)))
    assert (found.status, found.money_moved) == ("refused", "no")
    assert found.refusal is not None
    assert (type(found.refusal), found.refusal.code) == (InsufficientFunds, "insufficient_funds")
    assert found.refusal.recorded == Recorded("req", "en")


def test_of_an_abandoned_one_nothing_is_known_but_that_it_is() -> None:
    found = decided("k", decision("abandoned"))
    assert (found.status, found.subject, found.request, found.money_moved) == ("abandoned", None, None, "no")


def test_while_an_outside_company_is_asked_nobody_knows() -> None:
    """M12."""
    assert (under_way("k", "top_1", None).status, under_way("k", "top_1", None).money_moved) == (
        "processing",
        "unknown",
    )
    failed = under_way("k", "top_1", TopUpCardDeclined(top_up_id="top_1"))
    assert (failed.status, failed.money_moved, failed.subject) == ("refused", "no", "top_1")
