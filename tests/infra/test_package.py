"""What is uploaded: small, always the same bytes, compiled, and whole: unpacked alone in an empty directory it answers."""

import json
import os
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from dev import lambda_zip
from dev.lambda_zip import DEPLOYED_PYTHON, SERVICES, CannotPackage
from dev.packaging import find_interpreter, package

MAX_BYTES = 16_000_000
HERE = "{}.{}".format(*sys.version_info[:2])
ASK = """
import json, sys
import app
event = {
    "resource": "/v1/decline_codes", "path": "/v1/decline_codes", "httpMethod": "GET", "headers": {}, "multiValueHeaders": {},
    "queryStringParameters": None, "multiValueQueryStringParameters": None, "pathParameters": None, "stageVariables": None,
    "requestContext": {"resourcePath": "/v1/decline_codes", "httpMethod": "GET", "requestId": "r", "identity": {}},
    "body": None, "isBase64Encoded": False,
}
answer = app.app(event, None)
own = {name: getattr(module, "__file__", None) for name, module in sys.modules.items()}
strangers = [path for path in own.values() if path and "site-packages" in path]
print(json.dumps({"status": answer["statusCode"], "strangers": strangers, "modules": sorted(own)}))
"""


@pytest.fixture(scope="module", autouse=True)
def _wanted(pytestconfig: pytest.Config) -> None:
    """The other tests talk to this machine alone; what is uploaded is built with packages from an index, three times."""
    if not pytestconfig.getoption("--whole"):
        pytest.skip("it asks a package index, and takes a minute or two: --whole runs it")


def built(out: Path, python: str) -> Path:
    try:
        return package(out, "prod", find_interpreter(python), python)[1]
    except CannotPackage as problem:
        if "could not be installed" in str(problem) or "none was found" in str(problem):
            pytest.skip(f"neither an index nor wheels, or no Python {python}: {str(problem)[:200]}")
        raise


@pytest.fixture(scope="module")
def zipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("first"), DEPLOYED_PYTHON)


@pytest.fixture(scope="module")
def secrets() -> Iterator[str]:
    """A secret store in small: all that a function asks before its first request."""

    class Store(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            body = json.dumps({"SecretString": "x" * 64, "Name": "keys"}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Tests tell what matters themselves."""

    server = HTTPServer(("127.0.0.1", 0), Store)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_it_is_small_and_packaging_again_gives_the_same_bytes(zipped: Path, tmp_path: Path) -> None:
    assert zipped.stat().st_size <= MAX_BYTES
    assert built(tmp_path, DEPLOYED_PYTHON).read_bytes() == zipped.read_bytes()


def test_s11_it_holds_what_runs_compiled_for_the_deployed_python_and_processor(zipped: Path) -> None:
    """S11: bytecode that is never compared with its source, and no extension for another processor."""
    with zipfile.ZipFile(zipped) as archive:
        names = set(archive.namelist())
        tag = f"cpython-{DEPLOYED_PYTHON.replace('.', '')}"
        modules = [name for name in names if name.endswith(".py") and name.startswith(("wallet_api/", "chalicelib/"))]
        assert len(modules) > 100
        for name in modules:
            folder, _, file = name.rpartition("/")
            compiled = f"{folder}/__pycache__/{file.removesuffix('.py')}.{tag}.pyc"
            assert int.from_bytes(archive.read(compiled)[4:8], "little") == 0b01, name
        assert not [name for name in names if name.endswith(".so") and "x86_64" in name]
        assert any("aarch64" in name for name in names if name.endswith(".so"))
        described = {name.split("/")[2] for name in names if name.startswith("botocore/data/") and name.count("/") > 2}
        assert described <= SERVICES
        assert "http_message_signatures/__init__.py" in names
        for stranger in ("boto3/", "pytest/", "moto/", "dev/", "tests/"):
            assert not [name for name in names if name.startswith(stranger)], stranger


def test_unpacked_into_an_empty_directory_it_answers_with_nothing_else_on_the_path(
    secrets: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same steps for this machine's processor and Python, since Lambda's cannot run here."""
    machine = os.uname().machine
    platforms = (*(f"manylinux_2_{minor}_{machine}" for minor in range(34, 16, -1)), f"manylinux2014_{machine}")
    monkeypatch.setattr(lambda_zip, "PLATFORMS", platforms)
    archive = built(tmp_path / "out", HERE)
    site = tmp_path / "task"
    with zipfile.ZipFile(archive) as found:
        found.extractall(site)
    tables = {f"WALLET_TABLE_{name}": name for name in ("LEDGER", "ACCOUNTS", "PEOPLE", "RECORDS", "EPHEMERAL")}
    environment = {
        **tables, "WALLET_STAGE": "prod", "WALLET_FIELD_KEY": "k", "WALLET_KEYS_SECRET": "s", "WALLET_MAIL_SENDER": "a@b.example",
        "WALLET_PUBLIC_URL": "https://wallet.example", "WALLET_QUEUE_WEBHOOKS": "https://q.example/q", "AWS_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_ENDPOINT_URL": secrets,
    }  # fmt: skip
    start = f"import sys; sys.path.insert(0, {str(site)!r})\n" + ASK
    command = [sys.executable, "-I", "-S", "-c", start]
    done = subprocess.run(command, env=environment, cwd=site, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout.splitlines()[-1])
    assert (told["status"], told["strangers"]) == (200, [])
    for unneeded in ("boto3", "s3transfer", "requests", "jsonschema", "pytest", "moto"):
        assert unneeded not in told["modules"]
