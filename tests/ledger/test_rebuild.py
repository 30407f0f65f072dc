"""Rebuild: what folding missed is written from the journal, with its move of the balance, and nothing else is touched."""

from datetime import timedelta

import pytest

from tests.faults.injector import Faults, ProcessDied
from tests.ledger_world import ADA, CARDS, SHOP, World
from wallet_api.clock import wallet_day
from wallet_api.ledger import chart
from wallet_api.ledger.days import DAY, place_of_day
from wallet_api.ledger.errors import AccountMissing
from wallet_api.ledger.folding import LINES_PER_WRITE
from wallet_api.ledger.rebuild import Rebuilt, journal_records, rebuild
from wallet_api.ledger.store import BALANCE, OPERATION
from wallet_api.ledger.verify import verify

PAYMENTS = 7


@pytest.fixture
def lost(world: World) -> World:
    """Seven payments of which folding saw the first three; the stream has forgotten the others."""
    world.open(ADA)
    world.fund(ADA, 1000)
    for amount in range(1, PAYMENTS + 1):
        world.send(ADA, SHOP, amount, fee=1)
    world.fold(world.records()[:4])
    return world


def test_an_account_is_made_whole_from_the_journal(lost: World) -> None:
    """M3, M22: days later the stream knows nothing, and the journal everything."""
    lost.cloud.clock.advance("9d")
    assert not verify(lost.ledger).holds
    assert rebuild(lost.wallet.folding, SHOP) == Rebuilt(lines=PAYMENTS, written=PAYMENTS - 3)
    assert lost.balance(SHOP) == sum(range(1, PAYMENTS + 1))
    assert lost.balance(chart.FEES) == 3, "another account is another rebuild"
    assert rebuild(lost.wallet.folding, chart.FEES).written == PAYMENTS - 3
    assert verify(lost.ledger).findings == []


def test_a_rebuild_of_what_is_whole_changes_nothing(lost: World) -> None:
    """O6."""
    assert lost.verified().holds
    before = lost.raw("accounts", SHOP, BALANCE)
    assert rebuild(lost.wallet.folding, SHOP) == Rebuilt(PAYMENTS, 0)
    assert rebuild(lost.wallet.folding, "merchant/mer_nobody") == Rebuilt(0, 0)
    assert lost.raw("accounts", SHOP, BALANCE) == before


def test_a_folding_that_comes_late_finds_the_rebuilt_lines(lost: World) -> None:
    """O6: rebuilt and redriven count once."""
    rebuild(lost.wallet.folding, SHOP)
    assert lost.fold() == []
    assert lost.balance(SHOP) == sum(range(1, PAYMENTS + 1))
    assert verify(lost.ledger).findings == []


def test_a_rebuild_never_sets_a_balance(lost: World) -> None:
    """M3: a forged balance stays as far off as it was, and goes on being named."""
    lost.fold()
    lost.tamper("accounts", SHOP, BALANCE, balances={"M": {"CNY": {"N": "5000"}}})
    rebuild(lost.wallet.folding, SHOP)
    assert lost.balance(SHOP) == 5000
    assert f"balance of {SHOP}: stored 5000 CNY, its lines sum to 28" in verify(lost.ledger).findings


def test_a_rebuild_that_dies_is_finished_by_the_next(world: World, faults: Faults) -> None:
    """M15: more lines than one write takes."""
    world.open(ADA)
    world.fund(ADA, 1000)
    for _ in range(LINES_PER_WRITE + 1):
        world.send(ADA, SHOP, 1)
    for nth, fault in ((2, "died before"), (5, "died after")):
        faults.clear()
        faults.hit(nth, fault)
        with pytest.raises(ProcessDied):
            rebuild(world.wallet.folding, SHOP)
    faults.clear()
    assert rebuild(world.wallet.folding, SHOP).lines == LINES_PER_WRITE + 1
    assert world.balance(SHOP) == LINES_PER_WRITE + 1


def test_a_wallet_that_lost_an_entry_gets_line_and_balance_back(lost: World) -> None:
    """M22: after a restore a transaction may be half present."""
    lost.fold()
    line = next(
        each for each in (raw for raw in lost.wallet.storage.scan(lost.ledger.account_items))
        if each["pk"]["S"] == ADA and each["sk"]["S"].startswith("line/") and each["amount"]["N"] == "-8"
    )  # fmt: skip
    lost.tamper("accounts", ADA, line["sk"]["S"])
    lost.tamper("accounts", ADA, BALANCE, balances={"M": {"CNY": {"N": str(lost.balance(ADA) + 8)}}})
    assert rebuild(lost.wallet.folding, ADA).written == 1
    assert verify(lost.ledger).findings == []


def test_a_wallet_that_was_never_opened_is_not_made(lost: World) -> None:
    """M6: no ghost account."""
    with pytest.raises(AccountMissing):
        rebuild(lost.wallet.folding, chart.customer("usr_nobody"))


def test_a_record_that_cannot_be_read_is_named_and_the_others_are_written(lost: World) -> None:
    lost.tamper("ledger", "broken", OPERATION, outcome={"S": "succeeded"})
    assert rebuild(lost.wallet.folding, SHOP) == Rebuilt(PAYMENTS, PAYMENTS - 3, ("broken",))


def test_the_journal_gives_the_records_of_a_time_again(world: World) -> None:
    """O6: for the handlers, they are what the stream brought."""
    world.open(ADA)
    world.fund(ADA, 100)
    world.cloud.clock.advance("1h")
    begun = world.cloud.clock.now()
    world.send(ADA, SHOP, 5)
    ended = world.cloud.clock.now()
    world.cloud.clock.advance("3d")
    world.send(ADA, SHOP, 7)
    records = list(journal_records(world.ledger, begun, ended))
    assert len(records) == 1
    assert world.fold(records) == []
    assert world.balance(SHOP) == 5
    everything = list(journal_records(world.ledger, begun - timedelta(days=1), world.cloud.clock.now()))
    assert world.fold(everything * 2) == []
    assert (world.balance(SHOP), world.balance(CARDS)) == (12, -100)


def test_a_record_that_cannot_be_read_is_given_again_whatever_its_time(lost: World) -> None:
    lost.tamper("ledger", "broken", OPERATION, outcome={"S": "succeeded"})
    late = lost.cloud.clock.now() + timedelta(days=1)
    records = list(journal_records(lost.ledger, late, late))
    assert lost.fold(records) == [f"broken {OPERATION}"]


def test_a_merchants_days_are_put_right(lost: World) -> None:
    """M3: `verify` names them, and nobody sets them by hand; what they say follows from the lines."""
    assert lost.verified().holds
    day = wallet_day(lost.cloud.clock.now())
    lost.tamper("accounts", place_of_day(SHOP, day), DAY, earned={"M": {"CNY": {"N": "0"}}})
    assert not verify(lost.ledger).holds
    assert rebuild(lost.wallet.folding, SHOP) == Rebuilt(PAYMENTS, 0, days=1)
    assert verify(lost.ledger).findings == []
