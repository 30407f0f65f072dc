"""One wallet for all the bad input of a file; nothing in it may change."""

from collections.abc import Iterator

import pytest

from dev.cloud.local import LocalCloud
from dev.server import Server
from tests import build
from tests.contract.place import Place
from tests.promises import PromisedApi


@pytest.fixture(scope="module")
def place(_running_cloud: LocalCloud, _running_server: Server) -> Iterator[Place]:
    _running_cloud.reset()
    api = PromisedApi(_running_server.port)
    person = build.a_person(api, _running_cloud, balance=100_000)
    made = Place(api, _running_cloud, person, build.a_merchant(_running_cloud))
    api.get("/v1/events", token=made.shop.key).ok(200)  # so that the key's first use is noted already
    _running_cloud.pump.drain()
    yield made
    api.close()
