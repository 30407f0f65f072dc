"""Programs with a time limit: at the limit they end with their children, and when we are stopped so are they."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dev import limits
from dev.templates import ROOT
from tests.dev.processes import lives, soon

FAMILY = "(trap '' TERM; sleep 300) & echo $! > {note}.new; mv {note}.new {note}; wait"
"""A shell with a child that ignores what it is asked, and whose number is noted."""
SLOW_TO_START = """
import subprocess, time
real = subprocess.Popen.__init__
def slow(*given, **named):
    real(*given, **named)
    time.sleep(0.5)
subprocess.Popen.__init__ = slow
"""
STOPPED = "from dev import limits; limits.stop_all_when_told(); limits.run(['sh', '-c', {family!r}], 300)"


def test_what_ends_in_time_is_told_with_its_status_and_both_of_its_voices() -> None:
    done = limits.run([sys.executable, "-c", "import sys; print('out'); sys.exit('err')"], 60)
    assert (done.returncode, done.stdout, done.stderr) == (1, "out\n", "err\n")


def test_at_its_limit_a_program_is_stopped_with_its_children(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(limits, "GRACE", 0.2)
    note, seconds = tmp_path / "child", 0.5
    while not note.exists():
        seconds *= 2  # on a slow machine the child has not begun by then
        with pytest.raises(limits.Overran, match=f"sh did not end in {seconds:g} s"):
            limits.run(["sh", "-c", FAMILY.format(note=note)], seconds)
    assert soon(lambda: not lives(int(note.read_text())))


def test_a_child_that_outlives_its_parent_is_not_waited_for() -> None:
    began = time.monotonic()
    assert limits.run(["sh", "-c", "sleep 30 & echo done"], 25).stdout == "done\n"
    assert time.monotonic() - began < 20


@pytest.mark.parametrize("machine", ["", SLOW_TO_START], ids=["at once", "while a program is being started"])
def test_who_is_told_to_stop_leaves_nothing_behind(tmp_path: Path, machine: str) -> None:
    program = machine + STOPPED.format(family=FAMILY.format(note=tmp_path / "child"))
    with subprocess.Popen([sys.executable, "-c", program], env={**os.environ, "PYTHONPATH": str(ROOT)}) as parent:
        assert soon((tmp_path / "child").exists)
        child = int((tmp_path / "child").read_text())
        assert lives(child)
        parent.send_signal(signal.SIGTERM)
    assert parent.returncode == 128 + signal.SIGTERM
    assert soon(lambda: not lives(child))
