"""What a confirmation says: in both languages, in few words, and with nothing of a stranger's in it that could mislead."""

from datetime import UTC, datetime
from typing import Any, get_args

import pytest

from wallet_api.confirmations.model import TOLD, Confirmation
from wallet_api.confirmations.use_cases.wording import texts, worded
from wallet_api.money import Money
from wallet_api.people.model import Locale
from wallet_api.sides.model import Side

NOW = datetime(2026, 11, 22, 9, 36, tzinfo=UTC)
LOCALES: tuple[Locale, ...] = get_args(Locale)
LONGEST = {"zh-CN": 3 * 67, "en": 2 * 153}
"""How many characters three parts of an SMS in Chinese hold, and two in English."""


def confirmation(kind: str) -> Confirmation:
    data: dict[str, Any] = {
        "id": "pay_01KAMS3Q0V5T1C9D9SZ3GZ2WQY",
        "object": "payment",
        "amount": {"amount": 1250, "currency": "CNY"},
    }
    if kind == "transfer.created":
        data["arrives_at"] = "2026-11-23T09:36:00Z"
    return Confirmation("evt_1", "usr_1", kind, data, NOW)


def test_every_type_has_its_words_and_there_are_no_others() -> None:
    kinds = {name.removesuffix(".unmoved") for name in texts()} - {"words"}
    assert kinds == set(TOLD)
    for name, text in texts().items():
        assert set(text) == set(LOCALES), name
    first, second = texts()["words"].values()
    assert set(first) == set(second)


@pytest.mark.parametrize("kind", TOLD)
@pytest.mark.parametrize("locale", LOCALES)
def test_it_names_amount_other_side_time_and_reference_and_leaves_no_gap(kind: str, locale: Locale) -> None:
    """And what to do when it was somebody else."""
    side = Side(name="Tea House", fee=Money(10, "CNY"))
    said = worded(confirmation(kind), side, locale)
    assert "Tea House" in said.text
    assert ("12.50 CNY" in said.text) == (not kind.startswith("mandate."))
    assert ("pay_01KAMS3Q0V5T1C9D9SZ3GZ2WQY" in said.text) != TOLD[kind].urgent
    assert ("17:36" in said.text) != TOLD[kind].urgent
    assert "{" not in said.text + said.title + said.sender
    assert "http" not in said.text, "people learn to follow no links in such messages"
    assert len(said.sender + said.text) <= LONGEST[locale]
    assert ("Not you?" in said.text or "如非本人操作" in said.text) == TOLD[kind].asked


@pytest.mark.parametrize("kind", TOLD)
def test_who_cannot_be_named_is_called_something(kind: str) -> None:
    words = texts()["words"]["en"]
    said = worded(confirmation(kind), Side(), "en").text
    assert any(words[name] in said for name in ("merchant", "person", "card"))


def test_a_fee_is_told_where_there_is_one() -> None:
    assert "(and a fee of 0.10 CNY)" in worded(confirmation("transfer.sent"), Side(fee=Money(10, "CNY")), "en").text
    assert "fee" not in worded(confirmation("transfer.sent"), Side(), "en").text


def test_until_when_a_transfer_can_be_taken_back_is_told_in_the_message_itself() -> None:
    """Whoever was deceived reads it on a phone without the app open."""
    english, chinese = (
        worded(confirmation("transfer.created"), Side(name="+86138****0001"), each).text for each in LOCALES[::-1]
    )
    assert "to +86138****0001, to arrive 2026-11-23 17:36 UTC+8." in english
    assert "，将于2026年11月23日17:36到账，" in chinese
    assert "arrive" not in worded(confirmation("transfer.sent"), Side(), "en").text


def test_what_moved_no_money_does_not_say_that_it_came_back() -> None:
    for kind in ("payment.canceled", "payment.failed"):
        assert "is back" in worded(confirmation(kind), Side(), "en").text
        assert "No money has moved" in worded(confirmation(kind), Side(moved=False), "en").text


def test_a_name_with_braces_is_a_name() -> None:
    said = worded(confirmation("payment.succeeded"), Side(name="{amount} {reference}"), "en").text
    assert "You paid {amount} {reference} 12.50 CNY" in said
