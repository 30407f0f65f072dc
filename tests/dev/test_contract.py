"""`./wallet contract` and `./wallet fuzz`: what fails is named, and what cannot be done says so."""

import argparse
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dev import bruno, contract, npm, reference_page
from dev.fuzz import __main__ as fuzz
from dev.fuzz.errands import ERRANDS
from dev.fuzz.tally import Tally


def test_every_part_is_run_and_every_failure_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(contract, "PARTS", {"good": lambda: 0, "bad": lambda: 1, "worse": lambda: 1})
    assert contract.main([]) == 1
    assert capsys.readouterr().err == "wallet: failed: bad, worse\n"
    assert contract.main(["good"]) == 0
    assert contract.main(["spelling"]) == 2


def test_without_a_browser_the_page_is_skipped_aloud(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(reference_page, "browser_path", lambda: None)
    assert reference_page.main() == 0
    assert "not run: " in capsys.readouterr().out


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


def test_where_npm_cannot_be_had_a_part_is_not_run_and_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert [bruno.main(), contract.lint(), contract.codes()] == [0, 0, 0]
    assert capsys.readouterr().out.count("not run: there is no npm on this machine") == 3


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("npm error code ENOTFOUND registry.npmjs.org", npm.NotHere),
        ("npm error code E404 no such package", npm.Failed),
        ("npm error code EINTEGRITY", npm.Failed),
    ],
)
def test_a_registry_that_is_shut_is_told_from_a_tool_that_is_broken(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, said: str, kind: type[Exception]
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(subprocess, "run", lambda command, **_: subprocess.CompletedProcess(command, 1, "", said))
    with pytest.raises(kind):
        npm.install(tmp_path, "tool@1")


def test_what_a_tool_finds_is_a_failure(tmp_path: Path) -> None:
    with pytest.raises(npm.Failed, match="wrong"):
        npm.run([sys.executable, "-c", "import sys; sys.exit('wrong')"], tmp_path)
