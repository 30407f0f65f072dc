"""The one connection: bounded in time, and knowing the indexes that the tables have."""

import json
from datetime import timedelta
from pathlib import Path

from dev.cloud.local import LocalCloud
from dev.templates import table_specs
from wallet_api.storage import atomic, trips
from wallet_api.storage.connection import CONNECT_TIMEOUT_SECONDS, INDEXES, READ_TIMEOUT_SECONDS, client_config


def test_a_trip_and_a_write_stay_below_the_functions_timeout_together(cloud: LocalCloud) -> None:
    """O12, S50, S51: at the worst each ends its last call this long after its deadline."""
    call = timedelta(seconds=CONNECT_TIMEOUT_SECONDS + READ_TIMEOUT_SECONDS)
    longest = trips.DEADLINE + call + atomic.DEADLINE + call
    stages = json.loads(Path(".chalice/config.json").read_text("utf-8"))["stages"].values()
    for stage in stages:
        assert longest < timedelta(seconds=stage["lambda_timeout"]) < timedelta(seconds=29)
    config = cloud.wallet.storage._connection.client.meta.config
    assert (config.connect_timeout, config.read_timeout) == (CONNECT_TIMEOUT_SECONDS, READ_TIMEOUT_SECONDS)
    assert config.retries["total_max_attempts"] == 1


def test_other_services_are_asked_twice_at_most() -> None:
    """S50, A23: a message service that does not answer in time may get the message twice, and not five times."""
    assert client_config().retries == {"total_max_attempts": 2, "mode": "standard"}


def test_the_indexes_are_those_of_the_template(cloud: LocalCloud) -> None:
    for spec in table_specs(stage="local"):
        described = {
            index["IndexName"]: tuple(key["AttributeName"] for key in index["KeySchema"])
            for index in spec.get("GlobalSecondaryIndexes", [])
        }
        (name,) = [name for name, table in cloud.wallet.settings.tables.items() if table == spec["TableName"]]
        assert described == dict(INDEXES.get(name, {}))
