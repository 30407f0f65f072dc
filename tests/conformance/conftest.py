"""What the wallet relies on of DynamoDB, asked of every engine: moto, ministack, and the endpoint in WALLET_ENGINE_URL if it is set.

What an engine does not do is a known difference: expected to fail here, told in docs/local-cloud.md, and found out when it is mended.
"""

import os
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from chalice.app import Chalice

from dev.cloud.local import LocalCloud
from tests.conformance.differences import KNOWN

REGION = "eu-central-1"
URL = os.environ.get("WALLET_ENGINE_URL")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "_engine" in metafunc.fixturenames:
        engines = ["moto", "ministack", *([URL] if URL else [])]
        metafunc.parametrize("_engine", engines, ids=["moto", "ministack", "url"][: len(engines)], scope="module")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for difference in KNOWN:
            if difference.shows_in(item.nodeid):
                item.add_marker(pytest.mark.xfail(reason=difference.title, strict=True))


@pytest.fixture(scope="module")
def _cloud(_engine: str) -> Iterator[LocalCloud]:
    app = Chalice("conformance", configure_logs=False)
    with LocalCloud.start(_engine, app=lambda: app, wallet=False, region=REGION) as cloud:
        yield cloud


@pytest.fixture
def local(_cloud: LocalCloud) -> LocalCloud:
    _cloud.reset()
    return _cloud


@pytest.fixture
def dynamodb(local: LocalCloud) -> Any:
    return local.session.create_client("dynamodb", region_name=REGION)


@pytest.fixture
def in_this_process(_engine: str) -> None:
    """The engine is ours to measure, and goes by the local clock."""
    if _engine == URL:
        pytest.skip("an endpoint of its own has its own clock, and no direct way to its records")


@pytest.fixture
def restless_threads() -> Iterator[None]:
    """Python changes threads far more often than it would, so that calls which are not kept apart get between each other."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(0.000_01)
    yield
    sys.setswitchinterval(usual)
