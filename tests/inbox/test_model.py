"""What people are told of: every type has its words, in both languages."""

from datetime import UTC, datetime

from wallet_api.events.model import TYPES, made_event
from wallet_api.inbox.model import FOR_PEOPLE, nameless, notification_of
from wallet_api.inbox.use_cases import texts
from wallet_api.people.model import Locale
from wallet_api.sides.model import Side

NOW = datetime(2026, 11, 22, tzinfo=UTC)
LOCALES: tuple[Locale, Locale] = ("en", "zh-CN")


def test_every_type_that_people_are_told_of_has_its_words() -> None:
    words_for = {kind: words for kind, words in texts().items() if kind != "somebody"}
    assert {kind.removesuffix(".unmoved") for kind in words_for} == set(FOR_PEOPLE) <= set(TYPES)
    for kind, by_locale in words_for.items():
        assert set(by_locale) == set(LOCALES)
        for words in by_locale.values():
            assert set(words) == {"title", "text"}
            about_money = not kind.startswith("mandate.")
            assert words["text"].count("{amount}") == about_money, kind
            assert words["text"].count("{who}") == 1, kind
            assert words["text"].count("{") == about_money + 1, kind


def test_whoever_cannot_be_named_has_a_word() -> None:
    for kind in FOR_PEOPLE:
        assert {texts()["somebody"][locale][nameless(kind)] for locale in LOCALES}


def test_a_name_is_put_in_last_and_nothing_is_read_in_it() -> None:
    event = made_event("transfer.sent", "usr_a", {"id": "trf_1", "amount": {"amount": 1, "currency": "CNY"}}, NOW, "v")
    assert "{amount}" in notification_of(event, Side(name="{amount}"), texts(), "en", None).text


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
        assert "12.50 CNY" in notification_of(event, Side(), texts(), locale, None).text


def test_what_never_moved_money_does_not_say_that_some_came_back() -> None:
    data = {"id": "pay_1", "amount": {"amount": 1, "currency": "CNY"}}
    for kind in ("payment.failed", "payment.canceled"):
        event = made_event(kind, "usr_a", data, NOW, "v")
        assert "No money has moved" in notification_of(event, Side(moved=False), texts(), "en", None).text
        assert "is back" in notification_of(event, Side(), texts(), "en", None).text


def test_what_stands_before_the_mark_is_read() -> None:
    event = made_event("transfer.sent", "usr_a", {"id": "trf_1", "amount": {"amount": 1, "currency": "CNY"}}, NOW, "v")
    assert not notification_of(event, Side(), texts(), "en", None).read
    assert notification_of(event, Side(), texts(), "en", event.id).read
    assert not notification_of(event, Side(), texts(), "en", "evt_0").read
