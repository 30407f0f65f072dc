"""`.ci/run`: everything is run whatever fails, what cannot be reached is no failure, and the tests' last line is near the end."""

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from dev.templates import ROOT

WALLET = """#!/bin/sh
echo "$*" >> asked
case "$*" in
{cases}
*) echo "said by $1" ;;
esac
"""


@pytest.fixture
def ci(tmp_path: Path) -> Callable[..., tuple[int, str, list[str]]]:
    """Runs `.ci/run` beside a `./wallet` that does as it is told; the status, what was said and what was asked."""

    def run(does: Mapping[str, str], *arguments: str) -> tuple[int, str, list[str]]:
        cases = "\n".join(f"{asked!r}*) {what} ;;" for asked, what in does.items())
        (tmp_path / "wallet").write_text(WALLET.format(cases=cases))
        (tmp_path / "wallet").chmod(0o755)
        (tmp_path / ".ci").mkdir()
        shutil.copy(ROOT / ".ci" / "run", tmp_path / ".ci")
        env = {**os.environ, "TMPDIR": str(tmp_path / "scratch")}
        (tmp_path / "scratch").mkdir()
        done = subprocess.run(
            ["bash", str(tmp_path / ".ci" / "run"), *arguments], env=env, capture_output=True, text=True, check=False
        )
        assert done.stderr == ""
        assert not list((tmp_path / "scratch").iterdir())
        return done.returncode, done.stdout, (tmp_path / "asked").read_text().splitlines()

    return run


def test_the_tests_are_run_last_and_with_the_arguments(ci: Callable[..., tuple[int, str, list[str]]]) -> None:
    status, said, asked = ci({"test -x": "echo '3000 passed in 400.00s'"}, "-x", "--durations=40")
    assert status == 0
    assert asked[-1] == "test -x --durations=40"
    assert {line.split()[0] for line in asked} == {"test", "contract", "fuzz", "check"}
    closing = said.splitlines()
    assert "3000 passed in 400.00s" in closing[-7:]
    assert [line.split()[0] for line in closing[-5:]] == ["fuzz", "contract", "engine", "check", "tests"]
    assert all(line.endswith("  ok") for line in closing[-5:])


@pytest.mark.parametrize("failing", ["fuzz", "contract clients", "test --engine", "check", "test --durations"])
def test_what_fails_is_shown_whole_fails_the_run_and_keeps_nothing_from_running(
    ci: Callable[..., tuple[int, str, list[str]]], failing: str
) -> None:
    status, said, asked = ci({failing: "echo 'the cause'; seq 50; exit 3"}, "--durations=40")
    assert status == 1
    assert "the cause" in said
    assert said.count("FAIL") == 1
    assert len(asked) == 7


def test_what_could_not_be_reached_is_told_at_the_end_and_fails_nothing(
    ci: Callable[..., tuple[int, str, list[str]]],
) -> None:
    why = "lint: not run: npm did not answer in 120 s"
    status, said, _ = ci({"contract clients": f"echo 'not run  lint  120.1 s  {why}'; echo '{why}'"})
    assert status == 0
    assert said.splitlines()[-6:].count(why) == 1
    assert [line for line in said.splitlines()[-6:] if line.startswith("not run")] == []


@pytest.mark.parametrize("status", [69, 124, 137])
def test_without_an_index_for_the_tools_their_steps_are_not_run(
    ci: Callable[..., tuple[int, str, list[str]]], status: int
) -> None:
    ended, said, asked = ci({"contract --help": f"exit {status}"})
    assert ended == 0
    assert "fuzz, contract: not run: the package index" in said
    assert [line.split()[0] for line in asked if line.startswith(("fuzz", "contract clients"))] == []


def test_an_index_that_lacks_a_locked_package_is_a_failure(ci: Callable[..., tuple[int, str, list[str]]]) -> None:
    status, said, asked = ci({"contract --help": "echo 'lacks a package'; exit 1"})
    assert status == 1
    assert "lacks a package" in said
    assert asked[-1] == "test"


def test_where_the_tests_cannot_be_set_up_nothing_can_be_said(
    ci: Callable[..., tuple[int, str, list[str]]],
) -> None:
    status, said, _ = ci({"test --version": "echo 'could not be set up'; exit 69"})
    assert status == 1
    assert said.endswith("could not be set up\n")


def test_a_step_that_was_stopped_at_its_limit_says_so(ci: Callable[..., tuple[int, str, list[str]]]) -> None:
    status, said, _ = ci({"fuzz": "exit 124"})
    assert status == 1
    assert "FAIL (stopped at its limit)" in said
