"""One stage for all scenarios, built once and set back for each test."""

from collections.abc import Iterator

import pytest

from dev.cloud.local import LocalCloud
from dev.server import Server
from tests.client import Api
from tests.schedules.stage import Stage, build


@pytest.fixture(scope="module")
def _built(_running_cloud: LocalCloud, _running_server: Server) -> Iterator[Stage]:
    _running_cloud.reset()
    api = Api(_running_server.port)
    stage = build(api, _running_cloud)
    stage.keep()
    yield stage
    api.close()


@pytest.fixture
def stage(_built: Stage, cloud: LocalCloud) -> Stage:
    """The stage as it was built."""
    _built.set_back()
    return _built


@pytest.fixture
def given(request: pytest.FixtureRequest) -> str | None:
    """The one order to run, when somebody wants to see a failure again."""
    order: str | None = request.config.getoption("--schedule")
    return order
