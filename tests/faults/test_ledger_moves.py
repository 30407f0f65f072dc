"""Every fault at every storage call of a move: afterwards the same key gives one effect, and the ledger is true."""

from typing import Any

import pytest

from tests.faults.injector import FAULTS, Faults, ProcessDied
from tests.ledger_world import ADA, BO, PIN, SHOP, World
from wallet_api.errors import OutcomeUnknown, Unavailable, WalletError
from wallet_api.ledger.errors import InsufficientFunds
from wallet_api.storage.errors import StorageFault

TRANSACTION_FAULTS = [name for name in FAULTS if not name.endswith("left over")]
CALLS = 3
"""A move with a PIN: the reservation and the read at the same time, then the write. Later calls belong to what follows a fault."""


@pytest.fixture
def two(world: World) -> World:
    world.open(ADA, pin=PIN)
    world.open(BO)
    world.fund(ADA, 100_00)
    return world


def outcome(world: World, amount: int, target: str = BO) -> Any:
    """What the caller learns: an entry's id, a refusal, or nothing at all."""
    try:
        return world.send(ADA, target, amount, "k", pin=PIN, fee=1).value
    except (WalletError, StorageFault, ProcessDied) as failure:
        return failure


@pytest.mark.parametrize("times", [1, 30], ids=["once", "for long"])
@pytest.mark.parametrize("nth", range(1, CALLS + 2))
@pytest.mark.parametrize("fault", TRANSACTION_FAULTS)
def test_a_move_that_was_disturbed_happens_once(two: World, faults: Faults, fault: str, nth: int, times: int) -> None:
    """M1, M13, M15, M41, and the sixth invariant: wholly there or wholly absent, and the retry tells which."""
    faults.clear()
    faults.hit(nth, fault, times)
    first = outcome(two, 5_00)
    faults.clear()
    moved = two.balance(ADA) != 100_00
    if isinstance(first, WalletError):
        assert isinstance(first, Unavailable), "a fault is no refusal"
        assert first.money_moved == ("unknown" if isinstance(first, OutcomeUnknown) else "no")
        assert not moved or first.money_moved == "unknown"
    if isinstance(first, str):
        assert moved
    second = outcome(two, 5_00)
    assert isinstance(second, str)
    assert not isinstance(first, str) or first == second
    assert (two.balance(ADA), two.balance(BO), two.attempts(ADA)) == (100_00 - 5_01, 5_00, 0)
    report = two.verified()
    assert report.findings == []
    assert report.entries == 2


@pytest.mark.parametrize("nth", range(1, CALLS + 3))
@pytest.mark.parametrize("fault", TRANSACTION_FAULTS)
def test_a_refusal_that_was_disturbed_is_decided_once(two: World, faults: Faults, fault: str, nth: int) -> None:
    """M42: call four records the refusal. Whatever the first answer was, money that arrives later does not change the last."""
    faults.clear()
    faults.hit(nth, fault)
    first = outcome(two, 500_00)
    faults.clear()
    assert not isinstance(first, str)
    assert isinstance(outcome(two, 500_00), InsufficientFunds)
    two.fund(ADA, 1000_00)
    last = outcome(two, 500_00)
    assert isinstance(last, InsufficientFunds)
    assert last.recorded is not None
    assert (two.balance(ADA), two.attempts(ADA)) == (1100_00, 0)
    assert two.verified().holds


@pytest.mark.parametrize("fault", TRANSACTION_FAULTS)
def test_a_replay_that_was_disturbed_moves_nothing(two: World, faults: Faults, fault: str) -> None:
    """M38."""
    done = outcome(two, 5_00, SHOP)
    for nth in (1, 2, 3):
        faults.clear()
        faults.hit(nth, fault)
        again = outcome(two, 5_00, SHOP)
        assert again == done or not isinstance(again, str)
        faults.clear()
        assert outcome(two, 5_00, SHOP) == done
    assert two.balance(ADA) == 100_00 - 5_01
    assert two.verified().entries == 2
