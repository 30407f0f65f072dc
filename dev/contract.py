"""`./wallet contract`: what holds the API to its document with strangers' tools, two parts beside each other.

`clients` generates a Python client and walks the demo with it; `types` generates TypeScript declarations and compiles them;
`lint` has the document read by Redocly's linter; `page` looks at the reference page in a browser; `accessible` has every kind
of page read by axe-core; `codes` has our QR codes read by an EMVCo parser from npm; `bruno` walks the served collection with
Bruno's own command line; `audit` asks whether a locked package has a known vulnerability. Without arguments all are run.

Each part has a time limit, and so has each step that asks a registry. What cannot be done on this machine, because a
registry cannot be reached or does not answer, or there is no browser, is `not run`, is named at the end, and is no failure:
nothing that was checked is wrong. What ran and failed is one, and a registry that answers without having what a lock names.
`--must-run`, for a release, makes `not run` a failure as well.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any, NamedTuple

from dev import limits, npm
from dev.limits import UNREACHABLE, NotRun

URL = "http://127.0.0.1:8000"
BESIDE = 2
"""How many parts run at the same time."""


def document() -> Any:
    """The OpenAPI document of this code."""
    from chalicelib import openapi
    from chalicelib.routes import every

    return openapi.document([each for routes in every() for each in routes.endpoints], URL)


def clients() -> int:
    from dev.generated_client import main

    return main(document())


def types() -> int:
    from dev.generated_client import declare

    return declare(document())


def lint() -> int:
    """Holds the document to Redocly's recommended rules; a warning is a failure."""
    tools = npm.install("contract")
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        (place / "openapi.json").write_text(json.dumps(document()), "utf-8")
        told = json.loads(npm.run([str(tools / "redocly"), "lint", "openapi.json", "--format", "json"], place))
    found = [f"{each['ruleId']}: {each['message']}" for each in told["problems"]]
    print("\n".join(found) or f"lint: {npm.version('contract', '@redocly/cli')} finds nothing")
    return int(bool(found))


def page() -> int:
    from dev.reference_page import main

    return main()


def accessible() -> int:
    from dev.accessible import main

    return main()


def codes() -> int:
    from dev.read_codes import main

    return main()


def bruno() -> int:
    from dev.bruno import main

    return main()


def audit() -> int:
    from dev.audit import main

    return main()


RUN: dict[str, Callable[[], int]] = {
    "clients": clients,
    "page": page,
    "accessible": accessible,
    "types": types,
    "lint": lint,
    "codes": codes,
    "bruno": bruno,
    "audit": audit,
}


class Part(NamedTuple):
    """A program of its own, so that it can be stopped; and the set of npm's tools that it needs, if any."""

    command: tuple[str, ...]
    seconds: float
    tools: str = ""
    install_seconds: float = npm.INSTALL_SECONDS


class Result(NamedTuple):
    """What a part came to: `said` is what it told, `status` 0, UNREACHABLE or something else, which is a failure."""

    status: int
    said: str
    seconds: float

    @property
    def word(self) -> str:
        return {0: "ok", UNREACHABLE: "not run"}.get(self.status, "FAIL")


def _part(name: str, seconds: float, *tools: Any) -> Part:
    return Part((sys.executable, "-m", "dev.contract", "--alone", name), seconds, *tools)


PARTS: dict[str, Part] = {
    "clients": _part("clients", 240),
    "page": _part("page", 360),
    "accessible": _part("accessible", 300, "contract"),
    "types": _part("types", 120, "contract"),
    "lint": _part("lint", 120, "contract"),
    "codes": _part("codes", 60, "contract"),
    "bruno": _part("bruno", 300, "bruno", 600),
    "audit": _part("audit", 1000),
}
"""In the order in which they begin: those that take longest, and wait for no registry, first."""


def alone(name: str) -> int:
    """Runs one part in this process."""
    try:
        return RUN[name]()
    except NotRun as why:
        print(f"{name}: not run: {why}")
        return UNREACHABLE
    except npm.Failed as said:
        print(f"{name}: {said}")
        return 1


def results(chosen: Iterable[str]) -> Iterable[tuple[str, Result]]:
    """Runs parts beside each other, and yields each with its name when it has ended."""
    parts = {name: PARTS[name] for name in PARTS if name in chosen}
    sets = {part.tools: part.install_seconds for part in parts.values() if part.tools}
    with ThreadPoolExecutor(BESIDE) as places, ThreadPoolExecutor(len(sets) or 1) as installers:
        # A registry that hangs is waited for once, however many parts need it, while others run.
        made = {name: installers.submit(npm.install, name, seconds) for name, seconds in sets.items()}
        running = {places.submit(_result, name, part, made.get(part.tools)): name for name, part in parts.items()}
        for each in as_completed(running):
            yield running[each], each.result()


def _result(name: str, part: Part, made: Future[Path] | None) -> Result:
    began = time.monotonic()
    try:
        if made is not None:
            made.result()
        done = limits.run(part.command, part.seconds)
        status, said = done.returncode, done.stdout + done.stderr
    except NotRun as why:
        status, said = UNREACHABLE, f"{name}: not run: {why}\n"
    except npm.Failed as failure:
        status, said = 1, f"{name}: {failure}\n"
    except limits.Overran:
        status, said = 1, f"{name}: did not end in {part.seconds:g} s\n"
    return Result(status, said, time.monotonic() - began)


def main(arguments: list[str] | None = None) -> int:
    """Runs the chosen parts, or all; 1 when one fails, or was not run and had to; 2 for an unknown name."""
    options = _options(arguments)
    if unknown := set(options.parts) - set(PARTS):
        print(f"wallet: no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}", file=sys.stderr)
        return 2
    if options.alone:
        return alone(options.parts[0])
    ended: dict[str, Result] = {}
    for name, result in results(options.parts or PARTS):
        ended[name] = result
        print(f"{result.word:7}  {name:10} {result.seconds:6.1f} s  {_short(result)}", flush=True)
    failed = [name for name in PARTS if name in ended and ended[name].word == "FAIL"]
    missing = [name for name in PARTS if name in ended and ended[name].word == "not run"]
    for name in missing:
        print("\n".join(line for line in ended[name].said.splitlines() if "not run" in line))
    if failed:
        print(f"wallet: failed: {', '.join(failed)}", file=sys.stderr)
    if missing and options.must_run:
        print(f"wallet: not run, and had to: {', '.join(missing)}", file=sys.stderr)
    return int(bool(failed or (missing and options.must_run)))


def _short(result: Result) -> str:
    """The last of what a part told, and all of it when it failed."""
    lines = result.said.rstrip().splitlines() or [f"status {result.status}"]
    return "\n".join(["", *lines]) if result.word == "FAIL" else lines[-1]


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./wallet contract", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("parts", nargs="*", metavar="part", help=", ".join(PARTS))
    parser.add_argument("--must-run", action="store_true", help="what cannot be run is a failure: for a release")
    parser.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    limits.stop_all_when_told()
    sys.exit(main())
