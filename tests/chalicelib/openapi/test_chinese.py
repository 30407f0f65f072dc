"""Everything that the reference says in English it says in Chinese as well."""

import re
from typing import Any

import pytest

from chalicelib.openapi.chinese import texts


@pytest.mark.parametrize("kind", ["summary", "description"])
def test_every_call_and_every_webhook_is_told_in_chinese(document: Any, kind: str) -> None:
    told = [each for item in (*document["paths"].values(), *document["webhooks"].values()) for each in item.values()]
    silent = [each["operationId"] for each in told if not _is_chinese(each.get(f"x-{kind}-zh", ""))]
    assert silent == []


def test_code_stands_in_the_chinese_text_as_in_the_english_one(document: Any) -> None:
    """What is set as code is a name of the API: one that is misspelt, or was left out, misleads."""
    told = [each for item in document["paths"].values() for each in item.values()]
    names = {each["operationId"]: [_code(each[name]) for name in ("description", "x-description-zh")] for each in told}
    assert {name: both for name, both in names.items() if both[0] != both[1]} == {}


def test_so_are_headers_and_proofs(document: Any) -> None:
    kinds = ("parameters", "headers", "securitySchemes")
    told = {name: each for kind in kinds for name, each in document["components"][kind].items()}
    assert [name for name, each in told.items() if not _is_chinese(each.get("x-description-zh", ""))] == []


def _is_chinese(text: str) -> bool:
    return re.search("[\u4e00-\u9fff]", text) is not None


def _code(text: str) -> set[str]:
    return set(re.findall("`([^`]+)`", text))


def test_so_has_every_group_and_the_whole(document: Any) -> None:
    assert [tag["name"] for tag in document["tags"] if "x-description-zh" not in tag] == []
    assert "Idempotency-Key" in document["info"]["x-description-zh"]


def test_nothing_is_said_of_what_there_is_not(document: Any) -> None:
    known = {each["operationId"] for item in document["paths"].values() for each in item.values()}
    assert set(texts()["operations"]) <= known
    assert set(texts()["tags"]) <= {tag["name"] for tag in document["tags"]}
    assert set(texts()["webhooks"]) <= set(document["webhooks"])
