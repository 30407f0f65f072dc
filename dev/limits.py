"""Programs of others, each with a time limit: what has not ended by then is stopped, with everything that it started.

Each runs in a session of its own, so that its children are stopped with it and an interrupt of ours is passed on in order:
asked first, killed `GRACE` seconds later.
"""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType

GRACE = 5.0
"""Seconds that a program is given to stop what it started, before it is killed."""
UNREACHABLE = 69
"""The status of a step that was not run because something could not be reached or is not here: EX_UNAVAILABLE of sysexits.h."""

_running: set[int] = set()
_starting: set[int] = set()
"""Threads that are starting a program, whose number nobody knows yet."""
_stopping = threading.Event()
_told: list[int] = []
"""What we were told to stop by while this very thread was starting a program, which has to be known before it can be stopped."""


class NotRun(Exception):
    """Why something cannot be done on this machine now, in words that follow `not run:`; no fault of what is checked."""


class Overran(Exception):
    """A program had not ended at its limit, and was stopped."""


def run(
    command: Sequence[str], seconds: float, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Runs a program to its end, which is `seconds` from now at the latest; raises Overran.

    What it said is read from files: a pipe would be held open by a child that outlives it.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        thread = threading.get_ident()
        _starting.add(thread)
        try:
            if _stopping.is_set():
                raise Overran(f"{Path(command[0]).name} was not started: everything is being stopped")
            child = subprocess.Popen(command, stdout=out, stderr=err, cwd=cwd, env=env, start_new_session=True)
            _running.add(child.pid)
        finally:
            _starting.discard(thread)
        if _told:
            _stop_all(_told[0], None)
        try:
            status = child.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            raise Overran(f"{Path(command[0]).name} did not end in {seconds:g} s") from None
        finally:
            if child.returncode is None:
                _stop(child)
            _running.discard(child.pid)
        said = [(file.seek(0), file.read().decode("utf-8", "replace"))[1] for file in (out, err)]
    return subprocess.CompletedProcess(list(command), status, *said)


def _stop(child: subprocess.Popen[bytes]) -> None:
    _signal(child.pid, signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(timeout=GRACE)
    # The program is gone; what it started may have ignored the request.
    _signal(child.pid, signal.SIGKILL)
    child.wait()


def _signal(group: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, number)


def stop_all_when_told() -> None:
    """From now on SIGTERM and SIGINT stop whatever is running, then this process: nothing is left behind."""
    signal.signal(signal.SIGTERM, _stop_all)
    signal.signal(signal.SIGINT, _stop_all)


def _stop_all(number: int, _frame: FrameType | None) -> None:
    _stopping.set()
    if threading.get_ident() in _starting:
        _told.append(number)
        return
    asked: set[int] = set()
    # Half of the grace that we are given ourselves, by whoever runs us in the same way.
    deadline = time.monotonic() + GRACE / 2
    while time.monotonic() < deadline and (_starting or not all(map(_ended, asked | _running))):
        for group in _running - asked:
            _signal(group, signal.SIGTERM)
        asked |= _running
        time.sleep(0.05)
    for group in asked | _running:
        _signal(group, signal.SIGKILL)
    sys.stdout.flush()
    os._exit(128 + number)


def _ended(program: int) -> bool:
    try:
        return os.waitid(os.P_PID, program, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    except ChildProcessError:
        return True
