"""Operations: a key belongs to one caller in one mode, and its place says nothing else."""

from datetime import UTC, datetime
from typing import Any

import pytest

from wallet_api.errors import Recorded
from wallet_api.ledger.errors import DailyLimitReached, WalletFrozen
from wallet_api.ledger.operations import Decision, Operation, Outcome, refusal_answer
from wallet_api.money import Money
from wallet_api.storage.items import Document

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def operation(caller: str = "usr_a", mode: str = "test", key: str = "k", fingerprint: str = "f") -> Operation:
    return Operation(caller, mode, key, fingerprint, "transfer", NOW)


def test_a_key_is_scoped_by_caller_and_mode_and_by_nothing_else() -> None:
    """M39: another's same key neither collides nor reveals; another body under it meets the first one."""
    places = {
        operation().place,
        operation(caller="usr_b").place,
        operation(mode="live").place,
        operation(key="l").place,
    }
    assert len(places) == 4
    assert operation(fingerprint="g").place == operation().place


def test_a_callers_key_is_not_written_into_the_table() -> None:
    odd = operation(key="+8613800138000/../Ada")
    assert "Ada" not in odd.place
    assert odd.place.count("/") == 2


def decision(outcome: Outcome, answer: dict[str, object]) -> Decision:
    return Decision(outcome, "f", "transfer", "", NOW, answer, None, Recorded("req_1", "en"))


@pytest.mark.parametrize(
    "refusal",
    [WalletFrozen(), DailyLimitReached(limit=Money(500, "CNY")), WalletFrozen(attempts=3, id="usr_a")],
    ids=repr,
)
def test_a_refusal_is_rebuilt_with_its_facts_and_where_it_was_given(refusal: WalletFrozen) -> None:
    """M38, M42."""
    kept: Any = Document().deserialize(Document().serialize(refusal_answer(refusal)))
    again = decision("refused", kept).refusal()
    assert (type(again), again.facts) == (type(refusal), refusal.facts)
    assert again.recorded == Recorded("req_1", "en")


def test_a_success_is_no_refusal() -> None:
    with pytest.raises(LookupError):
        decision("succeeded", {}).refusal()
