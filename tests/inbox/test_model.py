"""What people are told of: every type has its words, in both languages."""

from datetime import UTC, datetime

from wallet_api.events.model import TYPES, made_event
from wallet_api.inbox.model import FOR_PEOPLE, notification_of
from wallet_api.inbox.use_cases import texts
from wallet_api.people.model import Locale

NOW = datetime(2026, 11, 22, tzinfo=UTC)
LOCALES: tuple[Locale, Locale] = ("en", "zh-CN")


def test_every_type_that_people_are_told_of_has_its_words() -> None:
    assert set(texts()) == set(FOR_PEOPLE) <= set(TYPES)
    for kind, by_locale in texts().items():
        assert set(by_locale) == set(LOCALES)
        for words in by_locale.values():
            assert set(words) == {"title", "text"}
            about_money = not kind.startswith("mandate.")
            assert words["text"].count("{") == words["text"].count("{amount}") == about_money, kind


def test_whatever_moves_money_of_people_is_told_to_them() -> None:
    """A new type of these kinds needs its words."""
    moving = ("payment.", "refund.", "top_up.", "transfer.", "withdrawal.")
    for_merchants = {"payment.created"}
    assert {kind for kind in TYPES if kind.startswith(moving)} - for_merchants <= set(FOR_PEOPLE)


def test_an_amount_is_shown_as_people_read_it() -> None:
    event = made_event(
        "top_up.succeeded", "usr_a", {"id": "top_1", "amount": {"amount": 1250, "currency": "CNY"}}, NOW, "v"
    )
    for locale in LOCALES:
        assert "12.50 CNY" in notification_of(event, texts(), locale, None).text


def test_what_stands_before_the_mark_is_read() -> None:
    event = made_event("transfer.sent", "usr_a", {"id": "trf_1", "amount": {"amount": 1, "currency": "CNY"}}, NOW, "v")
    assert not notification_of(event, texts(), "en", None).read
    assert notification_of(event, texts(), "en", event.id).read
    assert not notification_of(event, texts(), "en", "evt_0").read
