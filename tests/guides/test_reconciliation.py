"""docs/guides/reconciliation.md: every block runs, in its order, and says what is so."""

import re
from pathlib import Path
from typing import get_args

import pytest

from dev import reconcile, trigger
from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.guides.newcomer import begun, guide, in_both_languages
from tests.guides.test_guides import blocks
from wallet_api.gateways.sandbox_bank import MAGIC_ENDINGS
from wallet_api.payouts.model import Interval, Status
from wallet_api.reconciliation.model import BANK_COLUMNS, COLUMNS, BreakKind

NAME = "reconciliation.md"
GUIDE = guide(NAME, "").read_text("utf-8")
VERBS = {"trigger": trigger.main, "reconcile": reconcile.main}


class Shell:
    """Runs lines of `./wallet` in this process, against the server of the test; `> FILE` and `|| test $? -eq N` are all it knows."""

    def __init__(self, port: int, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.port, self.place, self.capsys = port, place, capsys
        self.said: list[str] = []

    def run(self, block: str) -> None:
        for line in block.splitlines():
            command, _, allowed = line.partition(" || test $? -eq ")
            asked, _, file = command.partition(" > ")
            verb, *arguments = asked.removeprefix("./wallet ").split()
            arguments = [str(self.place / each) if each.endswith(".csv") else each for each in arguments]
            at = arguments.index("--local") + 1 if "--local" in arguments else 0
            arguments[at:at] = ["--port", str(self.port)]
            assert VERBS[verb](arguments) == int(allowed or 0), line
            said = self.capsys.readouterr().out
            if file:
                (self.place / file).write_text(said, "utf-8")
            else:
                self.said.append(said)


@in_both_languages
def test_every_block_runs(
    api: Api,
    cloud: LocalCloud,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    language: str,
) -> None:
    """D4: as a newcomer runs it, with what `./wallet serve` seeds."""
    place, path = begun(api, cloud, monkeypatch, language, whole=False), guide(NAME, language)
    cloud.pump.start()
    shell = Shell(api.port, tmp_path, capsys)
    try:
        for kind, block in blocks(path):
            if kind == "python":
                cloud.pump.drain()
                exec(compile(block, path.name, "exec"), place)
            else:
                shell.run(block)
    finally:
        cloud.pump.stop()
    assert len(place["sales"]) == 1
    triggered, agree, broken = shell.said
    assert triggered.startswith("payment.succeeded  pay_")
    assert agree == "The books agree.\n"
    assert broken.startswith("missing  po_")


def test_what_the_tables_list_is_all_there_is() -> None:
    assert set(re.findall(r"^\| `(\w+)` \| (?:set aside|the bank)", GUIDE, re.MULTILINE)) == set(get_args(Status))
    assert set(re.findall(r"^\| `(\w+)` \| (?:we have|their file|both)", GUIDE, re.MULTILINE)) == set(
        get_args(BreakKind)
    )
    named = set(re.findall(r"`(\w+)`", GUIDE))
    assert {*COLUMNS, *BANK_COLUMNS, *MAGIC_ENDINGS, *get_args(Interval)} <= named | {"currency"}
