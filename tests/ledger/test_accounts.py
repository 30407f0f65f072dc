"""Accounts: opened once, never by accident, and a PIN attempt that is counted before it is evaluated."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from tests.faults.injector import Faults
from tests.ledger_world import ADA, BO, PIN, World
from wallet_api.ledger.accounts import EVALUATED_WITHIN, MAX_ATTEMPTS, NEVER, Account, Payer, StaleAccount
from wallet_api.ledger.errors import AccountMissing, WalletClosed, WalletFrozen
from wallet_api.ledger.store import BALANCE


def reserve(world: World, account: str = ADA) -> Payer | None:
    with world.wallet.storage.trip() as trip:
        read = world.ledger.accounts.reserve_attempt(account, trip)
    return read()


def test_an_account_opens_empty_and_active_and_once(world: World) -> None:
    world.open(ADA)
    account = world.ledger.accounts.require(ADA)
    assert (account.status, account.balances, account.spent_day, account.attempts) == ("active", {}, NEVER, 0)
    assert account.balance("JPY").amount == 0
    world.fund(ADA, 5)
    with pytest.raises(StaleAccount):
        world.open(ADA)
    with pytest.raises(KeyError), world.wallet.storage.atomic_write() as write:
        world.ledger.accounts.open(ADA, write, taken=KeyError())
    assert world.balance(ADA) == 5


def test_an_account_that_was_never_opened_is_missing(world: World) -> None:
    """S29."""
    with pytest.raises(AccountMissing):
        world.ledger.accounts.require(ADA)
    with world.wallet.storage.trip() as trip:
        read = world.ledger.accounts.find(ADA, trip)
    assert read() is None


def test_a_reservation_counts_before_anybody_looks_at_the_pin(world: World) -> None:
    """A12."""
    world.open(ADA, pin=PIN)
    payer = reserve(world)
    assert payer is not None
    assert payer.reserved
    assert not payer.proven
    assert (payer.account.attempts, world.attempts(ADA)) == (1, 1)


def test_fifty_reservations_at_once_get_five(world: World) -> None:
    """A12, A49: parallel guesses are not free."""
    world.open(ADA, pin=PIN)
    with ThreadPoolExecutor(16) as pool:
        taken = [payer for payer in pool.map(lambda _: reserve(world), range(50)) if payer is not None]
    assert len(taken) == MAX_ATTEMPTS == world.attempts(ADA)


def test_without_a_pin_or_an_account_nothing_is_reserved_and_nobody_is_made(world: World) -> None:
    """M6: an update must not create a ghost."""
    world.open(ADA)
    assert reserve(world) is None
    assert reserve(world, BO) is None
    assert world.attempts(ADA) == 0
    assert world.raw("accounts", BO, BALANCE) is None


def test_giving_back_unproven_undoes_one_and_proven_undoes_all(world: World) -> None:
    world.open(ADA, pin=PIN)
    first, second = reserve(world), reserve(world)
    world.ledger.accounts.give_back(first)
    assert world.attempts(ADA) == 1
    world.ledger.accounts.give_back(first)
    assert world.attempts(ADA) == 1, "a reservation is given back once"
    assert second is not None
    second.proven = True
    reserve(world)
    world.ledger.accounts.give_back(second)
    assert world.attempts(ADA) == 0
    world.ledger.accounts.give_back(None)


def test_giving_back_after_somebodys_success_does_not_go_below_nothing(world: World) -> None:
    world.open(ADA, pin=PIN)
    payer = reserve(world)
    world.tamper("accounts", ADA, BALANCE, attempts={"N": "0"})
    world.ledger.accounts.give_back(payer)
    assert world.attempts(ADA) == 0


@pytest.mark.parametrize("fault", ["applied, no answer", "applied, 500"])
def test_an_attempt_is_given_back_once_however_often_the_call_is_sent(world: World, faults: Faults, fault: str) -> None:
    """M16: counting down twice would make a guess free."""
    world.open(ADA, pin=PIN)
    payers = [reserve(world) for _ in range(3)]
    faults.clear()
    faults.hit(1, fault, times=2)
    world.ledger.accounts.give_back(payers[0])
    assert world.attempts(ADA) == 2


def test_an_attempt_that_cannot_be_given_back_stays_counted_and_nothing_is_raised(world: World, faults: Faults) -> None:
    """What the request has to say must not be lost for it; over-counting is safe."""
    world.open(ADA, pin=PIN)
    payer = reserve(world)
    faults.always("TransactWriteItems", "throttled")
    world.ledger.accounts.give_back(payer)
    faults.clear()
    assert world.attempts(ADA) == 1


def test_restoring_rides_in_a_write_and_only_after_a_correct_pin(world: World) -> None:
    world.open(ADA, pin=PIN)
    payer = reserve(world)
    assert payer is not None
    with world.wallet.storage.atomic_write() as write:
        world.ledger.accounts.restore(payer, write)
    assert world.attempts(ADA) == 1
    payer.proven = True
    with world.wallet.storage.atomic_write() as write:
        world.ledger.accounts.restore(payer, write)
        world.ledger.accounts.restore(None, write)
    assert world.attempts(ADA) == 0


def test_a_new_pin_takes_the_place_of_the_one_that_was_read(world: World) -> None:
    """S27: two changes at once, and the second does not overwrite the first unseen."""
    world.open(ADA, pin=PIN)
    accounts = world.ledger.accounts
    read = accounts.require(ADA)
    reserve(world)
    for expected in (None, StaleAccount):
        write = world.wallet.storage.atomic_write()
        accounts.set_pin(read, f"hash-{expected}", 1, write)
        if expected is None:
            with write:
                pass
        else:
            with pytest.raises(expected), write:
                pass
    after = accounts.require(ADA)
    assert (after.pin_hash, after.attempts) == ("hash-None", 0)


def test_refresh_reads_the_account_again(world: World) -> None:
    world.open(ADA, pin=PIN)
    payer = reserve(world)
    world.set_status(ADA, "frozen")
    world.ledger.accounts.refresh(payer)
    world.ledger.accounts.refresh(None)
    assert payer is not None
    assert payer.account.status == "frozen"


def turn(world: World, to: str, account: str = ADA) -> None:
    with world.wallet.storage.atomic_write() as write:
        (world.ledger.accounts.freeze if to == "frozen" else world.ledger.accounts.unfreeze)(account, write)


def test_nothing_leaves_a_frozen_account_and_what_is_owed_still_arrives(two: World) -> None:
    """M7, M8."""
    for _ in range(2):
        turn(two, "frozen")
    with pytest.raises(WalletFrozen):
        two.send(ADA, BO, 1_00, "k")
    two.fund(ADA, 1_00)
    for _ in range(2):
        turn(two, "active")
    two.send(ADA, BO, 1_00, "another")
    assert (two.balance(ADA), two.balance(BO)) == (100_00, 1_00)


def test_what_is_not_there_or_closed_is_neither_frozen_nor_thawed(two: World) -> None:
    two.set_status(BO, "closed")
    for to in ("frozen", "active"):
        with pytest.raises(WalletClosed):
            turn(two, to, BO)
        with pytest.raises(AccountMissing):
            turn(two, to, "customer/usr_nobody")


NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
BLANK = Account(ADA, "active", "basic", {}, {}, NEVER, {}, None, None, 0, NOW)


@pytest.mark.parametrize(
    ("attempts", "wrong", "reserved_ago", "busy"),
    [
        (MAX_ATTEMPTS, 0, timedelta(), True),
        (MAX_ATTEMPTS, MAX_ATTEMPTS - 1, EVALUATED_WITHIN - timedelta(microseconds=1), True),
        (MAX_ATTEMPTS, MAX_ATTEMPTS - 1, EVALUATED_WITHIN, False),
        (MAX_ATTEMPTS, MAX_ATTEMPTS, timedelta(), False),
        (MAX_ATTEMPTS - 1, 0, timedelta(), False),
        (MAX_ATTEMPTS, 0, None, False),
    ],
    ids=["all in flight", "one in flight", "lost with its process", "all wrong", "there is one left", "never reserved"],
)
def test_a_pin_is_busy_while_what_used_its_attempts_up_may_still_be_right(
    attempts: int, wrong: int, reserved_ago: timedelta | None, busy: bool
) -> None:
    """A12, A14: a lock is told as one, and what will be free in a moment is not."""
    reserved_at = None if reserved_ago is None else NOW - reserved_ago
    account = replace(BLANK, attempts=attempts, wrong_pins=wrong, reserved_at=reserved_at)
    assert account.is_busy(NOW) is busy


def test_only_an_active_wallet_passes_and_the_others_say_why() -> None:
    BLANK.require_active()
    for status, refusal in {"frozen": WalletFrozen, "closed": WalletClosed, "": WalletFrozen}.items():
        with pytest.raises(refusal):
            replace(BLANK, status=status).require_active()
