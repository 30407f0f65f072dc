"""Who tops up, and what holds after every top-up."""

from collections.abc import Iterator

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import Someone, a_person
from wallet_api.ledger.verify import verify


@pytest.fixture
def someone(api: Api, cloud: LocalCloud) -> Someone:
    """A registered person without a card."""
    return a_person(api, cloud)


@pytest.fixture
def books(cloud: LocalCloud) -> Iterator[None]:
    """After the test, balances, lines and entries agree and sum to zero."""
    yield
    cloud.pump.drain()
    assert verify(cloud.wallet.ledger).findings == []
