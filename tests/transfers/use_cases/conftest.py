"""Ada, who has money, and Bo, whom it is for."""

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import Someone, a_person
from tests.delaying import BALANCE


@pytest.fixture
def ada(api: Api, cloud: LocalCloud) -> Someone:
    return a_person(api, cloud, balance=BALANCE)


@pytest.fixture
def bo(api: Api, cloud: LocalCloud) -> Someone:
    return a_person(api, cloud)
