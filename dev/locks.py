"""`./wallet lock`: compiles each requirements*.in into a hashed lock that plain pip installs on Python 3.11 to 3.13.

Versions that a lock already has are kept where the .in file allows them; arguments go to uv, so that
`./wallet lock --upgrade` and `./wallet lock --upgrade-package moto` do what uv says they do.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("", "-serve", "-test", "-contract", "-ministack", "-lock")
NAMES = tuple(f"requirements{part}" for part in PARTS)
COMPILE = ("pip", "compile", "--quiet", "--universal", "--generate-hashes", "--python-version", "3.11")
# A lock names no host and no directory of the machine that made it.
ALONE = {"requirements-ministack": ["--no-deps"]}
ANONYMOUS = ("--no-emit-index-url", "--no-emit-find-links", "--custom-compile-command", "./wallet lock")


def main(options: list[str]) -> int:
    """Compiles the locks in the order in which they constrain each other; returns the first non-zero status."""
    for name in NAMES:
        command = [
            sys.executable,
            "-m",
            "uv",
            *COMPILE,
            *ANONYMOUS,
            *ALONE.get(name, []),
            *options,
            f"{name}.in",
            "-o",
            f"{name}.txt",
        ]
        status = subprocess.call(command, cwd=ROOT)
        if status:
            return status
        print(f"{name}.txt", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
