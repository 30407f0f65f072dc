"""What each decline says, and what to do next, in zh-CN and en."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from chalicelib.messages import Locale
from wallet_api.declines import DeclineCode

Texts = Mapping[str, Mapping[str, str]]


@cache
def decline_texts() -> Mapping[str, Texts]:
    """Every decline's texts: `says` and `next`, each by language."""
    import tomllib

    return tomllib.loads(Path(__file__).with_name("declines.toml").read_text(encoding="utf-8"))


def told(code: DeclineCode, locale: Locale) -> tuple[str, str]:
    """What happened, and what to do next."""
    texts = decline_texts()[code]
    return texts["says"][locale], texts["next"][locale]
