"""`.ci/run`: everything is run whatever fails, what cannot be reached is no failure, and the tests' last line is near the end."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from dev.templates import ROOT
from tests.dev.processes import lives, soon

WALLET = """#!/bin/sh
echo "$*" >> asked
case "$*" in
{cases}
*) echo "said by $1" ;;
esac
"""


@dataclass
class Ci:
    """A directory with `.ci/run` and a `./wallet` that does as it is told, by what it is asked."""

    home: Path

    def prepare(self, does: Mapping[str, str]) -> None:
        """Writes both."""
        cases = "\n".join(f"{asked!r}*) {what} ;;" for asked, what in does.items())
        (self.home / "wallet").write_text(WALLET.format(cases=cases))
        (self.home / "wallet").chmod(0o755)
        for place in (".ci", "scratch"):
            (self.home / place).mkdir()
        shutil.copy(ROOT / ".ci" / "run", self.home / ".ci")

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        command = ["bash", str(self.home / ".ci" / "run"), *arguments]
        env = {**os.environ, "TMPDIR": str(self.home / "scratch")}
        return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def __call__(self, does: Mapping[str, str], *arguments: str) -> tuple[int, str, list[str]]:
        """Runs to the end; the status, what was said and what `./wallet` was asked."""
        self.prepare(does)
        with self.start(*arguments) as running:
            said, complained = running.communicate()
        assert complained == ""
        assert not list((self.home / "scratch").iterdir())
        return running.returncode, said, (self.home / "asked").read_text().splitlines()


@pytest.fixture
def ci(tmp_path: Path) -> Ci:
    return Ci(tmp_path)


def test_the_tests_are_run_last_and_with_the_arguments(ci: Ci) -> None:
    status, said, asked = ci({"test -x": "echo '3000 passed in 400.00s'"}, "-x", "--durations=40")
    assert status == 0
    assert asked[-1] == "test -x --durations=40"
    assert {line.split()[0] for line in asked} == {"test", "contract", "fuzz", "check"}
    closing = said.splitlines()
    assert "3000 passed in 400.00s" in closing[-7:]
    assert [line.split()[0] for line in closing[-5:]] == ["fuzz", "contract", "engine", "check", "tests"]
    assert all(line.endswith("  ok") for line in closing[-5:])


@pytest.mark.parametrize("failing", ["fuzz", "contract clients", "test --engine", "check", "test --durations"])
def test_what_fails_is_shown_whole_fails_the_run_and_keeps_nothing_from_running(ci: Ci, failing: str) -> None:
    status, said, asked = ci({failing: "echo 'the cause'; seq 50; exit 3"}, "--durations=40")
    assert status == 1
    assert "the cause" in said
    assert said.count("FAIL") == 1
    assert len(asked) == 7


def test_what_could_not_be_reached_is_told_at_the_end_and_fails_nothing(
    ci: Ci,
) -> None:
    why = "lint: not run: npm did not answer in 120 s"
    status, said, _ = ci({"contract clients": f"echo 'not run  lint  120.1 s  {why}'; echo '{why}'"})
    assert status == 0
    assert said.splitlines()[-6:].count(why) == 1
    assert [line for line in said.splitlines()[-6:] if line.startswith("not run")] == []


@pytest.mark.parametrize("status", [69, 124, 137])
def test_without_an_index_for_the_tools_their_steps_are_not_run(ci: Ci, status: int) -> None:
    ended, said, asked = ci({"contract --help": f"exit {status}"})
    assert ended == 0
    assert "fuzz, contract: not run: the package index" in said
    assert [line.split()[0] for line in asked if line.startswith(("fuzz", "contract clients"))] == []


def test_an_index_that_lacks_a_locked_package_is_a_failure(ci: Ci) -> None:
    status, said, asked = ci({"contract --help": "echo 'lacks a package'; exit 1"})
    assert status == 1
    assert "lacks a package" in said
    assert asked[-1] == "test"


def test_where_the_tests_cannot_be_set_up_nothing_can_be_said(
    ci: Ci,
) -> None:
    status, said, _ = ci({"test --version": "echo 'could not be set up'; exit 69"})
    assert status == 1
    assert said.endswith("could not be set up\n")


def test_a_step_that_was_stopped_at_its_limit_says_so(ci: Ci) -> None:
    status, said, _ = ci({"fuzz": "exit 124"})
    assert status == 1
    assert "FAIL (stopped at its limit)" in said


@pytest.mark.parametrize("step", ["fuzz", "contract clients", "test --engine"])
def test_who_is_stopped_leaves_nothing_running(ci: Ci, tmp_path: Path, step: str) -> None:
    note = tmp_path / "running"
    ci.prepare({step: f"sleep 300 & echo $! > {note}.new; mv {note}.new {note}; wait"})
    with ci.start() as running:
        assert soon(note.exists)
        process = int(note.read_text())
        assert lives(process)
        running.terminate()
    assert soon(lambda: not lives(process))
