"""Strangers' tools from npm: each set at the versions and with the hashes of its lock under `dev/node/`, installed once.

What `npm ci` made is kept under `.venv/node/` until the lock changes. A registry that cannot be reached, refuses everybody,
is out of order or does not answer within the limit is no fault of ours: NotRun. A registry that answers, and does not have
what the lock names or has something else under its name, is: Failed. npm asks once more where it got no answer.
"""

import fcntl
import hashlib
import json
import os
import platform
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from dev import limits
from dev.limits import NotRun
from dev.templates import ROOT

LOCKS = Path(__file__).with_name("node")
HOMES = ROOT / ".venv" / "node"
INSTALL_SECONDS = 120
"""How long npm may take to install one set, downloads included."""
PING_SECONDS = 15
TOOL_SECONDS = 120
"""How long one run of a tool may take."""

_CODE = re.compile(r"^npm (?:error|ERR!) code (\w+)", re.MULTILINE)
_SHUT = re.compile(
    r"ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EIDLETIMEOUT|EHOSTUNREACH|ENETUNREACH|EPIPE|ERR_SOCKET_\w+"
    r"|E407|E429|E5\d\d"
)
_REFUSED = re.compile(r"E401|E403")
_ONCE_MORE = ("--fetch-retries=1", "--fetch-retry-mintimeout=500", "--fetch-retry-maxtimeout=2000")
_QUIET = ("--loglevel=error", "--no-audit", "--no-fund", "--no-update-notifier")


class Failed(Exception):
    """What npm, or the tool, said."""


def install(name: str, seconds: float = INSTALL_SECONDS, locks: Path = LOCKS, homes: Path = HOMES) -> Path:
    """The directory of the programs of a set of tools. Raises NotRun, and Failed."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        raise NotRun("there is no npm on this machine")
    home, lock = homes / name, locks / name
    homes.mkdir(parents=True, exist_ok=True)
    with (homes / f"{name}.lock").open("w") as alone:
        # Two that start at once would write into the same directory: the second waits, and finds it made.
        fcntl.flock(alone, fcntl.LOCK_EX)
        stamped, stamp = home / "stamp", _stamp(lock)
        if not (stamped.is_file() and stamped.read_text() == stamp):
            shutil.rmtree(home, ignore_errors=True)
            home.mkdir()
            for file in ("package.json", "package-lock.json"):
                shutil.copy(lock / file, home)
            _install(npm, home, seconds)
            stamped.write_text(stamp)
    return home / "node_modules" / ".bin"


def _stamp(lock: Path) -> str:
    files = [(lock / file).read_text("utf-8") for file in ("package.json", "package-lock.json")]
    return hashlib.sha256("\n".join([platform.system(), platform.machine(), *files]).encode()).hexdigest()


def _install(npm: str, home: Path, seconds: float) -> None:
    """Raises NotRun, and Failed."""
    command = [npm, "ci", "--ignore-scripts", "--engine-strict", "--prefer-offline", *_ONCE_MORE, *_QUIET]
    try:
        done = limits.run(command, seconds, cwd=home)
    except limits.Overran:
        raise NotRun(f"npm did not answer in {seconds:g} s") from None
    if not done.returncode:
        return
    said = (done.stdout + done.stderr).strip()
    found = _CODE.search(said)
    code = found[1] if found else ""
    if code == "EBADENGINE":
        raise NotRun("the node of this machine is older than its tools need")
    if _SHUT.fullmatch(code) or "network timeout at" in said:
        raise NotRun(f"npm's registry cannot be reached ({code})")
    if _REFUSED.fullmatch(code) and not _answers(npm, home):
        raise NotRun(f"npm's registry refuses whatever it is asked ({code})")
    raise Failed(f"what {home.name}/package-lock.json names cannot be installed: {said or f'status {done.returncode}'}")


def _answers(npm: str, home: Path) -> bool:
    """Whether the registry answers anything else: a firewall refuses everything, a registry what it has withdrawn."""
    try:
        done = limits.run([npm, "ping", "--fetch-retries=0", *_QUIET], PING_SECONDS, cwd=home)
    except limits.Overran:
        return False
    found = _CODE.search(done.stderr)
    return not (found and (_SHUT.fullmatch(found[1]) or _REFUSED.fullmatch(found[1])))


def run(command: list[str], place: Path, seconds: float = TOOL_SECONDS, env: Mapping[str, str] | None = None) -> str:
    """What a tool said. Raises Failed, as well when it does not end."""
    try:
        done = limits.run(command, seconds, cwd=place, env={**os.environ, **(env or {})})
    except limits.Overran as late:
        raise Failed(str(late)) from None
    if done.returncode:
        raise Failed(f"{done.stdout}\n{done.stderr}".strip())
    return done.stdout


def version(name: str, tool: str, locks: Path = LOCKS) -> str:
    """A tool with the version that its set's lock pins, as `tool@1.2.3`."""
    told = json.loads((locks / name / "package-lock.json").read_text("utf-8"))
    return f"{tool}@{told['packages'][f'node_modules/{tool}']['version']}"
