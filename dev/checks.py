"""`./wallet check`: everything that is held besides the tests, each with its seconds; fails naming what failed.

`./wallet check lint types` runs those two alone.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from dev.packaging import STAGES
from dev.templates import ACCOUNT, ROOT

PYTHON = (sys.executable, "-m")

# Neither has a `python -m`, and the scripts in bin/ name the directory that they were installed in.
LINT_IMPORTS = "from importlinter.cli import lint_imports_command; lint_imports_command()"
LINT_TEMPLATE = "import sys; from cfnlint.runner import main; sys.exit(main())"


def template_commands(out: Path) -> list[list[str]]:
    """Packages the template of each stage and lints it, and the account's; cfn-lint expands the SAM parts itself."""
    written = [str(out / stage / "sam.json") for stage in STAGES]
    packaged = [
        [*PYTHON, "dev.packaging", "--template-only", "--stage", stage, "--out", str(out / stage)] for stage in STAGES
    ]
    return [*packaged, [sys.executable, "-c", LINT_TEMPLATE, "--", *written, str(ACCOUNT)]]


def checks(scratch: Path) -> dict[str, list[list[str]]]:
    """Returns the commands of each check, in the order in which they are run: quickest answers first."""
    return {
        "lint": [[*PYTHON, "ruff", "check", "--quiet", "--output-format", "concise", "."]],
        "format": [[*PYTHON, "ruff", "format", "--check", "--quiet", "--output-format", "concise", "."]],
        "imports": [[sys.executable, "-c", LINT_IMPORTS, "--no-logo", "--no-cache"]],
        "promises": [[*PYTHON, "dev.compatibility"]],
        "template": template_commands(scratch),
        "types": [[*PYTHON, "mypy"]],
    }


@dataclass(frozen=True)
class Ended:
    """How a check ended: what it said when it did not pass, and its seconds."""

    said: str
    seconds: float


def ended(commands: list[list[str]]) -> Ended:
    """Runs one check, up to its first command that fails."""
    started, said = time.monotonic(), ""
    for command in commands:
        done = subprocess.run(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
        if done.returncode:
            said = done.stdout or f"status {done.returncode}"
            break
    return Ended(said, time.monotonic() - started)


def passes(name: str, end: Ended) -> bool:
    """Prints a check's line, and what it said when it did not pass."""
    print(f"{'FAIL' if end.said else 'ok  '}  {name:9} {end.seconds:5.1f} s", flush=True)
    print(end.said, end="", flush=True)
    return not end.said


def main(chosen: Sequence[str]) -> int:
    """Runs the chosen checks, or all of them, one on each processor; returns 1 when one fails and 2 for an unknown name."""
    with tempfile.TemporaryDirectory() as scratch:
        known = checks(Path(scratch))
        if unknown := set(chosen) - set(known):
            print(f"wallet: no such check: {', '.join(sorted(unknown))}; there are {', '.join(known)}", file=sys.stderr)
            return 2
        asked = {name: commands for name, commands in known.items() if name in (chosen or known)}
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            ends = pool.map(ended, asked.values())
            failed = [name for name, end in zip(asked, ends, strict=True) if not passes(name, end)]
    if failed:
        print(f"wallet: failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
