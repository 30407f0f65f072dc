"""Names as people have them are taken, written once in one way; what is no name is not."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallet_api.errors import Invalid
from wallet_api.names import holder_name, is_written, person_name, tidied

NAMES = [
    "王芳", "欧阳娜娜", "阿卜杜拉·买买提", "ئابدۇللا مەمەت", "བསྟན་འཛིན", "ZHANG WEI", "José Núñez",
    "Nguyễn Thị Ánh", "O'Brien", "Anne-Marie Müller",
    "D. J. Smith Jr.", "Иван Петров", "श्री राम", "ශ්‍රී ලංකා", "محمد‌رضا", "김민준", "さくら", "ᠰᠠᠷᠠ\u180eᠠ", "র\u200d্যাব",
    "𮯠小明", "𱁬", "𬱖", "\U00031350明", "ACME 24 GMBH",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_names_of_all_scripts_are_taken_as_they_are(name: str) -> None:
    assert person_name(name, "/name") == unicodedata.normalize("NFC", name)
    assert holder_name(name, "/name") == unicodedata.normalize("NFC", name)
    assert is_written(name)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("王\u3000芳", "王 芳"),
        ("\u3000王芳\u3000", "王芳"),
        ("ZHANG\u00a0\u3000 WEI", "ZHANG WEI"),
        ("ＺＨＡＮＧ　ＷＥＩ", "ZHANG WEI"),
        ("José", "José"),
        ("O’Brien", "O'Brien"),
        ("王\u200b芳\ufeff", "王芳"),
        ("王\u200d芳", "王芳"),
        ("A\u200c\u200dDA\u180e", "ADA"),
        ("محمد\u200c\u200cرضا\u200d", "محمد\u200cرضا"),
        ("\u200f山\u3164田\uffa0\u115f\u1160", "山田"),
        *((f"阿卜杜拉{dot}买买提", "阿卜杜拉·买买提") for dot in "•‧∙⋅・･·"),
        ("阿卜杜拉 · 买买提", "阿卜杜拉·买买提"),
    ],
)  # fmt: skip
def test_one_name_is_kept_in_one_way_however_it_was_typed(written: str, kept: str) -> None:
    """Whoever compares it with the card's, a bank above all, finds them equal."""
    assert person_name(written, "/name") == holder_name(written, "/name") == kept


@pytest.mark.parametrize(
    "company", ["昆明翠湖（茶馆）有限公司", "7-ELEVEN, Inc.", "Marks & Spencer", "C&A", "Yahoo! 株式会社"]
)
def test_companies_hold_accounts_under_names_that_no_person_has(company: str) -> None:
    """The brackets of a registered Chinese name are wide ones, and stay."""
    assert holder_name(company, "/holder_name") == company


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "\u3000", "12345", "·", "---", "王芳🙂", "=1+1王", "王_芳", "<b>王</b>", "王芳@qq.com", "\u200d\u200c",
        "\u3164", "\u115f\u1160\uffa0", "\u202eAVA", "王\u2066芳", "A\U000e0042",
    ],
)  # fmt: skip
def test_what_is_no_name_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        person_name(text, "/holder_name")
    assert [(each.pointer, each.code) for each in refusal.value.problems] == [("/holder_name", "not_a_name")]


@pytest.mark.parametrize("text", ["", "\u3000\u00a0", "2026", "\U000fedf1", "a\u0007"])
def test_what_nobody_can_hold_an_account_under_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        holder_name(text, "/holder_name")


@pytest.mark.parametrize("text", ["", "\u200d", "\u3000\u00a0", "\u180e\u200c\u3000"])
def test_a_line_of_nothing_that_is_seen_is_not_written(text: str) -> None:
    assert not is_written(text)


@given(st.text(st.characters() | st.sampled_from("\u180e\u200c\u200d \u3000·\u0301شකA王ᠠ\u0dca\u3164"), max_size=40))
def test_what_is_tidy_stays(text: str) -> None:
    once = tidied(text)
    assert tidied(once) == once
    assert once == once.strip()
