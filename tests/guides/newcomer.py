"""Guides are run as a newcomer runs them: with what `./wallet serve` seeds, after the guide that comes before, in either language."""

import time
from pathlib import Path
from typing import Any

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from dev.guides import CHINESE
from tests.guides.test_guides import blocks

GUIDES = Path(__file__).parents[2] / "docs" / "guides"
FIRST = "accept-a-payment.md"
in_both_languages = pytest.mark.parametrize("language", ["", CHINESE], ids=["en", "zh-CN"])
"""`language` is what a guide's name begins with."""


def guide(name: str, language: str) -> Path:
    """A guide in one language."""
    return GUIDES / f"{language}{name}"


def begun(
    api: Api, cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch, language: str, *, whole: bool = True
) -> dict[str, Any]:
    """The names that accept-a-payment leaves, or those of its first block, which makes the client."""
    first = guide(FIRST, language)
    cloud.seed()
    monkeypatch.setenv("WALLET", api.url)
    monkeypatch.setenv("WALLET_KEY", cloud.seeded["merchant_key"])
    monkeypatch.setattr(time, "sleep", lambda _seconds: cloud.pump.drain())
    names: dict[str, Any] = {"print": lambda *_: None}
    run(first, names, blocks(first) if whole else blocks(first)[:1])
    return names


def run(path: Path, names: dict[str, Any], some: list[tuple[str, str]] | None = None) -> None:
    """Runs a guide's blocks of Python, or some of them."""
    for kind, block in blocks(path) if some is None else some:
        if kind == "python":
            exec(compile(block, path.name, "exec"), names)
