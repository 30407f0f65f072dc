"""Guides are run as a newcomer runs them: with what `./wallet serve` seeds, after the guide that comes before."""

import time
from pathlib import Path
from typing import Any

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.guides.test_guides import blocks

GUIDES = Path(__file__).parents[2] / "docs" / "guides"
FIRST = GUIDES / "accept-a-payment.md"


def begun(api: Api, cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch, *, whole: bool = True) -> dict[str, Any]:
    """The names that accept-a-payment leaves, or those of its first block, which makes the client."""
    cloud.seed()
    monkeypatch.setenv("WALLET", api.url)
    monkeypatch.setenv("WALLET_KEY", cloud.seeded["merchant_key"])
    monkeypatch.setattr(time, "sleep", lambda _seconds: cloud.pump.drain())
    names: dict[str, Any] = {"print": lambda *_: None}
    run(FIRST, names, blocks(FIRST) if whole else blocks(FIRST)[:1])
    return names


def run(guide: Path, names: dict[str, Any], some: list[tuple[str, str]] | None = None) -> None:
    """Runs a guide's blocks of Python, or some of them."""
    for language, block in blocks(guide) if some is None else some:
        if language == "python":
            exec(compile(block, guide.name, "exec"), names)
