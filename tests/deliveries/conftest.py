"""A merchant, and its server, which the wallet may call meanwhile."""

from collections.abc import Iterator

import pytest

from dev.cloud.local import LocalCloud
from tests.build import Shop, a_merchant
from tests.receiver import Receiver
from tests.webhooks.endpoints import receiving


@pytest.fixture
def server(cloud: LocalCloud) -> Iterator[Receiver]:
    with receiving(cloud) as receiver:
        yield receiver


@pytest.fixture
def shop(cloud: LocalCloud) -> Shop:
    return a_merchant(cloud)
