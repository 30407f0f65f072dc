"""`./wallet contract clients` and `types`: strangers' generators make clients of the document, and the Python one walks the demo.

What the demo asks goes through the generated functions and models, and what they read of each answer must be all of it.
"""

import importlib
import json
import re
import sys
import tempfile
import typing
from pathlib import Path
from typing import Any

from dev import limits, npm
from dev.client import Answer, Api

PACKAGE = "wallet_client"
GENERATE_SECONDS = 120


class NotGenerated(Exception):
    """A generator refused the document, or left something out of it; the text is what it said."""


def python_client(document: Path, into: Path) -> None:
    """Generates the package `wallet_client` in a directory. Raises NotGenerated, for warnings too."""
    program = "from openapi_python_client.cli import app; app()"
    where = ("--path", str(document), "--output-path", str(into / PACKAGE), "--meta", "none", "--fail-on-warning")
    settings = into / "settings.json"
    settings.write_text(json.dumps({"post_hooks": []}))
    _run([sys.executable, "-c", program, "generate", *where, "--config", str(settings)])


def typescript_client(document: Path, into: Path) -> None:
    """Generates and type-checks declarations. Raises NotRun and npm.Failed."""
    tools = npm.install("contract")
    declared = str(into / "wallet.d.ts")
    npm.run([str(tools / "openapi-typescript"), str(document), "-o", declared], into)
    npm.run([str(tools / "tsc"), "--noEmit", "--strict", "--target", "es2022", declared], into)


def _run(command: list[str]) -> None:
    try:
        done = limits.run(command, GENERATE_SECONDS)
    except limits.Overran as late:
        raise NotGenerated(str(late)) from None
    if done.returncode:
        raise NotGenerated(f"{done.stdout}\n{done.stderr}")


class GeneratedApi(Api):
    """The demo's client, which asks the wallet through the generated package; the sandbox it asks by itself."""

    def __init__(self, port: int, document: Any) -> None:
        super().__init__(port)
        self.asked: set[str] = set()
        """The operations that were called through generated functions."""
        self._operations = [
            (method, re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path)), told)
            for path, item in sorted(document["paths"].items(), key=lambda each: each[0].count("{"))
            for method, told in item.items()
        ]

    def call(self, method: str, path: str, **options: Any) -> Answer:
        """As the plain client's. Raises AssertionError when the generated models did not read all of the answer."""
        where, _, query = path.partition("?")
        for verb, pattern, told in self._operations:
            found = pattern.fullmatch(where)
            if found and verb == method.lower() and not query:
                return self._called(told, found.groupdict(), options)
        return super().call(method, path, **options)

    def _called(self, told: Any, values: dict[str, str], options: dict[str, Any]) -> Answer:
        name = told["operationId"]
        function = importlib.import_module(f"{PACKAGE}.api.{told['tags'][0]}.{name}").sync_detailed
        package = importlib.import_module(PACKAGE)
        given: dict[str, Any] = {**values, "accept_language": options.get("lang") or "en"}
        if options.get("key"):
            given["idempotency_key"] = options["key"]
        if options.get("json") is not None:
            shape = typing.get_type_hints(function)["body"]
            given["body"] = _shaped(shape, options["json"])
        token = options.get("token")
        client = package.AuthenticatedClient(self.url, token) if token else package.Client(self.url)
        answered = function(client=client, **given)
        headers = {key.lower(): value for key, value in answered.headers.items()}
        answer = Answer(int(answered.status_code), headers, answered.content)
        read = answered.parsed.to_dict() if answer.body else None
        assert read == (_in_utc(answer.json) if answer.body else None), f"{name}: read {read}, was sent {answer.text}"
        self.asked.add(name)
        return answer


def _shaped(shape: Any, body: Any) -> Any:
    """The body as its generated model. What may be left away is a union with the sign for that."""
    models = [each for each in (shape, *typing.get_args(shape)) if hasattr(each, "from_dict")]
    return models[0].from_dict(body)


def _in_utc(value: Any) -> Any:
    """Times as the generated models write them."""
    if isinstance(value, dict):
        return {key: _in_utc(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_in_utc(inner) for inner in value]
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", value):
        return value.removesuffix("Z") + "+00:00"
    return value


def walk(document: Any, package_in: Path) -> int:
    """The demo through the generated package; the number of its steps. Raises DoesNotHold."""
    from dev.cloud.local import LocalCloud
    from dev.demo import tell
    from dev.server import Server

    sys.path.insert(0, str(package_in))
    with LocalCloud.start("moto") as cloud:
        server = Server(cloud.gateway).start()
        try:
            cloud.seed()
            cloud.pump.start()
            api = GeneratedApi(server.port, document)
            steps = tell(api, cloud)
        finally:
            server.stop()
            sys.path.remove(str(package_in))
    print(f"All {steps} steps hold through {len(api.asked)} generated functions.")
    return steps


def main(document: Any) -> int:
    """Generates the Python client and walks with it; returns 1 when one of it does not hold."""
    from dev.story import DoesNotHold

    with tempfile.TemporaryDirectory() as scratch:
        into = Path(scratch)
        try:
            python_client(_written(document, into), into)
            walk(document, into)
        except (NotGenerated, DoesNotHold) as failure:
            print(failure, file=sys.stderr)
            return 1
    return 0


def declare(document: Any) -> int:
    """Generates TypeScript's declarations, which have to compile. Raises NotRun and npm.Failed."""
    with tempfile.TemporaryDirectory() as scratch:
        typescript_client(_written(document, Path(scratch)), Path(scratch))
    print(f"types: the declarations of {npm.version('contract', 'openapi-typescript')} hold")
    return 0


def _written(document: Any, into: Path) -> Path:
    (into / "openapi.json").write_text(json.dumps(document), "utf-8")
    return into / "openapi.json"
