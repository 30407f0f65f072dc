"""Routes by the packager's list: the same endpoints, whose files wait until they are asked for."""

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from chalice.app import Chalice

from app import app as at_once
from chalicelib.routes import every, late
from dev.client import Api
from dev.cloud.local import LocalCloud
from dev.gateway import Gateway
from dev.server import Server
from dev.templates import ROOT


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Path:
    written = tmp_path_factory.mktemp("list") / "places.json"
    late.write(written)
    return written


def registered(places: Path) -> Chalice:
    app = Chalice(app_name="late")
    late.register(app, places)
    return app


def promised(app: Chalice) -> set[tuple[str, str, str, tuple[str, ...]]]:
    return {
        (path, method, entry.view_name, tuple(entry.content_types))
        for path, methods in app.routes.items()
        for method, entry in methods.items()
    }


def test_the_list_registers_what_importing_all_files_does(places: Path) -> None:
    assert promised(registered(places)) == promised(at_once)
    assert len(promised(at_once)) == sum(len(routes.endpoints) for routes in every())


def test_what_is_asked_for_late_answers_as_ever(places: Path, cloud: LocalCloud) -> None:
    server = Server(Gateway(registered(places))).start()
    with closing(Api(server.port)) as api:
        assert api.get("/v1/health").ok(200)["status"] == "ok"
        assert api.get("/v1/wallet").status == 401
        refused = api.post("/v1/sessions", {}).json
    server.stop()
    assert [each["pointer"] for each in refused["errors"]] == ["/password"]


def test_a_function_with_a_list_imports_no_file_of_routes_before_one_is_asked_for(places: Path) -> None:
    program = """
import sys
from pathlib import Path
from chalice.app import Chalice
from chalicelib.routes import late
late.register(Chalice(app_name="late"), Path(sys.argv[1]))
print(*(name for name in sys.modules if name.startswith("chalicelib.routes.")))
"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(places)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["chalicelib.routes.late"]
