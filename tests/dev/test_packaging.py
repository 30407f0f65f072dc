"""The packager: finds the Python that Lambda runs or says how to get it, and never touches the working tree."""

import sys
from pathlib import Path

import pytest

from dev import packaging
from dev.lambda_zip import CannotPackage

CURRENT = "{}.{}".format(*sys.version_info[:2])


def test_the_running_python_is_found_for_its_own_version() -> None:
    assert packaging.find_interpreter(CURRENT) == sys.executable


def test_a_python_that_is_not_installed_is_asked_for_by_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(CannotPackage, match=r"uv python install 3\.99.*--runtime current"):
        packaging.find_interpreter("3.99")


def test_pyenvs_and_uvs_own_stores_are_looked_into(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    stored = tmp_path / ".pyenv/versions/3.99.1/bin/python3.99"
    stored.parent.mkdir(parents=True)
    stored.write_text("#!/bin/sh\necho 3.99\n")
    stored.chmod(0o755)
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert packaging.find_interpreter("3.99") == str(stored)


def test_what_does_not_run_has_no_version(tmp_path: Path) -> None:
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\nexit 127\n")
    broken.chmod(0o755)
    assert packaging.version_of(str(broken)) is None
    assert packaging.version_of(str(tmp_path / "none")) is None


def test_what_stands_in_the_way_is_a_sentence_and_a_status(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert packaging.main(["--runtime", "3.99", "--out", str(tmp_path)]) == 1
    assert "wallet: The package is compiled for Python 3.99" in capsys.readouterr().err


def test_the_copy_has_what_is_shipped_and_no_bytecode(tmp_path: Path) -> None:
    project, workshop = tmp_path / "project", tmp_path / "workshop"
    for name in ("app.py", ".chalice/config.json", ".chalice/policy.json", "chalicelib/http.py", "wallet_api/ids.py"):
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text("{}")
    (project / "chalicelib/__pycache__").mkdir()
    (project / "chalicelib/__pycache__/http.pyc").touch()
    (project / "vendor").mkdir()
    (project / "vendor/wallet_api").symlink_to("../wallet_api")
    packaging.copy_project(project, workshop)
    copied = {path.relative_to(workshop).as_posix() for path in workshop.rglob("*") if path.is_file()}
    assert copied == {
        ".chalice/config.json",
        ".chalice/policy.json",
        "app.py",
        "chalicelib/http.py",
        "requirements.txt",
        "vendor/wallet_api/ids.py",
    }
    assert (workshop / "requirements.txt").read_text() == ""


def test_infra_is_one_template_with_its_stage_chosen() -> None:
    merged = packaging.merged_infra("prod")
    assert merged["Parameters"]["Stage"]["Default"] == "prod"
    assert merged["Resources"]["LedgerTable"]["Type"] == "AWS::DynamoDB::Table"
    assert "Type" not in merged["Resources"]["FoldLedger"], "what app.py declares is Chalice's to make"
