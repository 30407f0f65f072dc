"""What a request's calls cost, as DynamoDB tells it."""

from dev.cloud.local import LocalCloud
from wallet_api.ledger import chart
from wallet_api.storage import meters


def test_units_of_one_table_and_of_several_are_added() -> None:
    meter = meters.Meter()
    meter.add({"ConsumedCapacity": {"TableName": "ledger", "CapacityUnits": 2.5}})
    meter.add({"ConsumedCapacity": [{"CapacityUnits": 4.0}, {"CapacityUnits": 2.0}]})
    meter.add({})
    assert (meter.calls, meter.units) == (3, 8.5)


def test_a_trip_is_counted_in_its_request_and_nowhere_else(cloud: LocalCloud) -> None:
    with meters.of_request() as meter:
        _read(cloud)
        assert meters.current() is meter
    assert meter.calls == 1
    assert meters.current() is None
    _read(cloud)
    assert meter.calls == 1


def _read(cloud: LocalCloud) -> None:
    with cloud.wallet.storage.trip() as trip:
        cloud.wallet.ledger.accounts.find(chart.FEES, trip)
