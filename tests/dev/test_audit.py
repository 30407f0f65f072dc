"""`./wallet contract audit`: what is vulnerable fails, wherever it is told; what nobody could be asked about is told."""

import json
import subprocess
from typing import Any

import pytest

from dev import audit, limits
from dev.limits import UNREACHABLE
from dev.templates import ROOT

GOOD = {"name": "six", "version": "1.17.0", "vulns": []}
BAD = {
    "name": "urllib3", "version": "1.0",
    "vulns": [{"id": "PYSEC-2026-1", "fix_versions": ["2.0"], "description": "A server that timed out is trusted."}],
}  # fmt: skip
UNKNOWN = {"name": "six", "skip_reason": "Dependency not found on PyPI and could not be audited"}

SILENCE = "silence"


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What each source says, by its name; one that is missing cannot be reached, and one may be silent."""
    answers: dict[str, Any] = {}

    def run(command: list[str], seconds: float) -> Any:
        source = command[command.index("--vulnerability-service") + 1]
        if answers.get(source) == SILENCE:
            raise limits.Overran(f"python did not end in {seconds} s")
        said = json.dumps({"dependencies": answers[source], "fixes": []}) if source in answers else ""
        return subprocess.CompletedProcess(command, 0 if said else 1, said, "ConnectionError: Max retries exceeded")

    monkeypatch.setattr(limits, "run", run)
    monkeypatch.setattr(audit, "LOCKS", ("requirements",))
    monkeypatch.setattr(audit, "locked", lambda _: {"six": "1.17.0", "urllib3": "1.0"})
    return answers


def test_a_vulnerability_is_a_failure_and_says_what_mends_it(
    told: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever words its description has: those of a failing network among them."""
    told["pypi"] = [GOOD, BAD]
    assert audit.main() == 1
    said = capsys.readouterr().out
    assert "urllib3 is vulnerable: PYSEC-2026-1, mended in 2.0" in said
    assert "not run" not in said


def test_a_name_is_known_however_it_is_written(told: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    told["pypi"] = [{**GOOD, "name": "Six"}, {**BAD, "name": "URLlib3"}]
    assert audit.main() == 1
    assert "2 by pypi; 1 of these" in capsys.readouterr().out


def test_what_pypi_does_not_know_osv_is_asked(told: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    told["pypi"] = [UNKNOWN, {**UNKNOWN, "name": "urllib3"}]
    told["osv"] = [GOOD, BAD]
    assert audit.main() == 1
    assert "2 by osv; 1 of these" in capsys.readouterr().out


def test_no_vulnerability_is_a_success(told: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    told["pypi"] = [GOOD, {**BAD, "vulns": []}]
    assert audit.main() == 0
    assert capsys.readouterr().out == "requirements: 2 by pypi; 0 of these are known to be vulnerable\n"


@pytest.mark.parametrize("pypi", [None, [UNKNOWN]])
def test_where_nobody_can_be_asked_it_is_said_plainly(
    told: dict[str, Any], capsys: pytest.CaptureFixture[str], pypi: Any
) -> None:
    if pypi is not None:
        told["pypi"] = pypi
    assert audit.main() == UNREACHABLE
    assert capsys.readouterr().out == (
        "requirements: not run for 2 packages: neither PyPI nor OSV could be asked about them\n"
    )


def test_a_source_that_does_not_answer_is_waited_for_once(
    told: dict[str, Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(audit, "LOCKS", ("requirements", "requirements-test"))
    told |= {"pypi": SILENCE, "osv": [GOOD, {**BAD, "vulns": []}]}
    assert audit.main() == 0
    said = capsys.readouterr().out
    assert said.count("pypi did not answer in 120 s") == 1
    assert said.count("2 by osv; 0 of these") == 2


def test_every_lock_is_asked_about() -> None:
    """But for those of the tools that only make the others, and of the second engine, whose code is not run as it comes."""
    locks = {path.stem for path in ROOT.glob("requirements*.txt")}
    assert locks - set(audit.LOCKS) == {"requirements-lock", "requirements-ministack"}
