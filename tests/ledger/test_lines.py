"""Lines: which an entry has follows from the entry alone, wherever and however often they are made."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from wallet_api.ids import new_id
from wallet_api.ledger.entry import Entry, move, postings
from wallet_api.ledger.lines import SHARDS, Line, lines_of, shard_of
from wallet_api.money import Money

NOW = datetime(2026, 11, 22, 15, 59, 59, tzinfo=UTC)


def entry(at: datetime = NOW) -> Entry:
    parts = postings(
        move(Money(100, "CNY"), "customer/usr_a", "merchant/mer_m"), move(Money(3, "CNY"), "merchant/mer_m", "fees")
    )
    return Entry(new_id("ent", at), "payment", at, "pay_1", parts)


def by_account(made: Entry) -> dict[str, Line]:
    return {line.account: line for line in lines_of(made, "op")}


def test_an_entry_has_a_line_for_each_account_it_changes() -> None:
    lines = by_account(entry())
    amounts = {account: line.money.amount for account, line in lines.items()}
    assert amounts == {"customer/usr_a": -100, "merchant/mer_m": 97, "fees": 3}
    assert lines["customer/usr_a"].other == "merchant/mer_m"
    assert lines["merchant/mer_m"].other == "customer/usr_a"
    assert all((line.kind, line.subject, line.operation) == ("payment", "pay_1", "op") for line in lines.values())


def test_a_line_has_one_place_for_ever() -> None:
    """Exactly once: the place is the mark, so it must not depend on when or where the line is made."""
    made = entry()
    assert [(line.pk, line.sk) for line in lines_of(made, "op")] == [
        (line.pk, line.sk) for line in lines_of(made, "op")
    ]


def test_a_wallets_statement_is_one_partition_in_the_order_of_time() -> None:
    early, late = by_account(entry()), by_account(entry(NOW + timedelta(seconds=1)))
    assert early["customer/usr_a"].pk == late["customer/usr_a"].pk == "customer/usr_a"
    assert early["customer/usr_a"].sk < late["customer/usr_a"].sk


def test_a_busy_accounts_day_is_spread_over_partitions() -> None:
    """M23: no key is a merchant's id alone, and an entry always goes to the same shard."""
    made = [entry() for _ in range(400)]
    places = Counter(by_account(each)["merchant/mer_m"].pk for each in made)
    assert len(places) == SHARDS
    assert max(places.values()) < 100
    assert all(place.startswith("merchant/mer_m/2026-11-22/") for place in places)
    assert shard_of(made[0].id) == shard_of(made[0].id)
    next_day = by_account(entry(NOW + timedelta(seconds=1)))["merchant/mer_m"].pk
    assert next_day.startswith("merchant/mer_m/2026-11-23/")


def test_two_currencies_are_two_lines() -> None:
    parts = postings(move(Money(1, "CNY"), "a", "b"), move(Money(1, "JPY"), "b", "a"))
    lines = list(lines_of(Entry("ent_1", "exchange", NOW, "fx_1", parts), "op"))
    assert len({(line.account, line.sk) for line in lines}) == 4
