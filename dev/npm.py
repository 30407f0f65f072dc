"""Strangers' tools from npm, each at one version. Where there is no npm, or its registry cannot be reached, a check says so and
is no failure; anything else that goes wrong is one.
"""

import re
import shutil
import subprocess
from pathlib import Path

_SHUT = re.compile(r"ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ECONNRESET|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|E403|E407")


class NotHere(Exception):
    """Why the tool cannot be had on this machine, in words that follow `not run:`."""


class Failed(Exception):
    """What npm, or the tool, said."""


def install(into: Path, *packages: str) -> Path:
    """The directory of the tools' programs. Raises NotHere, and Failed."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        raise NotHere("there is no npm on this machine")
    command = [npm, "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(into)]
    done = subprocess.run([*command, *packages], capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    if done.returncode and _SHUT.search(said):
        raise NotHere("npm's registry cannot be reached")
    if done.returncode:
        raise Failed(f"{' '.join(packages)} cannot be installed: {said}")
    return into / "node_modules" / ".bin"


def run(command: list[str], place: Path) -> str:
    """What a tool said. Raises Failed."""
    done = subprocess.run(command, cwd=place, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failed(f"{done.stdout}\n{done.stderr}".strip())
    return done.stdout
