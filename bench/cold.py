"""`./wallet bench cold`: from the start of a process to its first answer, as a ratio to bare Python with botocore.

The wallet starts from its unpacked package, opens itself and answers `GET /v1/payments/{id}`, which is one call to DynamoDB.
The floor is a botocore client of DynamoDB, packed alike, that makes that same call and prints what came. Both ask the same
endpoint on the loopback, where the wallet reads its secret as well, as in the cloud; both stop at the answer, as a container
does not end then. Turn and turn about, the median counts.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from typing import Any

from bench import recorded, shown
from bench.charts import Bars
from bench.sites import Maker
from bench.use_cases import Bench
from dev.cloud.local import LocalCloud
from dev.server import Server

WALLET = """
import json, os, sys
sys.path.insert(0, sys.argv[1])
given = json.load(sys.stdin)
import app
answer = app.app(given["event"], None)
print(answer["statusCode"], flush=True)
os._exit(0)
"""
FLOOR = """
import json, os, sys
sys.path.insert(0, sys.argv[1])
given = json.load(sys.stdin)
from botocore.session import get_session
answer = get_session().create_client("dynamodb")._make_api_call(*given["call"])
print(answer["ResponseMetadata"]["HTTPStatusCode"], flush=True)
os._exit(0)
"""
FLOORS, OURS = "Python, botocore, one call", "the wallet"
BARE = "import json, os, sys; json.load(sys.stdin); print(200, flush=True); os._exit(0)"


@dataclass(frozen=True)
class Start:
    """A program that is started cold, with its package."""

    program: str
    site: Path
    given: bytes
    environment: dict[str, str]
    interpreter: str

    def instructions(self) -> float:
        """Millions of instructions until the first answer, by valgrind's count: the same however busy the machine is."""
        counter = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]
        command = [*counter, self.interpreter, "-I", "-S", "-c", self.program, str(self.site)]
        environment = {**self.environment, "PYTHONHASHSEED": "0"}
        done = subprocess.run(command, input=self.given, env=environment, capture_output=True, check=False)
        counted = re.search(rb"Collected : (\d+)", done.stderr)
        if counted is None:
            raise SystemExit(f"valgrind counted nothing: {done.stderr.decode()[-2000:]}")
        return int(counted[1]) / 1_000_000

    def run(self, *options: str) -> tuple[float, float, str]:
        """Milliseconds until the first answer, milliseconds of processor in all, and what was told on stderr."""
        command = [self.interpreter, "-I", "-S", *options, "-c", self.program, str(self.site)]
        pipe = subprocess.PIPE
        before, begun = getrusage(RUSAGE_CHILDREN), time.perf_counter_ns()
        with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, env=self.environment) as child:
            out, err = child.communicate(self.given)
        took, after = (time.perf_counter_ns() - begun) / 1_000_000, getrusage(RUSAGE_CHILDREN)
        # What a function logs comes first.
        if out.strip().rpartition(b"\n")[2] != b"200":
            raise SystemExit(f"the first answer was {out.decode()!r}: {err.decode()[-2000:]}")
        spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return took, spent * 1000, err.decode()


def main(arguments: list[str]) -> int:
    options = _options(arguments)
    maker = Maker.of_the_deployed_python() if options.package else Maker.of_this_python()
    with tempfile.TemporaryDirectory() as name, LocalCloud.start() as cloud, endpoint(cloud) as url:
        bench = Bench.open(cloud)
        tape = recorded.record(bench, bench.get_payment())
        (call,), (event,) = tape.calls, tape.events
        given = json.dumps({"call": call, "event": event}).encode()
        environment, work = _environment(cloud, url), Path(name)
        programs = {
            "Python alone": (BARE, work),
            FLOORS: (FLOOR, maker.floor(work)),
            OURS: (WALLET, maker.wallet(work)),
        }
        starts = {
            label: Start(program, site, given, environment, maker.interpreter)
            for label, (program, site) in programs.items()
        }
        found = _measured(starts, options.times)
        imports = _imports(starts[OURS], starts[FLOORS])
        counted = {label: start.instructions() for label, start in starts.items()} if options.count else {}
    labels = ("ms", "cpu_ms", "ratio", "cpu_ratio")
    rounded = {label: [round(each, 3) for each in took] for label, took in found.items()}
    facts: dict[str, object] = {"verb": "cold-package" if options.package else "cold", "python": maker.python}
    facts |= {label: dict(zip(labels, took, strict=True)) for label, took in rounded.items()}
    facts |= {"instructions_m": counted, "imports_ms": {name: round(own, 2) for name, own, _ in imports}}
    drawn = Bars(
        "From start to first answer", "milliseconds", [""], [(label, [took[0]]) for label, took in found.items()]
    )
    shown.show(_text(found, imports, counted), facts, options.chart, drawn)
    return 0


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./wallet bench cold", description=__doc__)
    parser.add_argument("--times", type=int, default=15)
    parser.add_argument(
        "--package",
        action="store_true",
        help="with the Python that is deployed and its locked wheels, which an index is asked for",
    )
    parser.add_argument("--count", action="store_true", help="count instructions as well, with valgrind: some minutes")
    shown.take_chart(parser)
    return parser.parse_args(arguments)


def _text(
    found: dict[str, tuple[float, ...]], imports: list[tuple[str, float, float]], counted: dict[str, float]
) -> str:
    heads = ["from start to first answer", "ms", "ms of processor", "ratio", "ratio of processor"]
    rows = [
        [label, *(f"{each:.0f}" for each in took[:2]), *(f"{each:.2f}" for each in took[2:])]
        for label, took in found.items()
    ]
    if counted:
        heads += ["millions of instructions", "their ratio"]
        rows = [
            [*row, f"{each:.0f}", f"{each / counted[FLOORS]:.2f}"]
            for row, each in zip(rows, counted.values(), strict=True)
        ]
    beyond = [[name, f"{own:.1f}", f"{own - base:.1f}"] for name, own, base in imports]
    return f"{shown.table(heads, rows)}\n\n{shown.table(('imported by', 'ms of its own', 'of it beyond the floor'), beyond)}"


def _measured(starts: dict[str, Start], times: int) -> dict[str, tuple[float, ...]]:
    took: dict[str, list[tuple[float, float]]] = {name: [] for name in starts}
    for turn in range(times + 1):
        for name, start in starts.items():
            wall, cpu, _ = start.run()
            # The first turn fills the disk's cache.
            if turn:
                took[name].append((wall, cpu))
    floor = took[FLOORS]
    return {
        name: (
            *(statistics.median(each[at] for each in runs) for at in (0, 1)),
            *(statistics.median(mine[at] / bare[at] for mine, bare in zip(runs, floor, strict=True)) for at in (0, 1)),
        )
        for name, runs in took.items()
    }


_IMPORT = re.compile(r"import time:\s+(\d+) \|\s+\d+ \| +(\S+)")


def _imports(wallet: Start, floor: Start) -> list[tuple[str, float, float]]:
    """Milliseconds that each top-level package takes to import, those of its own modules alone, here and in the floor."""
    ours, bare = (_by_package(start.run("-X", "importtime")[2]) for start in (wallet, floor))
    return [(name, own, bare[name]) for name, own in ours.most_common(20)]


def _by_package(told: str) -> Counter[str]:
    found: Counter[str] = Counter()
    for own, module in _IMPORT.findall(told):
        package = module.partition(".")[0]
        found["Python's library" if package in sys.stdlib_module_names else package] += int(own)
    return Counter({name: micro / 1000 for name, micro in found.items()})


def _environment(cloud: LocalCloud, url: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name.startswith(("AWS_", "WALLET_", "PATH", "LANG"))}
    # As Lambda says it of a function that it starts for a request.
    kept["AWS_LAMBDA_INITIALIZATION_TYPE"] = "on-demand"
    return {**kept, "AWS_ENDPOINT_URL": url, "AWS_REGION": cloud.region, "AWS_DEFAULT_REGION": cloud.region}


@contextmanager
def endpoint(cloud: LocalCloud) -> Iterator[str]:
    """DynamoDB from the local cloud's engine, and its secret, over HTTP."""
    vault: Any = cloud.session.create_client("secretsmanager", region_name=cloud.region)
    secret = vault.get_secret_value(SecretId=cloud.wallet.settings.keys_secret)["SecretString"]

    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        body, target = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])), environ["HTTP_X_AMZ_TARGET"]
        if target.startswith("secretsmanager"):
            headers = {"content-type": "application/x-amz-json-1.1"}
            status, content = 200, json.dumps({"Name": "keys", "SecretString": secret}).encode()
        else:
            request: Any = _Request({"X-Amz-Target": target}, body)
            status, headers, content = cloud.engine.answer("dynamodb", cloud.region, request) or (404, {}, b"")
        start_response(f"{status} X", [(name, value) for name, value in headers.items() if name != "content-length"])
        return [content]

    server = Server(application).start()
    yield server.url
    server.stop()


@dataclass(frozen=True)
class _Request:
    """What an engine reads of a request."""

    headers: dict[str, str]
    body: bytes
