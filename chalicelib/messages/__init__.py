"""Messages: each code's title and detail in zh-CN and en, one TOML file a capability, read when the first problem is
answered.

A detail says what happened, what it means for the caller's money and what to do now. `{name}` is filled from the
error's facts.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

from wallet_api.money import Money, decimal_text

Locale = Literal["zh-CN", "en"]
LOCALES: tuple[Locale, ...] = ("zh-CN", "en")


@cache
def catalog() -> Mapping[str, Mapping[str, Any]]:
    """Every code with its texts."""
    import tomllib

    found: dict[str, dict[str, Any]] = {"fields": {}}
    for path in sorted(Path(__file__).parent.glob("*.toml")):
        for code, texts in tomllib.loads(path.read_text(encoding="utf-8")).items():
            found.setdefault(code, {}).update(texts)
    return found


def title(code: str, locale: Locale) -> str:
    """The short name of a problem."""
    return str(catalog()[code]["title"][locale])


def detail(code: str, locale: Locale, facts: Mapping[str, object]) -> str:
    """What happened and what to do now, with the facts filled in."""
    return str(catalog()[code]["detail"][locale]).format_map(_Facts(facts))


def field_detail(code: str, locale: Locale, facts: Mapping[str, object]) -> str:
    """What is wrong with one field, and what it takes instead where that is known."""
    texts = catalog()["fields"][code]
    return str((texts.get("with_facts", texts) if facts else texts)[locale]).format_map(_Facts(facts))


def locale_of(accept_language: str | None, fallback: Locale = "zh-CN") -> Locale:
    """The first language of `Accept-Language` (RFC 9110 section 12.5.4) that the wallet speaks, by its weight."""
    best: tuple[int, int, Locale] | None = None
    for position, part in enumerate((accept_language or "").split(",")[:20]):
        tag, _, weight = part.strip().partition(";")
        primary = tag.strip().lower().split("-")[0]
        spoken: Locale | None = "zh-CN" if primary == "zh" else "en" if primary == "en" else None
        quality = _quality(weight)
        if spoken and quality and (best is None or (quality, -position) > best[:2]):
            best = (quality, -position, spoken)
    return best[2] if best else fallback


def _quality(weight: str) -> int:
    """`q=0.8` in thousandths; 1000 when none is given, 0 when it cannot be read."""
    name, _, value = weight.strip().partition("=")
    if not name:
        return 1000
    whole, _, fraction = value.strip().partition(".")
    if name.strip() != "q" or not (whole + fraction).isdigit() or not (whole + fraction).isascii():
        return 0
    return min(1000, int(whole) * 1000 + int(fraction[:3].ljust(3, "0") or "0"))


class _Facts(dict[str, object]):
    """Facts as people read them. A missing one is a gap in a sentence; it must not turn the refusal into a failure."""

    def __getitem__(self, name: str) -> object:
        value = self.get(name, "…")
        return f"{decimal_text(value)} {value.currency}" if isinstance(value, Money) else value
