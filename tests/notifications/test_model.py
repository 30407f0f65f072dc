"""How long a notice is tried, and that everything has its words."""

import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

from wallet_api.notifications import model
from wallet_api.notifications.model import Kind, Notice, next_try
from wallet_api.people.model import Locale

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def test_each_try_waits_longer_and_after_a_day_it_is_given_up() -> None:
    waits = [next_try(Notice("ntc_1", "usr_1", "unlocked", NOW, tries), NOW) for tries in (0, 1, 2, 20)]
    assert waits == [NOW + timedelta(minutes=each) for each in (1, 2, 4, 120)]
    assert next_try(Notice("ntc_1", "usr_1", "unlocked", NOW), NOW + timedelta(days=1)) is None


def test_every_kind_has_words_in_both_languages_and_an_sms_is_one_text() -> None:
    """A6, A36: what happened, and what to do if it was not you."""
    texts = tomllib.loads((Path(model.__file__).parent / "texts.toml").read_text(encoding="utf-8"))
    assert set(texts) == set(get_args(Kind))
    for languages in texts.values():
        assert set(languages) == set(get_args(Locale))
        for words in languages.values():
            assert set(words) == {"subject", "text"}
            assert len(words["text"]) <= 220
            assert "http" not in words["text"], "people learn to follow no links in such messages"
