"""What is uploaded: small, always the same bytes, compiled, and whole: unpacked alone in an empty directory it takes a payment.

Here the locked packages are copied out of the environment that runs the tests, which asks nobody. `--whole` builds the very package,
for Lambda's processor and Python, with wheels of an index, and lets the deployed Python take the payment.
"""

import re
import shutil
import sys
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from chalicelib.routes import every
from dev.client import Api
from dev.cloud.local import LocalCloud
from dev.cloud.pump import _scheduled_event
from dev.lambda_zip import (
    DEPLOYED_PYTHON,
    SERVICES,
    CannotPackage,
    Install,
    compile_bytecode,
    copy_installed,
    install_dependencies,
    install_for_this_processor,
    locked,
)
from dev.packaging import copy_project, find_interpreter, package
from dev.server import Server
from dev.templates import ROOT
from dev.unpacked import Unpacked
from tests.build import a_merchant, a_person
from tests.infra.unpacked import handled_by, running
from tests.shopping import a_paid_payment, a_payment, confirm
from wallet_api.ledger.verify import verify

MAX_BYTES = 16_000_000
HERE = "{}.{}".format(*sys.version_info[:2])
OURS = {"app", "chalice", "chalicelib", "wallet_api"}
OF_A_PAYMENT = {
    "argon2",
    "botocore",
    "dateutil",
    "jmespath",
    "msgspec",
    "pynamodb",
    "six",
    "typing_extensions",
    "urllib3",
}
"""The libraries that registering, paying and being paid imports; what is not here waits until somebody needs it."""


def whole(request: pytest.FixtureRequest) -> None:
    """The other tests talk to this machine alone; what asks an index waits for --whole."""
    if not request.config.getoption("--whole"):
        pytest.skip("it asks a package index, and takes a minute or two: --whole runs it")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is shipped, as it is when the tests begin: nobody edits it meanwhile."""
    copied = tmp_path_factory.mktemp("project")
    copy_project(ROOT, copied)
    shutil.copyfile(ROOT / "requirements.txt", copied / "requirements.txt")
    return copied


def built(out: Path, project: Path, python: str, install: Install) -> Path:
    try:
        return package(out, "prod", find_interpreter(python), python, project, install)[1]
    except CannotPackage as problem:
        if "could not be installed" in str(problem) or "none was found" in str(problem):
            pytest.skip(f"neither an index nor wheels, or no Python {python}: {str(problem)[:200]}")
        raise


@pytest.fixture(scope="module")
def zipped(tmp_path_factory: pytest.TempPathFactory, project: Path) -> Path:
    """The package, for this machine."""
    return built(tmp_path_factory.mktemp("here"), project, HERE, copy_installed)


@pytest.fixture(scope="module")
def deployed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, project: Path) -> Path:
    """The package that is uploaded."""
    whole(request)
    return built(tmp_path_factory.mktemp("deployed"), project, DEPLOYED_PYTHON, install_dependencies)


def unpacked(archive: Path, site: Path) -> Path:
    with zipfile.ZipFile(archive) as found:
        found.extractall(site)
    return site


def take_a_payment(cloud: LocalCloud, api: Api, functions: Unpacked) -> None:
    """From registration to a statement: two people's SMS, a card, a PIN, a payment, its folding and its events."""
    ada, shop = a_person(api, cloud, balance=50_00), a_merchant(cloud)
    payment = a_paid_payment(api, shop, ada, 12_50)
    with handled_by(functions, cloud):
        cloud.pump.drain()
    (balance,) = api.get("/v1/wallet", token=ada.token).ok(200)["balances"]
    assert balance["amount"] == 37_50
    assert api.get("/v1/balance", token=shop.key).ok(200)["balances"]
    told = api.get("/v1/events", token=shop.key).ok(200)["data"]
    assert [each["type"] for each in told] == ["payment.succeeded", "payment.created"]
    assert payment["status"] == "succeeded"
    functions.call("verify_ledger", _scheduled_event("verify_ledger", cloud.clock.now()))
    assert verify(cloud.wallet.ledger).holds


def require_own(functions: Unpacked, site: Path) -> None:
    """Nothing is imported from elsewhere than the package and Python's own library."""
    places = {path for path in functions.modules().values() if path and not path.startswith("<")}
    strangers = [path for path in places if not path.startswith(str(site)) and "site-packages" in path]
    assert strangers == []
    assert any(path.startswith(str(site)) for path in places)


def test_unpacked_into_an_empty_directory_it_takes_a_payment_with_nothing_else_on_the_path(
    zipped: Path, tmp_path: Path, cloud: LocalCloud
) -> None:
    site = unpacked(zipped, tmp_path / "task")
    with running(site, cloud) as (api, functions):
        take_a_payment(cloud, api, functions)
        require_own(functions, site)


def test_a_payment_imports_no_library_that_it_does_not_need(zipped: Path, tmp_path: Path, cloud: LocalCloud) -> None:
    """What a cold start imports, every first customer waits for. The payer and the shop are there already."""
    site = unpacked(zipped, tmp_path / "task")
    with running(site, cloud) as (api, functions):
        assert "botocore.session" in functions.modules(), "opened before anybody asks"
        local = a_person_of_before(cloud)
        payment = a_payment(api, local[1])
        confirm(api, local[0], payment["id"]).ok(200)
        imported = functions.modules()
    libraries = {name.partition(".")[0] for name, path in imported.items() if path and path.startswith(str(site))}
    assert libraries <= OURS | OF_A_PAYMENT, f"imported as well: {sorted(libraries - OURS - OF_A_PAYMENT)}"
    assert {"chalicelib.routes.payments", "chalicelib.routes.late"} <= imported.keys()
    for unneeded in (
        "chalicelib.routes.cards",
        "chalicelib.routes.webhooks",
        "boto3",
        "s3transfer",
        "pytest",
        "moto",
        "yaml",
        "chalice.cli",
        "tomllib",
        "unittest",
        "pdb",
        "asyncio",
    ):
        assert unneeded not in imported


def test_every_endpoint_of_the_package_answers_as_it_does_where_all_are_imported(
    zipped: Path, tmp_path: Path, cloud: LocalCloud, api: Api
) -> None:
    """The package imports a capability's file when it is first asked for; none may be missing by then."""
    with running(unpacked(zipped, tmp_path / "task"), cloud) as (packaged, _):
        for promised in (each for routes in every() for each in routes.endpoints):
            path = re.sub(r"\{\w+\}", "x", promised.path)
            here, there = (side.call(promised.method, path) for side in (api, packaged))
            assert (there.status, there.headers["content-type"]) == (here.status, here.headers["content-type"]), path
            assert there.status != 404 or there.json["code"] == here.json["code"], path
        here, there = (side.call("GET", "/openapi.json").json for side in (api, packaged))
        assert there["components"]["schemas"] == here["components"]["schemas"], "its Chinese texts are in the package"


def test_packaging_again_gives_the_same_bytes(zipped: Path, project: Path, tmp_path: Path) -> None:
    require_same(built(tmp_path, project, HERE, copy_installed), zipped)
    assert zipped.stat().st_size <= MAX_BYTES


def test_s11_it_holds_what_runs_and_no_tool(zipped: Path) -> None:
    """S11: of botocore's data the services that are called, and of packages those that are locked for the functions."""
    require_finished(zipped, HERE)


def test_s11_the_wallet_compiles_for_the_deployed_python(tmp_path: Path) -> None:
    """S11: bytecode that is never compared with its source."""
    try:
        interpreter = find_interpreter(DEPLOYED_PYTHON)
    except CannotPackage as problem:
        pytest.skip(str(problem))
    copy_project(ROOT, tmp_path)
    compile_bytecode(tmp_path, interpreter)
    tag = f"cpython-{DEPLOYED_PYTHON.replace('.', '')}"
    for source in [tmp_path / "app.py", *(tmp_path / "chalicelib").rglob("*.py"), *(tmp_path / "vendor").rglob("*.py")]:
        compiled = source.parent / "__pycache__" / f"{source.stem}.{tag}.pyc"
        assert int.from_bytes(compiled.read_bytes()[4:8], "little") == 0b01, source


def require_same(one: Path, other: Path) -> None:
    """Byte for byte; and if not, it says which files."""
    with zipfile.ZipFile(one) as first, zipfile.ZipFile(other) as second:
        assert first.namelist() == second.namelist()
        assert [name for name in first.namelist() if first.read(name) != second.read(name)] == []
    assert one.read_bytes() == other.read_bytes()


def require_finished(archive: Path, python: str) -> None:
    with zipfile.ZipFile(archive) as found:
        names = set(found.namelist())
        tag = f"cpython-{python.replace('.', '')}"
        modules = [name for name in names if name.endswith(".py") and name.startswith(("wallet_api/", "chalicelib/"))]
        assert len(modules) > 100
        for name in modules:
            folder, _, file = name.rpartition("/")
            compiled = f"{folder}/__pycache__/{file.removesuffix('.py')}.{tag}.pyc"
            assert int.from_bytes(found.read(compiled)[4:8], "little") == 0b01, name
    described = {name.split("/")[2] for name in names if name.startswith("botocore/data/") and name.count("/") > 2}
    assert described == SERVICES & described
    carried = {name.split("-")[0].replace("_", "-").lower() for name in names if ".dist-info/" in name}
    assert carried == set(locked(ROOT / "requirements.txt"))
    for stranger in ("boto3/", "pytest/", "moto/", "dev/", "tests/", "bench/", "bin/"):
        assert not [name for name in names if name.startswith(stranger)], stranger


def test_the_uploaded_package_is_small_and_packaging_it_again_gives_the_same_bytes(
    deployed: Path, project: Path, tmp_path: Path
) -> None:
    assert deployed.stat().st_size <= MAX_BYTES
    require_same(built(tmp_path, project, DEPLOYED_PYTHON, install_dependencies), deployed)


def test_s11_it_is_for_the_deployed_python_and_processor(deployed: Path) -> None:
    """S11: no extension for another processor."""
    require_finished(deployed, DEPLOYED_PYTHON)
    with zipfile.ZipFile(deployed) as archive:
        extensions = [name for name in archive.namelist() if name.endswith(".so")]
    assert any("aarch64" in name for name in extensions)
    assert not [name for name in extensions if "x86_64" in name]


def test_the_deployed_python_takes_a_payment(
    request: pytest.FixtureRequest, project: Path, tmp_path: Path, cloud: LocalCloud
) -> None:
    """The same wheels for this machine's processor, since Lambda's cannot run here."""
    whole(request)
    site = unpacked(built(tmp_path / "out", project, DEPLOYED_PYTHON, install_for_this_processor), tmp_path / "task")
    with running(site, cloud, find_interpreter(DEPLOYED_PYTHON)) as (api, functions):
        take_a_payment(cloud, api, functions)
        require_own(functions, site)


def a_person_of_before(cloud: LocalCloud) -> tuple[Any, Any]:
    """A person with money and a shop, made by the wallet of this process."""
    server = Server(cloud.gateway, threads=2).start()
    try:
        with closing(Api(server.port)) as api:
            return a_person(api, cloud, balance=50_00), a_merchant(cloud)
    finally:
        server.stop()
