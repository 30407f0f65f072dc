"""The wiring diagram: one wallet of one clock and one storage, opened and closed without a trace."""

import threading
from typing import Any

from dev.cloud.clock import MovableClock
from dev.cloud.local import LocalCloud
from tests.faults.injector import Faults
from wallet_api.clock import Clock
from wallet_api.storage import Storage
from wallet_api.wallet import open_wallet
from wallet_api.wiring.part import Part


def everything_in(thing: Any, seen: set[int]) -> list[Any]:
    """All collaborators that can be reached from a part or a use case through its fields."""
    names = thing.names() if isinstance(thing, Part) else getattr(type(thing), "__match_args__", ())
    if id(thing) in seen:
        return []
    seen.add(id(thing))
    values = [getattr(thing, name) for name in names]
    return [*values, *(inner for value in values for inner in everything_in(value, seen))]


def test_all_parts_share_one_clock_and_one_storage(cloud: LocalCloud) -> None:
    """Moving the clock moves everything."""
    parts = everything_in(cloud.wallet, set())
    assert {id(part) for part in parts if isinstance(part, Storage)} == {id(cloud.wallet.storage)}
    clocks = [part for part in parts if isinstance(part, MovableClock)]
    assert len(clocks) > 1
    assert all(clock is cloud.clock for clock in clocks)


def test_opening_asks_no_table_and_closing_leaves_no_thread(cloud: LocalCloud, faults: Faults) -> None:
    """A cold start pays for secrets, not for DynamoDB."""
    clock: Clock = MovableClock()
    before = set(threading.enumerate())
    wallet = open_wallet(cloud.wallet.settings, clock=clock)
    assert faults.calls == []
    assert wallet.clock is clock
    with wallet.storage.trip() as trip:
        reads = [trip.call(lambda: 1) for _ in range(3)]
    assert [read() for read in reads] == [1, 1, 1]
    wallet.close()
    assert set(threading.enumerate()) <= before
