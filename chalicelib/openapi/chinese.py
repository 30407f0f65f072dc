"""The document's texts in Chinese: they stand beside the English ones as `x-summary-zh` and `x-description-zh`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

TEXTS = Path(__file__).with_name("zh-CN.toml")


def in_chinese(table: str, name: str) -> dict[str, str]:
    """What is said of an operation, a tag or a webhook; nothing where nobody has said it."""
    return {f"x-{kind}-zh": text for kind, text in texts().get(table, {}).get(name, {}).items()}


@cache
def texts() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """By table and name, its `summary` and `description`."""
    return tomllib.loads(TEXTS.read_text(encoding="utf-8"))
