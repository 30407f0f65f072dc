"""`./wallet fuzz`: schemathesis asks a wallet of its own whatever the OpenAPI document allows, and what it does not.

Every check is on: no 5xx, no status, header or field that is not promised, wrong data refused and right data not, and
authentication really enforced. Calls follow each other by the document's links.

`./wallet fuzz` runs for long, `./wallet fuzz --short` is what CI runs. The seed is printed: `--seed` runs it again.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from dev.templates import ROOT

SETTINGS = ROOT / "dev" / "fuzz.toml"
LONG, SHORT = 200, 2
"""How many requests are made up for each operation in a phase, at most."""
LEAST = 20_000
"""What a long run has to reach."""


def command(url: str, examples: int, seed: int, report: Path, more: list[str]) -> list[str]:
    """How schemathesis is started."""
    program = "from schemathesis.cli import schemathesis; schemathesis()"
    return [
        *(sys.executable, "-c", program, "--config-file", str(SETTINGS), "run", f"{url}/openapi.json"),
        *("--max-examples", str(examples), "--seed", str(seed)),
        *("--report", "json", "--report-json-path", str(report)),
        *more,
    ]


def main(arguments: list[str] | None = None) -> int:
    """Returns what schemathesis returns, and 1 when a long run made fewer requests than it has to."""
    options, more = _options(arguments)
    os.environ.setdefault("AWS_ACCESS_KEY_ID", "testing")
    from dev.cloud.local import LocalCloud
    from dev.server import Server

    def application(environ: dict[str, Any], start_response: Any) -> Any:
        return cloud.gateway(environ, start_response)

    server = Server(application, threads=8)
    with LocalCloud.start("moto", public_url=server.url) as cloud, tempfile.TemporaryDirectory() as scratch:
        cloud.seed()
        cloud.pump.start()
        server.start()
        report = Path(scratch) / "report.json"
        env = {**os.environ, "WALLET_FUZZ_PORT": str(server.port), "PYTHONPATH": str(ROOT)}
        print(f"seed {options.seed}, at most {options.examples} requests for each operation and phase", flush=True)
        asked = command(server.url, options.examples, options.seed, report, more)
        status = subprocess.call(asked, env=env, cwd=scratch)
        made = cases(report)
        server.stop()
    print(f"{made} requests were made up.", flush=True)
    return status or int(not options.short and made < LEAST)


def cases(report: Path) -> int:
    """How many requests a run made up; 0 when it left no report."""
    return int(json.loads(report.read_text())["test_cases"]["generated"]) if report.exists() else 0


def _options(arguments: list[str] | None) -> tuple[argparse.Namespace, list[str]]:
    parser = argparse.ArgumentParser(prog="./wallet fuzz", description=__doc__)
    parser.add_argument("--short", action="store_true", help="a few requests for each operation, as CI does")
    parser.add_argument("--examples", type=int, help="how many for each operation and phase")
    parser.add_argument("--seed", type=int, default=random.randrange(2**32), help="what decides the requests")
    options, more = parser.parse_known_args(arguments)
    options.examples = options.examples or (SHORT if options.short else LONG)
    return options, more


if __name__ == "__main__":
    raise SystemExit(main())
