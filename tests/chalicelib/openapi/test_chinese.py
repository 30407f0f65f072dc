"""Everything that the reference says in English it says in Chinese as well, and what changes in one is read in the other."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.openapi.chinese import DIRECTORY, in_chinese, pairs, plain

NAMES = re.compile(r"`\w+`(, `\w+`)*")
"""What a refusal is described by: its codes, which are the same in every language."""
PAIRS = {plain(each["en"]): each for each in pairs()}


def test_every_text_is_told_in_chinese(document: Any) -> None:
    """A text that was changed is told in none, until its Chinese was read again: that is found by the English."""
    assert [f"{where}: {english}" for where, english, chinese in _told(document) if not _is_chinese(chinese)] == []


def test_that_is_schemas_fields_parameters_answers_and_all_else(document: Any) -> None:
    """What a walk through the document must have come by, so that the test above looks at something."""
    told = {where: chinese for where, _, chinese in _told(document)}
    assert {where for where in told if where.startswith("components/schemas/") and where.count("/") == 2} >= {
        f"components/schemas/{name}"
        for name, each in document["components"]["schemas"].items()
        if "description" in each
    }
    payment = "paths//v1/payments/{payment_id}/confirm/post"
    assert told["components/schemas/BindCard/properties/number"] == "卡号：只含数字，不含空格。"
    assert told["components/schemas/ConfirmTopUp/properties/code"] == "六位 ASCII 数字，以字符串表示。"
    assert told["components/securitySchemes/merchant"].startswith("商户的 API 密钥")
    assert told["webhooks/payment.succeeded/post/responses/default"]
    assert (
        told[f"{payment}/responses/200"]
        == document["paths"]["/v1/payments/{payment_id}/confirm"]["post"]["x-summary-zh"]
    )
    assert told["paths//v1/fees/get/parameters/0"].startswith("查询何时有效的收费标准")
    assert "Idempotency-Key" in told["info"]


def test_nothing_is_said_of_what_there_is_not(document: Any) -> None:
    """A text that nobody says any more, or says otherwise now, is taken out."""
    assert set(PAIRS) - {plain(english) for _, english, _ in _told(document)} == set()


def test_a_text_has_one_chinese_in_the_file_of_who_says_it(document: Any) -> None:
    assert [text for text, times in Counter(plain(each["en"]) for each in pairs()).items() if times > 1] == []
    files = {path.stem for path in DIRECTORY.iterdir()}
    assert files - {tag["name"] for tag in document["tags"]} == {"shared"}


@pytest.mark.parametrize("kind", ["code", "numbers", "paragraphs"])
def test_both_languages_say_the_same(kind: str) -> None:
    """What is set as code is a name of the API: one that is misspelt, or was left out, misleads. So does another number."""
    found = {"code": _code, "numbers": _numbers, "paragraphs": _paragraphs}[kind]
    both = {name: (found(each["en"]), found(each["zh-CN"])) for name, each in PAIRS.items()}
    assert {name: each for name, each in both.items() if each[0] != each[1]} == {}


def test_chinese_is_set_as_chinese() -> None:
    """Its own commas, colons and brackets, and no blank between its signs."""
    odd = re.compile(r"[\u4e00-\u9fff][,;:!?()]|[,;:!?()][\u4e00-\u9fff]|[\u4e00-\u9fff，。；：] [\u4e00-\u9fff]")
    assert [each["zh-CN"] for each in PAIRS.values() if odd.search(each["zh-CN"])] == []


def test_a_field_may_be_called_like_a_text_and_a_value_is_no_text() -> None:
    said = {"description": "The password.", "summary": "Nobody has said this."}
    shape = {"properties": {"description": said, "default": said}, "example": said, "default": said, **said}
    told = {"description": "The password.", "x-description-zh": "登录密码。", "summary": "Nobody has said this."}
    assert in_chinese([shape]) == [
        {"properties": {"description": told, "default": told}, "example": said, "default": said, **told}
    ]


def _told(value: Any, where: str = "", *, named: bool = False) -> Iterator[tuple[str, str, str]]:
    """Each text of the document: where it stands, in English and in Chinese. Examples are no texts of the document's."""
    if isinstance(value, list):
        for number, each in enumerate(value):
            yield from _told(each, f"{where}/{number}")
    if not isinstance(value, dict):
        return
    for kind in () if named else ("summary", "description"):
        if kind in value and not NAMES.fullmatch(value[kind]):
            yield where, value[kind], value.get(f"x-{kind}-zh", "")
    for key, inner in value.items():
        if named or key not in ("example", "examples"):
            yield from _told(
                inner, f"{where}/{key}".lstrip("/"), named=not named and key in ("properties", "responses")
            )


def _is_chinese(text: str) -> bool:
    return re.search("[\u4e00-\u9fff]", text) is not None


def _code(text: str) -> set[str]:
    return set(re.findall("`([^`]+)`", text))


def _numbers(text: str) -> set[str]:
    return set(re.findall(r"[0-9]+", text))


def _paragraphs(text: str) -> int:
    return len(re.split(r"\n\s*\n", text.strip()))
