"""`./wallet contract` and `./wallet fuzz`: what fails is named, and what cannot be done says so."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from dev import contract, fuzz, reference_page


def test_every_part_is_run_and_every_failure_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(contract, "PARTS", {"good": lambda: 0, "bad": lambda: 1, "worse": lambda: 1})
    assert contract.main([]) == 1
    assert capsys.readouterr().err == "wallet: failed: bad, worse\n"
    assert contract.main(["good"]) == 0
    assert contract.main(["spelling"]) == 2


@pytest.mark.parametrize(
    ("said", "status", "failed", "told"),
    [
        ("No known vulnerabilities found", 0, 0, "No known"),
        ("urllib3 1.0 PYSEC-2026-1", 1, 1, "PYSEC"),
        ("requests.exceptions.ConnectionError: no", 1, 0, "SKIPPED"),
        ("six  Dependency not found on PyPI and could not be audited: six (1.17.0)", 0, 0, "SKIPPED 1 packages"),
    ],
)
def test_a_vulnerability_is_a_failure_and_no_network_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], said: str, status: int, failed: int, told: str
) -> None:
    def run(command: list[str], **_: Any) -> Any:
        return subprocess.CompletedProcess(command, status, said, "")

    monkeypatch.setattr(contract.subprocess, "run", run)
    assert contract.audit() == failed
    assert told in capsys.readouterr().out


def test_without_a_browser_the_page_is_skipped_aloud(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(reference_page, "browser_path", lambda: None)
    assert reference_page.main() == 0
    assert "SKIPPED" in capsys.readouterr().out


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
