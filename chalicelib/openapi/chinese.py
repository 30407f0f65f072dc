"""The document's texts in Chinese: `x-summary-zh` and `x-description-zh` stand beside the English ones.

They are in `zh/`, a file for each module of routes and one for what several of them say, and are found by their English: a
text that changes has none in Chinese until somebody has read both. They are read when the document is first asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

DIRECTORY = Path(__file__).with_name("zh")
TOLD = ("summary", "description")
_SAMPLES = frozenset({"const", "default", "enum", "example", "examples"})
_OF_NAMES = frozenset({"properties", "responses"})
"""What holds values of the API's users, and what has names for keys, which may be any of the words above."""


def in_chinese(value: Any, *, named: bool = False) -> Any:
    """The document, or a part of it, with the Chinese beside each English text that has one."""
    if isinstance(value, list | tuple):
        return [in_chinese(each) for each in value]
    if not isinstance(value, dict):
        return value
    made = {}
    for key, inner in value.items():
        made[key] = inner if key in _SAMPLES and not named else in_chinese(inner, named=key in _OF_NAMES and not named)
        if key in TOLD and isinstance(inner, str) and (text := texts().get(plain(inner))):
            made[f"x-{key}-zh"] = text
    return made


@cache
def texts() -> Mapping[str, str]:
    """The Chinese of each English text, which is on one line."""
    return {plain(each["en"]): each["zh-CN"] for each in pairs()}


def pairs() -> list[dict[str, str]]:
    """Each text in both languages, as they stand in the files."""
    import tomllib

    found: list[dict[str, str]] = []
    for path in sorted(DIRECTORY.glob("*.toml")):
        found += tomllib.loads(path.read_text(encoding="utf-8"))["texts"]
    return found


def plain(text: str) -> str:
    """A text however its lines are broken."""
    return " ".join(text.split())
