"""Verify: whatever somebody changes behind the ledger's back is named."""

import pytest

from tests.ledger_world import ADA, BO, SHOP, World
from wallet_api.ledger.entry import Entry
from wallet_api.ledger.lines import Line, lines_of
from wallet_api.ledger.store import BALANCE, OPERATION
from wallet_api.ledger.verify import verify


@pytest.fixture
def entry(world: World) -> Entry:
    """A true ledger: two people, a merchant, and Ada's payment to the shop, which is given."""
    world.open(ADA, BO)
    world.fund(ADA, 100_00)
    world.send(ADA, BO, 5_00, fee=10)
    sent = world.send(ADA, SHOP, 20_00, "k")
    assert world.verified().holds
    replayed = world.raw("ledger", world.operation(ADA, "k").place, OPERATION)
    assert replayed is not None
    made = world.ledger.operation_items.from_raw_data(replayed).entry()
    assert made is not None
    assert made.id == sent.value
    return made


def line_of(world: World, entry: Entry, account: str) -> Line:
    return next(line for line in lines_of(entry, world.operation(ADA, "k").place) if line.account == account)


def findings(world: World) -> str:
    """What is named, in one text; without folding, which would only add what is missing."""
    report = verify(world.ledger)
    assert not report.holds
    return "\n".join(report.findings)


def test_a_true_ledger_has_no_findings_and_sums_to_nothing(world: World, entry: Entry) -> None:
    """M2, M3."""
    report = verify(world.ledger)
    assert report.findings == []
    assert (report.operations, report.entries, report.accounts) == (3, 3, 5)
    assert report.lines == 2 + 3 + 2
    assert report.totals == {"CNY": 0}


def test_an_empty_ledger_is_true(world: World) -> None:
    assert verify(world.ledger).holds


@pytest.mark.parametrize("account", [ADA, SHOP])
def test_a_changed_balance_is_named(world: World, entry: Entry, account: str) -> None:
    """M3."""
    world.tamper("accounts", account, BALANCE, balances={"M": {"CNY": {"N": "999999"}}})
    found = findings(world)
    assert f"balance of {account}: stored 999999 CNY" in found
    assert "sum to" in found


@pytest.mark.parametrize("account", [ADA, SHOP])
def test_a_removed_balance_is_named(world: World, entry: Entry, account: str) -> None:
    world.tamper("accounts", account, BALANCE)
    assert f"balance of {account}: stored 0 CNY" in findings(world)


@pytest.mark.parametrize("account", [ADA, SHOP])
def test_a_missing_line_is_named(world: World, entry: Entry, account: str) -> None:
    line = line_of(world, entry, account)
    world.tamper("accounts", line.pk, line.sk)
    found = findings(world)
    assert f"line {line.pk} {line.sk} is missing" in found
    assert f"balance of {account}" in found


def test_a_forged_line_is_named_even_when_the_balance_is_forged_with_it(world: World, entry: Entry) -> None:
    """M3: an insider who knows about the sums still has no entry."""
    line = line_of(world, entry, ADA)
    forged = world.raw("accounts", line.pk, line.sk) or {}
    world.tamper("accounts", line.pk, "line/ent_forged/CNY", **forged)
    balance = world.balance(ADA) + line.money.amount
    world.tamper("accounts", ADA, BALANCE, balances={"M": {"CNY": {"N": str(balance)}}})
    assert f"line {line.pk} line/ent_forged/CNY: holds" in findings(world)


@pytest.mark.parametrize(
    ("attribute", "value", "name"),
    [("amount", {"N": "-1"}, "money"), ("currency", {"S": "JPY"}, "money"), ("account", {"S": BO}, "account"),
     ("kind", {"S": "refund"}, "kind"), ("subject", {"S": "pay_other"}, "subject"), ("other", {"S": BO}, "other"),
     ("operation", {"S": "elsewhere"}, "operation"), ("at", {"S": "2020-01-01T00:00:00.000000Z"}, "at"),
     ("entry_id", {"S": "ent_other"}, "entry_id")],
)  # fmt: skip
def test_a_changed_line_is_named_with_what_differs(
    world: World, entry: Entry, attribute: str, value: dict[str, str], name: str
) -> None:
    line = line_of(world, entry, ADA)
    world.tamper("accounts", line.pk, line.sk, **{attribute: value})
    found = [each for each in findings(world).splitlines() if each.startswith(f"line {line.pk} {line.sk}")]
    assert len(found) == 1
    assert found[0].endswith("differ")
    assert name in found[0].rpartition(";")[2]


def test_a_changed_entry_is_named(world: World, entry: Entry) -> None:
    """M2: balanced, so that only the lines tell."""
    place = world.operation(ADA, "k").place
    image = world.raw("ledger", place, OPERATION) or {}
    for posting in image["postings"]["L"]:
        posting["L"][1]["N"] = str(int(posting["L"][1]["N"]) * 2)
    world.tamper("ledger", place, OPERATION, **image)
    found = findings(world)
    for account in (ADA, SHOP):
        line = line_of(world, entry, account)
        assert f"line {line.pk} {line.sk}" in found


def test_an_entry_that_does_not_balance_is_named(world: World, entry: Entry) -> None:
    """M2."""
    place = world.operation(ADA, "k").place
    image = world.raw("ledger", place, OPERATION) or {}
    image["postings"]["L"][0]["L"][1]["N"] = "-1"
    world.tamper("ledger", place, OPERATION, **image)
    assert f"journal {place} ({entry.id})" in findings(world)


def test_a_removed_operation_leaves_lines_that_no_entry_says(world: World, entry: Entry) -> None:
    place = world.operation(ADA, "k").place
    world.tamper("ledger", place, OPERATION)
    found = findings(world)
    for account in (ADA, SHOP):
        line = line_of(world, entry, account)
        assert f"line {line.pk} {line.sk}: holds {line.money} for {account}, and no entry says so" in found


def test_an_entry_that_is_there_twice_is_named(world: World, entry: Entry) -> None:
    place = world.operation(ADA, "k").place
    image = world.raw("ledger", place, OPERATION) or {}
    world.tamper("ledger", "copy", OPERATION, **image)
    assert f"entry {entry.id} is in" in findings(world)


@pytest.mark.parametrize("kind", ["balance", "line", "operation", "stray"])
def test_an_item_that_cannot_be_read_is_named_and_the_rest_is_still_checked(
    world: World, entry: Entry, kind: str
) -> None:
    line = line_of(world, entry, ADA)
    table, pk, sk = {
        "balance": ("accounts", BO, BALANCE),
        "line": ("accounts", line.pk, line.sk),
        "operation": ("ledger", world.operation(ADA, "k").place, OPERATION),
        "stray": ("accounts", ADA, "something"),
    }[kind]
    wrong = {"balances": {"S": "x"}, "amount": {"N": "1.5"}, "decided_at": {"S": "yesterday"}}
    world.tamper(table, pk, sk, **wrong)
    world.tamper("accounts", SHOP, BALANCE, balances={"M": {"CNY": {"N": "1"}}})
    found = findings(world)
    assert pk in found
    assert f"balance of {SHOP}: stored 1 CNY" in found


def test_a_wallet_below_zero_is_named(world: World) -> None:
    """M1: even when lines, entries and sums agree about it."""
    world.open(ADA)
    entry = world.fund(ADA, 100)
    for account, amount in ((ADA, -5), ("bank/cards", 5)):
        line = next(
            line for line in lines_of(entry, world.operation("system", "own-1").place) if line.account == account
        )
        world.fold()
        world.tamper("accounts", line.pk, line.sk, amount={"N": str(amount)})
        world.tamper("accounts", account, BALANCE, balances={"M": {"CNY": {"N": str(amount)}}})
    assert f"balance of {ADA} is below zero: -5 CNY" in findings(world)
