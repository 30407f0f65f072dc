"""The unpacked package's own process: it is asked, it logs, and when it ends it says why."""

from pathlib import Path

import pytest

from dev.unpacked import Ended, Unpacked


def a_site(tmp_path: Path, text: str) -> Path:
    site = tmp_path / "task"
    site.mkdir()
    (site / "app.py").write_text(text)
    return site


def test_it_answers_what_the_function_answers_and_keeps_what_it_prints_apart(tmp_path: Path) -> None:
    site = a_site(tmp_path, "def app(event, context):\n    print('a line of its log')\n    return {'got': event}\n")
    with Unpacked(site, {}) as functions:
        assert functions.call("app", {"a": 1}) == {"got": {"a": 1}}
        assert functions.call("app", {"a": 2}) == {"got": {"a": 2}}
        assert functions.modules()["app"] == str(site / "app.py")
    assert "a line of its log" in (tmp_path / "task.log").read_text()


def test_it_sees_neither_this_environment_nor_its_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_OF_THIS_PROCESS", "x")
    text = "import os, sys\n\ndef app(event, context):\n    return [dict(os.environ), sys.path]\n"
    with Unpacked(a_site(tmp_path, text), {"GIVEN": "y"}) as functions:
        environment, path = functions.call("app", {})
    assert environment["GIVEN"] == "y"
    assert "SECRET_OF_THIS_PROCESS" not in environment
    assert not [each for each in path if "site-packages" in each]


def test_a_function_that_cannot_start_says_why(tmp_path: Path) -> None:
    with (
        Unpacked(a_site(tmp_path, "raise RuntimeError('no table')\n"), {}) as functions,
        pytest.raises(Ended, match="no table"),
    ):
        functions.call("app", {})
