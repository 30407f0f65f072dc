"""What the next request costs does not depend on how much is there."""

from bench.growth import GROWING, fill
from bench.meter import metered
from bench.use_cases import Bench
from dev.cloud.local import LocalCloud

MORE = 300


def test_units_and_trips_stay_the_same_as_the_journal_grows(cloud: LocalCloud) -> None:
    bench = Bench.open(cloud)
    bench.history()
    before = costs(bench)
    fill(bench, 0, MORE)
    assert costs(bench) == before


def costs(bench: Bench) -> dict[str, tuple[object, ...]]:
    found: dict[str, tuple[object, ...]] = {}
    for name, prepare in GROWING.items():
        request = prepare(bench)
        with metered() as meter:
            request()
        found[name] = (meter.names, meter.round_trips, meter.read_units, meter.write_units, meter.index_units)
    return found
