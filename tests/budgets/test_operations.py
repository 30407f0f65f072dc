"""What asking for an operation costs: one trip, and one more for the object; abandoning is a trip and a write of two items."""

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import a_person, as_customer, key, send
from tests.faults.injector import injecting
from wallet_api.operations.errors import OperationUnknown


def test_asking_is_one_trip_whatever_became_of_it(api: Api, cloud: LocalCloud) -> None:
    ada, idem = a_person(api, cloud, balance=500_00), key()
    send(api, ada, a_person(api, cloud), 100, idem=idem).ok(201)
    caller, operations = as_customer(cloud, ada), cloud.wallet.operations
    with injecting() as faults:
        assert operations.get(caller, idem).status == "succeeded"
        assert [name for name, _ in faults.calls] == ["BatchGetItem"]
        faults.clear()
        with pytest.raises(OperationUnknown):
            operations.get(caller, key())
        assert [name for name, _ in faults.calls] == ["BatchGetItem"]


def test_abandoning_is_a_trip_and_a_write_of_two_items(api: Api, cloud: LocalCloud) -> None:
    """The record itself, and that nothing was begun with the acquirer."""
    ada, idem = a_person(api, cloud), key()
    with injecting() as faults:
        for _ in range(2):
            assert cloud.wallet.operations.abandon(as_customer(cloud, ada), idem).status == "abandoned"
    names = [name for name, _ in faults.calls]
    assert names == ["BatchGetItem", "TransactWriteItems", "BatchGetItem"]
    (written,) = faults.made("TransactWriteItems")
    assert sorted(next(iter(each)) for each in written["TransactItems"]) == ["ConditionCheck", "Put"]
