"""docs/operations.md: each of its commands is run as it stands, against the local cloud, and every alarm has its line."""

import argparse
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from dev import checking, ledger, ops, packaging, rotation
from dev.cloud.local import LocalCloud
from dev.templates import ROOT, Template
from tests.build import a_person, send
from tests.client import Api

PAGE = (ROOT / "docs/operations.md").read_text("utf-8")
COMMANDS = [line for block in re.findall(r"```\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()]


def run(command: str, cloud: LocalCloud, out: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """The verb's own program, on the local wallet in place of the deployed one."""
    words = shlex.split(command.removeprefix("./wallet "))
    verb, given = words[0], words[1:]

    def opened(_function: str, _region: str | None) -> Any:
        return cloud.wallet

    if verb == "package":
        given[given.index("--out") + 1] = str(out)
        return packaging.main(given)
    if verb == "ops":
        programs = {
            "check": lambda rest: checking.main(rest, opener=opened, session=cloud.session),
            "rotate-personal-data": lambda rest: rotation.main(rest, opener=opened),
        }
        assert set(programs) <= set(ops.TASKS)
        return programs[given[0]](given[1:])
    assert verb == "ledger"
    if given[-1] == "redrive":
        monkeypatch.setattr(ledger, "redrive_of", lambda *_: argparse.Namespace(run=lambda: iter(())))
    return ledger.main(given, opener=opened)


@pytest.mark.parametrize("command", sorted(set(COMMANDS)))
def test_each_command_of_the_page_does_what_it_says(
    api: Api, cloud: LocalCloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    """O6: on a wallet with people and money in it. How a redrive hands letters over is tried in tests/dev/test_redrive.py."""
    ada, bo = a_person(api, cloud, balance=5_000), a_person(api, cloud)
    send(api, ada, bo, 700).ok(201)
    cloud.pump.drain()
    assert run(command, cloud, tmp_path, monkeypatch) == 0


def test_the_page_has_a_command_for_every_task() -> None:
    for word in ("check", "verify", "rebuild", "redrive", "rotate-personal-data", "package"):
        assert any(word in command for command in COMMANDS), word
    assert all(command.startswith("./wallet ") for command in COMMANDS)


def test_every_alarm_says_what_to_do(template: Template) -> None:
    alarms = {name for name, one in template["Resources"].items() if one["Type"] == "AWS::CloudWatch::Alarm"}
    named = set(re.findall(r"\b[A-Z]\w+\b", PAGE.partition("## The alarms")[2]))
    unexplained = {name for name in alarms - named if not name.endswith(("Fails", "Throttled"))}
    assert not unexplained
