"""Verify: whatever somebody changes behind the ledger's back is named."""

from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from tests.faults.injector import Faults
from tests.ledger_world import ADA, BO, SHOP, World, cny
from wallet_api.ledger import chart
from wallet_api.ledger.entry import Entry, move
from wallet_api.ledger.holds import Holder
from wallet_api.ledger.lines import Line, lines_of
from wallet_api.ledger.store import BALANCE, OPERATION
from wallet_api.ledger.verify import verify
from wallet_api.storage.errors import StorageBusy


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


@pytest.mark.parametrize("held", [{"CNY": {"N": "1"}}, {"CNY": {"N": "701"}}, {}], ids=["less", "more", "none"])
def test_what_is_held_and_was_not_set_aside_is_named(world: World, held: dict[str, Any]) -> None:
    """M3: in each direction; folded or not."""
    world.open(ADA, BO)
    world.fund(ADA, 100_00)
    hold = chart.hold("pay_1")
    world.book(move(cny(10_00), ADA, hold), kind="authorization", holder=Holder(ADA))
    world.book(move(cny(3_00), hold, ADA), kind="void", holder=Holder(ADA))
    assert verify(world.ledger).findings == [each for each in verify(world.ledger).findings if "held" not in each]
    assert world.verified().holds
    world.tamper("accounts", ADA, BALANCE, held={"M": held})
    stored = int(held.get("CNY", {"N": "0"})["N"])
    assert verify(world.ledger).findings == [f"held of {ADA}: stored {stored} CNY, the journal has set 700 aside"]


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


def test_a_wallet_with_money_set_aside_that_cannot_be_read_is_named_and_the_rest_is_still_checked(
    world: World, entry: Entry
) -> None:
    world.book(move(cny(10_00), ADA, chart.hold("pay_1")), kind="authorization", holder=Holder(ADA))
    assert world.verified().holds
    world.tamper("accounts", ADA, BALANCE, held={"S": "x"})
    world.tamper("accounts", SHOP, BALANCE, balances={"M": {"CNY": {"N": "1"}}})
    found = findings(world)
    assert f"{ADA} {BALANCE} cannot be read" in found
    assert f"balance of {SHOP}: stored 1 CNY" in found


@pytest.mark.parametrize("tampered", ["line", "balance", "held"])
def test_tables_that_do_not_answer_end_it_and_are_no_finding_and_no_silence(
    world: World, entry: Entry, faults: Faults, tampered: str
) -> None:
    """What differs is looked at once more, and neither named nor passed over unseen."""
    line = line_of(world, entry, ADA)
    if tampered == "line":
        world.tamper("accounts", line.pk, line.sk)
    else:
        name = "balances" if tampered == "balance" else "held"
        world.tamper("accounts", ADA, BALANCE, **{name: {"M": {"CNY": {"N": "7"}}}})
    faults.always("BatchGetItem", "throttled")
    with pytest.raises(StorageBusy):
        verify(world.ledger)


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


def restless(world: World, monkeypatch: pytest.MonkeyPatch, *accounts: str, payments: int = 70) -> None:
    """From now on the tables are read three items at a time, and now and then somebody pays and the stream is folded."""
    storage = world.wallet.storage
    pages = count(1)
    # In parts so large, what is written during the second reading is in one that is looked at again.
    monkeypatch.setattr("wallet_api.ledger.fingerprints.PARTS", 4)

    def page(item_type: Any, start: Any) -> Any:
        nth = next(pages)
        if nth % 3 == 0 and nth // 3 <= payments:
            world.send(ADA, accounts[nth % len(accounts)], 1, fee=1)
            world.fold()
        name = item_type.Meta.table_name
        return storage._connection.scan(name, exclusive_start_key=start, consistent_read=True, limit=3)

    monkeypatch.setattr(storage, "_scan_page", page)


@pytest.fixture
def walked(world: World) -> World:
    """Two wallets, and two merchants with a dozen payments each."""
    world.open(ADA, BO)
    world.fund(ADA, 100_00)
    world.fund(BO, 7)
    for _ in range(12):
        world.send(ADA, SHOP, 5, fee=1)
        world.send(ADA, chart.merchant("mer_quiet"), 6)
    assert world.verified().holds
    return world


def test_a_living_ledger_is_no_finding(walked: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """M3, M22: lines younger than the reading of the journal, and balances that move under the reading."""
    restless(walked, monkeypatch, SHOP, BO)
    report = verify(walked.ledger)
    assert report.findings == []
    assert set(report.unsettled) <= {ADA, BO, SHOP, chart.FEES}


def test_what_is_forged_in_a_living_ledger_is_named_even_so(walked: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """M3."""
    quiet = chart.merchant("mer_quiet")
    walked.tamper("accounts", quiet, BALANCE, balances={"M": {"CNY": {"N": "71"}}})
    restless(walked, monkeypatch, SHOP, BO)
    report = verify(walked.ledger)
    assert f"balance of {quiet}: stored 71 CNY, its lines sum to 72" in report.findings
    assert not [finding for finding in report.findings if finding.startswith(("line", "journal"))]


def test_lines_that_are_still_to_be_folded_are_awaited_for_a_while(world: World) -> None:
    """M22: a person's own line is never awaited, as it is written with the entry."""
    world.open(ADA)
    world.fund(ADA, 100)
    sent = world.send(ADA, SHOP, 5)
    report = verify(world.ledger, grace=timedelta(minutes=15))
    assert (report.findings, report.awaited) == ([], 2)
    world.tamper("accounts", ADA, f"line/{sent.value}/CNY")
    report = verify(world.ledger, grace=timedelta(minutes=15))
    assert any(finding.startswith(f"line {ADA}") and "is missing" in finding for finding in report.findings)
    world.cloud.clock.advance("16m")
    report = verify(world.ledger, grace=timedelta(minutes=15))
    assert (report.awaited, sum("is missing" in finding for finding in report.findings)) == (0, 3)


def test_when_nearly_everything_differs_a_bounded_part_is_named(walked: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A restore that lost all lines: memory stays bounded, and running it again after mending names the rest."""
    for raw in list(walked.wallet.storage.scan(walked.ledger.account_items)):
        if raw["sk"]["S"] != BALANCE:
            walked.tamper("accounts", raw["pk"]["S"], raw["sk"]["S"])
    monkeypatch.setattr("wallet_api.ledger.verify.LINES_HELD", 5)
    monkeypatch.setattr("wallet_api.ledger.scanning.NAMED", 8)
    report = verify(walked.ledger)
    assert len(report.findings) == 8
    assert report.found > 8
    assert any("more of" in finding for finding in report.findings)
