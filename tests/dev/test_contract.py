"""`./wallet contract` and `./wallet fuzz`: what fails is named, and what cannot be done says so."""

import argparse
import json
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from dev import accessible, contract, limits, npm, reference_page
from dev.fuzz import __main__ as fuzz
from dev.fuzz.errands import ERRANDS
from dev.fuzz.tally import Tally
from dev.limits import UNREACHABLE
from dev.templates import ROOT
from tests.dev.registry import Registry, lock, serving, silent

needs_npm = pytest.mark.skipif(shutil.which("npm") is None, reason="there is no npm on this machine")


def part(program: str, seconds: float = 60, tools: str = "") -> contract.Part:
    return contract.Part((sys.executable, "-c", program), seconds, tools)


GOOD, BAD = part("print('a word'); print('all 3 hold')"), part("import sys; print('2 do not hold'); sys.exit('said')")
ABSENT = part("import sys; print('absent: not run: there is no such thing'); sys.exit(69)")


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch) -> dict[str, contract.Part]:
    """The parts that there are, to be filled."""
    known: dict[str, contract.Part] = {}
    monkeypatch.setattr(contract, "PARTS", known)
    return known


def test_every_part_is_run_and_every_failure_is_named(
    parts: dict[str, contract.Part], capsys: pytest.CaptureFixture[str]
) -> None:
    parts |= {"good": GOOD, "bad": BAD, "worse": BAD}
    assert contract.main([]) == 1
    told = capsys.readouterr()
    assert told.err == "wallet: failed: bad, worse\n"
    assert told.out.count("2 do not hold\nsaid\n") == 2
    assert contract.main(["good"]) == 0
    told = capsys.readouterr()
    assert re.fullmatch(r"ok +good +\d+\.\d s  all 3 hold\n", told.out)
    assert contract.main(["spelling"]) == 2


def test_what_cannot_be_done_is_told_again_at_the_end_and_fails_only_where_everything_has_to_run(
    parts: dict[str, contract.Part], capsys: pytest.CaptureFixture[str]
) -> None:
    parts |= {"absent": ABSENT, "good": GOOD}
    assert contract.main([]) == 0
    told = capsys.readouterr()
    assert told.out.endswith("\nabsent: not run: there is no such thing\n")
    assert told.err == ""
    assert contract.main(["--must-run"]) == 1
    assert capsys.readouterr().err == "wallet: not run, and had to: absent\n"
    assert contract.main(["--must-run", "good"]) == 0


def test_a_part_that_hangs_is_a_failure(parts: dict[str, contract.Part], capsys: pytest.CaptureFixture[str]) -> None:
    parts["slow"] = part("import time; time.sleep(60)", 0.5)
    assert contract.main([]) == 1
    assert "slow: did not end in 0.5 s" in capsys.readouterr().out


@needs_npm
def test_a_registry_that_hangs_is_waited_for_once_while_others_run(
    parts: dict[str, contract.Part], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[float] = []

    def install(_name: str, seconds: float) -> Path:
        asked.append(seconds)
        return real(_name, seconds, lock(tmp_path / "locks"), tmp_path / "homes")

    real = npm.install
    monkeypatch.setattr(npm, "install", install)
    monkeypatch.setattr(limits, "GRACE", 0.2)
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "cache"))
    parts |= {"good": GOOD} | {name: part("raise SystemExit(1)", 60, "tools") for name in ("one", "another")}
    parts |= {name: parts[name]._replace(install_seconds=3) for name in ("one", "another")}
    with silent() as url:
        monkeypatch.setenv("npm_config_registry", url)
        assert contract.main([]) == 0
    told = capsys.readouterr().out
    assert asked == [3]
    assert "ok       good" in told
    assert told.endswith("one: not run: npm did not answer in 3 s\nanother: not run: npm did not answer in 3 s\n")


@needs_npm
def test_tools_that_the_registry_does_not_have_fail_what_needs_them(
    parts: dict[str, contract.Part], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    locks = lock(tmp_path / "locks")
    real = npm.install
    monkeypatch.setattr(npm, "install", lambda name, seconds: real(name, seconds, locks, tmp_path / "homes"))
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "cache"))
    parts |= {"good": GOOD, "needy": part("", 60, "tools")}
    with serving(Registry(status=404)) as url:
        monkeypatch.setenv("npm_config_registry", url)
        assert contract.main([]) == 1
    told = capsys.readouterr()
    assert told.err == "wallet: failed: needy\n"
    assert "E404" in told.out


def test_each_part_has_a_limit_and_what_it_runs() -> None:
    assert set(contract.PARTS) == set(contract.RUN)
    assert all(0 < each.seconds <= 1000 and each.command[-1] == name for name, each in contract.PARTS.items())


@pytest.mark.parametrize(("name", "looking"), [("page", reference_page), ("accessible", accessible)])
def test_without_a_browser_the_pages_are_not_looked_at_and_it_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, looking: Any
) -> None:
    monkeypatch.setattr(looking, "browser_path", lambda: None)
    assert contract.main(["--alone", name]) == UNREACHABLE
    assert capsys.readouterr().out == f"{name}: not run: there is no Chromium on this machine\n"


def test_how_many_requests_were_made_up_is_read_from_the_report(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    assert fuzz.cases(report) == 0
    report.write_text(json.dumps({"test_cases": {"generated": 20_001}}))
    assert fuzz.cases(report) == 20_001


def test_every_check_of_schemathesis_is_on() -> None:
    settings = fuzz.SETTINGS.read_text("utf-8")
    assert "[checks]\nenabled = true\n" in settings
    assert ".enabled" not in settings
    assert "false" not in settings.replace("warnings = false", "")


def test_an_operation_that_never_said_yes_is_a_failure_of_a_long_run(tmp_path: Path) -> None:
    tally = Tally()
    for number in range(20):
        tally.answered(f"GET /v1/{number}", True, 200)
    tally.answered("POST /v1/payments", True, 422, "invalid_request")
    tally.answered("POST /v1/payments", False, 400, "not_json")
    tally.write(tmp_path / "tally.json")
    read = Tally.read(tmp_path / "tally.json")
    assert read.never() == ["POST /v1/payments"]
    assert "1 × right 422 invalid_request" in read.lines()[-1]
    outcome = fuzz.Outcome(0, fuzz.LEAST, read, 1.0)
    assert fuzz.faults_of(outcome, argparse.Namespace(short=False), []) == ["POST /v1/payments"]
    assert fuzz.faults_of(outcome, argparse.Namespace(short=True), []) == []
    assert fuzz.faults_of(outcome, argparse.Namespace(short=False), ["--include-path", "/v1/me"]) == []
    assert fuzz.faults_of(outcome._replace(made=1), argparse.Namespace(short=False), [])[-1] == "fewer than 20000"
    assert fuzz.faults_of(fuzz.Outcome(0, 9, Tally(), 1.0), argparse.Namespace(short=True), []) == ["nothing was asked"]


def test_every_errand_is_for_an_operation_that_there_is() -> None:
    document = contract.document()
    known = {each["operationId"] for item in document["paths"].values() for each in item.values()}
    assert set(ERRANDS) <= known


@pytest.mark.parametrize("name", ["bruno", "codes", "lint", "types"])
def test_where_npm_cannot_be_had_a_part_is_not_run_and_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert contract.alone(name) == UNREACHABLE
    assert capsys.readouterr().out == f"{name}: not run: there is no npm on this machine\n"


def test_ci_runs_what_holds_the_document_but_what_takes_five_hundred_packages_and_what_others_publish() -> None:
    said = (ROOT / ".ci" / "run").read_text("utf-8")
    found = re.search(r"wallet contract ([\w ]+)", said)
    assert found
    assert set(found[1].split()) == set(contract.PARTS) - {"bruno", "audit"}
    assert "./wallet fuzz --short" in said
