"""`./wallet check`: names what failed, shows what it said, and fails itself."""

import sys
import tomllib
from pathlib import Path

import pytest

from dev import checks
from dev.templates import ROOT


def test_a_check_that_fails_shows_what_it_said(capsys: pytest.CaptureFixture[str]) -> None:
    said = [sys.executable, "-c", "print('what is wrong'); raise SystemExit(3)"]
    assert not checks.passes("lint", checks.ended([said]))
    shown = capsys.readouterr().out
    assert shown.startswith("FAIL  lint")
    assert "what is wrong" in shown


def test_a_check_that_passes_is_one_line_with_its_seconds(capsys: pytest.CaptureFixture[str]) -> None:
    assert checks.passes("lint", checks.ended([[sys.executable, "-c", "print('chatter')"]]))
    shown = capsys.readouterr().out
    assert shown.startswith("ok    lint")
    assert shown.endswith(" s\n")
    assert "chatter" not in shown


def test_all_are_run_and_every_failure_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad = [[sys.executable, "-c", ""]], [[sys.executable, "-c", "raise SystemExit(1)"]]
    monkeypatch.setattr(checks, "checks", lambda _: {"first": bad, "second": good, "third": bad})
    assert checks.main([]) == 1
    assert capsys.readouterr().err == "wallet: failed: first, third\n"
    assert checks.main(["second"]) == 0


def test_an_unknown_check_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert checks.main(["spelling"]) == 2
    assert "no such check: spelling" in capsys.readouterr().err


def test_what_ci_holds_is_all_there(tmp_path: Path) -> None:
    assert set(checks.checks(tmp_path)) == {"lint", "format", "imports", "promises", "template", "types"}


def test_all_that_is_written_in_python_is_typed_the_tests_too(tmp_path: Path) -> None:
    """A test that imports a name that is gone, or compares what can never be equal, is found before it is run."""
    (command,) = checks.checks(tmp_path)["types"]
    assert command[-1] == "mypy", "what is checked is said in one place"
    told = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mypy"]
    places = [place for place in ROOT.iterdir() if place.is_dir() and not place.name.startswith(".")]
    written = {place.name for place in places if any(place.rglob("*.py"))} - {"vendor", "build", "dist"}
    assert {*written, "app.py", "wallet"} <= set(told["files"])
    assert told["strict"]
