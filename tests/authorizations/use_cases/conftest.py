"""Two people, a shop and a phone that signs: who most tests of authorizations are about."""

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import Shop, Someone, a_merchant, a_person
from tests.signing import BALANCE, Phone, a_phone_of


@pytest.fixture
def ada(api: Api, cloud: LocalCloud) -> Someone:
    return a_person(api, cloud, balance=BALANCE)


@pytest.fixture
def bo(api: Api, cloud: LocalCloud) -> Someone:
    return a_person(api, cloud)


@pytest.fixture
def shop(cloud: LocalCloud) -> Shop:
    return a_merchant(cloud)


@pytest.fixture
def phone(api: Api, ada: Someone) -> Phone:
    return a_phone_of(api, ada)
