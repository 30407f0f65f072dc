"""`./wallet fuzz`: schemathesis asks a wallet of its own whatever the OpenAPI document allows, and what it does not.

Every check is on: no 5xx, no status, header or field that is not promised, wrong data refused and right data not, and
authentication really enforced. Calls follow each other by the document's links. People with money and a merchant that
earns call, and objects that exist are named, so that each operation says yes as well; one that never did is a failure.

`./wallet fuzz` runs for long; `./wallet fuzz --short`, which CI runs, for a minute or two, the same requests each time. The seed
is printed: `--seed` runs it again. What follows other options goes to schemathesis.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from dev.fuzz.tally import Tally
from dev.templates import ROOT

SETTINGS = Path(__file__).with_name("settings.toml")
DOCUMENT, REPORT = "openapi.json", "report.json"
LONG, SHORT = 120, 2
"""How many requests are made up for each operation in a phase, at most."""
WALK, STROLL = 120, 8
"""For how many seconds links are followed. By itself that ends as soon as one chain of calls goes otherwise than before, as each
does where objects come and go; within a time it begins anew until the time is over.
"""
LEAST = 20_000
"""What a long run has to reach."""
SHORT_SEED = 20261122
PER_ADDRESS = 10
"""Requests that come from one address, before the next ones come from another: limits by address are met, and not by all."""


class Taken:
    """Every merchant's server, which takes each event at once: no name that was made up is looked up in the world."""

    def __init__(self, usual: Any) -> None:
        self._usual = usual

    def acceptable(self, url: str) -> bool:
        return bool(self._usual.acceptable(url))

    def post(self, callbacks: Sequence[Any]) -> list[Any]:
        from wallet_api.gateways.callbacks import Answered

        return [Answered(204, None, 1) for _ in callbacks]


class Outcome(NamedTuple):
    """What a run came to."""

    status: int
    made: int
    tally: Tally
    seconds: float

    def and_then(self, later: "Outcome") -> "Outcome":
        """Of both runs together."""
        self.tally.add(later.tally)
        return Outcome(self.status or later.status, self.made + later.made, self.tally, self.seconds + later.seconds)


def command(url: str, options: argparse.Namespace, place: Path, more: Sequence[str]) -> list[str]:
    """How schemathesis is started. It reads the document from a file: from a URL it would leave that operation out."""
    program = "from schemathesis.cli import schemathesis; schemathesis()"
    return [
        *(sys.executable, "-c", program, "--config-file", str(_settings(options, place)), "run", str(place / DOCUMENT)),
        *("--url", url, "--max-examples", str(options.examples), "--seed", str(options.seed)),
        *("--report", "json", "--report-json-path", str(place / REPORT)),
        *more,
    ]


def passes(options: argparse.Namespace, more: Sequence[str]) -> list[list[str]]:
    """What schemathesis is asked for, one after the other: calls by themselves, then chains of calls.

    A short run leaves out the phase of examples: the document's are among what the next one begins with.
    """
    if "--phases" in more:
        return [list(more)]
    alone = "coverage,fuzzing" if options.short else "examples,coverage,fuzzing"
    chains = ["--phases", "stateful", "--max-time", str(STROLL if options.short else WALK)]
    return [["--phases", alone, *more], [*chains, *more]]


def _settings(options: argparse.Namespace, place: Path) -> Path:
    """In a short run two methods that a path does not have stand for all of them."""
    if not options.short:
        return SETTINGS
    path = place / SETTINGS.name
    path.write_text(
        SETTINGS.read_text("utf-8") + '\n[phases.coverage]\nunexpected-methods = ["put", "trace"]\n', "utf-8"
    )
    return path


def main(arguments: list[str] | None = None) -> int:
    """Returns what schemathesis returns, and 1 when too little was asked or an operation never said yes."""
    options, more = _options(arguments)
    os.environ.setdefault("AWS_ACCESS_KEY_ID", "testing")
    print(f"seed {options.seed}, at most {options.examples} requests for each operation and phase", flush=True)
    outcome = run(options, more)
    if options.table:
        print("\n".join(outcome.tally.lines()))
    print("\n".join(told(outcome)), flush=True)
    faults = faults_of(outcome, options, more)
    if faults:
        print(f"wallet: not good enough: {', '.join(faults)}", file=sys.stderr)
    return outcome.status or int(bool(faults))


def run(options: argparse.Namespace, more: Sequence[str]) -> Outcome:
    """Opens a wallet and has schemathesis ask it."""
    from dev.client import Api
    from dev.cloud.local import LocalCloud
    from dev.server import Server

    asked = 0

    def application(environ: dict[str, Any], start_response: Any) -> Any:
        nonlocal asked
        asked += 1
        environ["REMOTE_ADDR"] = address(asked // PER_ADDRESS)
        return cloud.gateway(environ, start_response)

    server = Server(application, threads=8)
    with LocalCloud.start("moto", public_url=server.url) as cloud, tempfile.TemporaryDirectory() as scratch:
        cloud.callbacks.way = Taken(cloud.callbacks.way)
        cloud.seed()
        cloud.pump.start()
        server.start()
        place = Path(scratch)
        (place / DOCUMENT).write_bytes(Api(server.port).get(f"/{DOCUMENT}").body)
        outcome = Outcome(0, 0, Tally(), 0.0)
        for one in passes(options, more):
            outcome = outcome.and_then(_passed(server.port, options, place, one))
        server.stop()
    return outcome


def _passed(port: int, options: argparse.Namespace, place: Path, more: Sequence[str]) -> Outcome:
    kept, report = place / "tally.json", place / REPORT
    for left in (kept, report):
        left.unlink(missing_ok=True)
    env = {**os.environ, "PYTHONPATH": str(ROOT), **hooked(port, options, kept)}
    began = time.monotonic()
    asked = command(f"http://127.0.0.1:{port}", options, place, more)
    status = subprocess.call(asked, env=env, cwd=place)
    return Outcome(status, cases(report), Tally.read(kept), time.monotonic() - began)


def hooked(port: int, options: argparse.Namespace, kept: Path) -> Mapping[str, str]:
    """What the hooks are told."""
    told = {"WALLET_FUZZ_PORT": str(port), "WALLET_FUZZ_SEED": str(options.seed), "WALLET_FUZZ_TALLY": str(kept)}
    return told | ({"WALLET_FUZZ_SHORT": "yes"} if options.short else {})


def address(number: int) -> str:
    """The address that requests seem to come from."""
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def cases(report: Path) -> int:
    """How many requests a run made up; 0 when it left no report."""
    return int(json.loads(report.read_text())["test_cases"]["generated"]) if report.exists() else 0


def told(outcome: Outcome) -> list[str]:
    """What a run came to, in sentences."""
    never, operations = outcome.tally.never(), len(outcome.tally.answers)
    lines = [f"{times} × not done before {errand}" for errand, times in outcome.tally.undone.most_common(10)]
    lines += [f"{name} never said yes" for name in never]
    said = f"{operations - len(never)} of {operations} operations said yes"
    return [*lines, f"{outcome.made} requests were made up in {outcome.seconds:.0f} s; {said}."]


def faults_of(outcome: Outcome, options: argparse.Namespace, more: Sequence[str]) -> list[str]:
    """Why a run that found nothing is still no good one; parts of the API chosen by hand are not held to it."""
    if more:
        return []
    never, operations = outcome.tally.never(), len(outcome.tally.answers)
    if not operations:
        return ["nothing was asked"]
    if options.short:
        return never if len(never) * 10 > operations else []
    return [*never, *([f"fewer than {LEAST}"] if outcome.made < LEAST else [])]


def _options(arguments: list[str] | None) -> tuple[argparse.Namespace, list[str]]:
    parser = argparse.ArgumentParser(
        prog="./wallet fuzz", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--short", action="store_true", help="a few requests for each operation, as CI does")
    parser.add_argument("--examples", type=int, help="how many for each operation and phase")
    parser.add_argument("--seed", type=int, help="what decides the requests")
    parser.add_argument("--table", action="store_true", help="say what each operation answered")
    options, more = parser.parse_known_args(arguments)
    options.examples = options.examples or (SHORT if options.short else LONG)
    if options.seed is None:
        options.seed = SHORT_SEED if options.short else random.randrange(2**32)
    return options, more


if __name__ == "__main__":
    raise SystemExit(main())
