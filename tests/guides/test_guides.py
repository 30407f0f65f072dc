"""Every guide is run: each block of Python and of shell, from top to bottom, against a wallet that is served on this machine.

A guide that needs a world of its own has a test that names its file and runs it in both languages; every other one is run here.
"""

import re
import shutil
import subprocess
import time
from codeop import compile_command
from pathlib import Path
from typing import Any

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from dev.guides import CHINESE
from tests.build import a_merchant

TESTS = Path(__file__).parent
GUIDES = sorted((TESTS.parents[1] / "docs" / "guides").glob("*.md"))
BLOCK = re.compile(r"^```(python|sh)\n(.*?)^```", re.DOTALL | re.MULTILINE)
PRELUDE = {"going-live.md": "accept-a-payment.md", "zh-going-live.md": "zh-accept-a-payment.md"}
"""Whose first block, which makes the client, goes before."""

ELSEWHERE = "".join(path.read_text("utf-8") for path in sorted(TESTS.glob("test_*.py")) if path != Path(__file__))
HERE = [
    guide for guide in GUIDES if guide.name.removeprefix(CHINESE) not in ELSEWHERE or guide.name in PRELUDE.values()
]
"""Those that no other test runs, in either language. A prelude is named by others, who run its beginning alone."""


def blocks(guide: Path) -> list[tuple[str, str]]:
    """The guide's blocks that are for running, in their order."""
    return BLOCK.findall(guide.read_text("utf-8"))


def test_every_guide_has_something_to_run() -> None:
    assert [guide.name for guide in GUIDES if not blocks(guide)] == []


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.name)
def test_every_block_of_python_can_be_pasted_at_its_prompt(guide: Path) -> None:
    """Where a blank line ends what is indented, and nothing else does."""
    for language, block in blocks(guide):
        waiting: list[str] = []
        for line in [*block.splitlines(), ""] if language == "python" else []:
            waiting.append(line)
            if compile_command("\n".join(waiting), guide.name, "single") is not None:
                waiting = []
        assert not any(waiting), waiting


@pytest.mark.parametrize("guide", HERE, ids=lambda guide: guide.name)
def test_every_block_of_the_guide_runs(
    api: Api, cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch, guide: Path
) -> None:
    """D1, D2, D15."""
    told = {
        "WALLET": api.url,
        "WALLET_KEY": a_merchant(cloud).key,
    }
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)
    names: dict[str, Any] = {}
    if guide.name in PRELUDE:
        exec(blocks(guide.with_name(PRELUDE[guide.name]))[0][1], names)
    for language, block in blocks(guide):
        if language == "python":
            exec(compile(block, guide.name, "exec"), names)
        elif shutil.which("bash"):
            done = subprocess.run(
                ["bash", "-euo", "pipefail", "-c", block], capture_output=True, text=True, check=False, timeout=60
            )
            assert done.returncode == 0, done.stderr
