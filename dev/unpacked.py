"""The unpacked package, run as Lambda runs it: a process of its own that has nothing but the package's content on its path."""

import json
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self

# What a function prints is its log; its answers have a way of their own.
_RUNNER = """
import json, os, sys
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
sys.path.insert(0, sys.argv[1])
import app
for line in sys.stdin:
    asked = json.loads(line)
    if asked["function"] is None:
        answer = {name: getattr(module, "__file__", None) for name, module in sys.modules.items()}
    else:
        answer = getattr(app, asked["function"])(asked["event"], None)
    answers.write(json.dumps(answer) + "\\n")
    answers.flush()
"""


class Ended(Exception):
    """The process is no more; the text is the end of what it logged."""


class Unpacked:
    """Runs the functions of the package in `site`. `environment` is all that they are given."""

    def __init__(self, site: Path, environment: dict[str, str], interpreter: str = sys.executable) -> None:
        self._log = (site.parent / f"{site.name}.log").open("w+", encoding="utf-8")
        pipe = subprocess.PIPE
        # Neither this machine's packages nor its variables: -I, -S.
        command = [interpreter, "-I", "-S", "-c", _RUNNER, str(site)]
        self._process = subprocess.Popen(
            command, stdin=pipe, stdout=pipe, stderr=self._log, env=environment, cwd=site, text=True
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()
        self._log.close()

    def call(self, function: str, event: dict[str, Any]) -> Any:
        """What a function of app.py answers to an event: `app` is the API. Raises Ended with its log when it cannot."""
        return self._asked({"function": function, "event": event})

    def modules(self) -> dict[str, str | None]:
        """What is imported by now, and from where."""
        found: dict[str, str | None] = self._asked({"function": None})
        return found

    def log(self) -> str:
        """What the functions printed."""
        self._log.flush()
        return Path(self._log.name).read_text("utf-8")

    def _asked(self, asked: dict[str, Any]) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps(asked) + "\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
        except BrokenPipeError:
            answer = ""
        if not answer:
            raise Ended(self.log()[-4000:])
        return json.loads(answer)
