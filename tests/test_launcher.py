"""`./wallet` owes everybody a sentence: an old Python, no network, a full disk, a half-made environment, a taken port.

Each test works on a project of its own that has the launcher, a lock of one tiny package and that package's wheel, so
that nothing is downloaded.
"""

import ast
import hashlib
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
WALLET = ROOT / "wallet"
NO_INDEX = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_EXTRA_INDEX_URL": "", "PIP_FIND_LINKS": ""}


@dataclass
class Project:
    """A directory with a launcher that knows one verb's module: `dev.serve`, which says what it was given."""

    home: Path

    def run(
        self, *arguments: str, python: str = sys.executable, env: Mapping[str, str] | None = None
    ) -> tuple[int, str]:
        """Runs the launcher without uv in reach, as most machines are; returns its status and all that it said."""
        launch = f"import runpy, sys; sys.executable = {python!r}; sys.argv[0] = 'wallet'; "
        launch += f"runpy.run_path({str(self.home / 'wallet')!r}, run_name='__main__')"
        done = subprocess.run(
            [sys.executable, "-c", launch, *arguments],
            env={**os.environ, "PATH": "/nowhere", **(env or {})},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    def python_that(self, script: str) -> str:
        """Returns a stand-in for the Python that the launcher runs with: `script` first, then the real one."""
        stand_in = self.home / "stand-in"
        stand_in.write_text(f'#!/bin/sh\n{script}\nexec "{sys.executable}" "$@"\n')
        stand_in.chmod(stand_in.stat().st_mode | stat.S_IXUSR)
        return str(stand_in)


# As on a Debian that lacks python3-venv; also the quickest of the ways, and so what the other tests go.
NO_ENSUREPIP = 'case "$*" in *without-pip*) ;; "-m venv"*) echo "ensurepip is not available"; exit 1;; esac'


@pytest.fixture
def project(tmp_path: Path) -> Project:
    shutil.copy(WALLET, tmp_path / "wallet")
    (tmp_path / "dev").mkdir()
    (tmp_path / "dev" / "__init__.py").touch()
    (tmp_path / "dev" / "serve.py").write_text("import sys, tiny\nprint('serving', tiny.SIZE, sys.argv[1:])\n")
    (tmp_path / "wheels").mkdir()
    wheel = tmp_path / "wheels" / "tiny-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("tiny.py", "SIZE = 1\n")
        archive.writestr("tiny-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n")
        archive.writestr("tiny-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr("tiny-1.0.dist-info/RECORD", "")
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    (tmp_path / "requirements-ministack.txt").write_text("# nothing\n")
    (tmp_path / "requirements-serve.txt").write_text(f"tiny==1.0 \\\n    --hash=sha256:{digest}\n")
    return Project(tmp_path)


def test_help_lists_every_verb() -> None:
    said = subprocess.run([sys.executable, WALLET, "--help"], capture_output=True, text=True, check=True).stdout
    for verb in ("serve", "test", "check", "demo", "package", "bench", "lock"):
        assert f"./wallet {verb} " in said


def test_an_unknown_verb_is_named_and_the_known_ones_are_listed(project: Project) -> None:
    status, said = project.run("sevre")
    assert status == 2
    assert "'sevre'" in said
    assert "./wallet serve" in said


def test_every_python_3_can_parse_the_launcher() -> None:
    """Otherwise whoever has an old one gets a SyntaxError instead of the sentence."""
    ast.parse(WALLET.read_text(), feature_version=(3, 6))


def run_as_old(path: str) -> subprocess.CompletedProcess[str]:
    pretend = "import sys, runpy; sys.version_info = (3, 8, 18, 'final', 0); sys.argv[0] = 'wallet'; "
    pretend += f"runpy.run_path({str(WALLET)!r}, run_name='__main__')"
    command = [sys.executable, "-c", pretend, "serve"]
    return subprocess.run(command, env={"PATH": path}, capture_output=True, text=True, check=False)


def test_an_old_python_is_told_what_is_needed_and_how_to_get_it() -> None:
    done = run_as_old("/nowhere")
    assert done.returncode == 1
    assert "this is Python 3.8, and the wallet needs 3.11 or newer" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_old_python_hands_over_to_a_newer_one_on_path(tmp_path: Path) -> None:
    newer = tmp_path / "python3.12"
    newer.write_text('#!/bin/sh\n[ "$1" = -c ] || echo "newer: $*"\n')
    newer.chmod(0o755)
    assert run_as_old(str(tmp_path)).stdout == f"newer: {WALLET} serve\n"


def test_offline_set_up_from_wheels_then_none_until_something_is_amiss(project: Project) -> None:
    """A stamp is written last: without it, whatever else is there is half made."""
    python = project.python_that(NO_ENSUREPIP)
    status, said = project.run("serve", "--port", "1", python=python)
    assert (status, "Setting up .venv/serve (1 packages, once)" in said) == (0, True), said
    assert "serving 1 ['--port', '1']" in said

    status, said = project.run("serve", python=python)
    assert (status, said) == (0, "serving 1 []\n")

    (project.home / ".venv/serve/stamp").unlink()
    status, said = project.run("serve", python=python)
    assert "again: what was there is unfinished" in said
    assert status == 0, said


def test_where_venv_is_whole_it_is_used(project: Project) -> None:
    status, said = project.run("serve")
    assert status == 0, said
    assert "serving 1" in said


def test_without_network_it_says_so_and_how_to_carry_the_packages(project: Project) -> None:
    shutil.rmtree(project.home / "wheels")
    status, said = project.run("serve", python=project.python_that(NO_ENSUREPIP), env=NO_INDEX)
    assert status == 69
    assert "The package index could not be reached" in said
    assert (
        "pip download --require-hashes --no-deps -r requirements-serve.txt -r requirements-ministack.txt -d wheels"
        in said
    )
    assert "Traceback" not in said


def test_a_package_that_is_not_the_locked_one_is_refused(project: Project) -> None:
    lock = project.home / "requirements-serve.txt"
    lock.write_text("tiny==1.0 --hash=sha256:" + "0" * 64 + "\n")
    status, said = project.run("serve", python=project.python_that(NO_ENSUREPIP))
    assert status == 1
    assert "is not the one that was locked" in said


def test_an_index_that_answers_and_lacks_a_package_is_another_matter(project: Project) -> None:
    """It has another status: who runs this unattended must not take it for a network that was down."""
    (project.home / "wheels" / "tiny-1.0-py3-none-any.whl").unlink()
    status, said = project.run("serve", python=project.python_that(NO_ENSUREPIP))
    assert status == 1
    assert "The package index lacks a package." in said


@pytest.mark.parametrize(
    ("complaint", "sentence"),
    [
        ("OSError: [Errno 28] No space left on device", "The disk is full"),
        ("No module named pip", "This Python has no pip"),
        ("PermissionError: [Errno 13] Permission denied: '/x'", "is this directory yours?"),
        ("something nobody has seen", "The last that was said:"),
    ],
)
def test_what_an_installer_complains_of_becomes_a_sentence(project: Project, complaint: str, sentence: str) -> None:
    status, said = project.run("serve", python=project.python_that(f'echo "{complaint}"; exit 1'))
    assert status == 1
    assert sentence in said
    assert "Traceback" not in said


def test_an_interrupted_set_up_says_that_it_starts_over(project: Project) -> None:
    slow = project.python_that("sleep 60")
    launch = f"import runpy, signal, sys; sys.executable = {slow!r}; sys.argv[0] = 'wallet'; "
    # Whoever runs the tests in the background hands down that interrupts are ignored.
    launch += "signal.signal(signal.SIGINT, signal.default_int_handler); "
    launch += f"runpy.run_path({str(project.home / 'wallet')!r}, run_name='__main__')"
    command = [sys.executable, "-c", launch, "serve"]
    with subprocess.Popen(command, env={"PATH": "/usr/bin:/bin"}, stderr=subprocess.PIPE, text=True) as child:
        assert child.stderr is not None
        assert "Setting up" in child.stderr.readline()
        time.sleep(0.3)
        child.send_signal(signal.SIGINT)
        said = child.stderr.read()
    assert child.returncode == 130
    assert "What was half made is made anew next time." in said
    assert not (project.home / ".venv/serve/stamp").exists()


def test_a_taken_port_is_a_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "dev.serve", "--port", str(port)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode != 0
    assert str(port) in done.stderr
    assert "Traceback" not in done.stderr
