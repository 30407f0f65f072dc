"""A local cloud of its own for each test module here, in another region, around an app of a few lines."""

from collections.abc import Iterator
from typing import Any

import pytest

from dev.cloud.local import LocalCloud
from dev.server import Server
from tests.client import Api
from tests.dev.tiny import Tiny

REGION = "eu-west-1"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A module names the engines it speaks of in ENGINES; without it, the one that the run is for."""
    if "_engine" in metafunc.fixturenames:
        engines = getattr(metafunc.module, "ENGINES", [metafunc.config.getoption("--engine")])
        metafunc.parametrize("_engine", engines, scope="module")


@pytest.fixture(scope="module")
def _tiny_cloud(_engine: str) -> Iterator[tuple[Tiny, LocalCloud]]:
    tiny = Tiny()
    with LocalCloud.start(_engine, app=lambda: tiny.app, wallet=False, region=REGION) as cloud:
        yield tiny, cloud


@pytest.fixture(scope="module")
def _tiny_server(_tiny_cloud: tuple[Tiny, LocalCloud]) -> Iterator[Server]:
    server = Server(_tiny_cloud[1].gateway).start()
    yield server
    server.stop()


@pytest.fixture
def tiny(_tiny_cloud: tuple[Tiny, LocalCloud]) -> Tiny:
    tiny = _tiny_cloud[0]
    for batches in tiny.batches.values():
        batches.clear()
    tiny.answers.clear()
    tiny.ticks.clear()
    return tiny


@pytest.fixture
def local(_tiny_cloud: tuple[Tiny, LocalCloud]) -> LocalCloud:
    cloud = _tiny_cloud[1]
    cloud.reset()
    cloud.pump.batch_size = None
    return cloud


@pytest.fixture
def http(local: LocalCloud, _tiny_server: Server) -> Iterator[Api]:
    client = Api(_tiny_server.port)
    yield client
    client.close()


@pytest.fixture
def dynamodb(local: LocalCloud) -> Any:
    return local.session.create_client("dynamodb", region_name=REGION)
