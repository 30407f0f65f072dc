"""What the other use cases may cost: round trips, items written at once, units. A rise is a decision, not an accident."""

import pytest

from bench.cost import measured
from bench.use_cases import MEASURED, PAYMENT, USUAL, Bench
from dev.cloud.local import LocalCloud

# Round trips, items in transactions, write units (those of indexes included).
MOST = {
    "payment, asked for": (2, 4, 9),
    "payment, confirmed": (2, 4, 10),
    "the same key again": (2, 1, 3),
    "payment, refused (no money)": (3, 7, 16),
    "payment, set aside": (2, 4, 11),
    "payment, captured": (2, 4, 10),
    "payment, canceled": (2, 2, 5),
    "payment at an outlet": (2, 5, 12),
    "payment by a mandate": (3, 7, 16),
    "merchant applied for": (2, 7, 18),
    "outlet opened": (2, 2, 5),
    "refund": (2, 5, 12),
    "refund asked for": (2, 5, 13),
    "the same, approved": (3, 7, 18),
    "transfer": (2, 6, 13),
    "transfer that arrives later": (2, 5, 12),
    "the same, taken back": (2, 4, 9),
    "top-up": (3, 8, 20),
    "top-up with a code (2 requests)": (5, 10, 29),
    "withdrawal": (3, 8, 22),
    "fee quote": (2, 2, 4),
    "GET wallet": (1, 0, 0),
    "GET payment": (1, 0, 0),
    "GET transactions, 20 a page": (2, 0, 0),
    "GET payments, 20 a page": (3, 0, 0),
    "GET events, 20 a page": (2, 0, 0),
    "registration (2 requests)": (9, 12, 32),
    "card bound (2 requests)": (6, 5, 12),
    "sign-in with TOTP (2 requests)": (4, 6, 16),
    "session refreshed": (2, 1, 2),
}


@pytest.fixture
def bench(cloud: LocalCloud) -> Bench:
    return Bench.open(cloud)


def test_every_use_case_stays_within_its_budget(bench: Bench) -> None:
    found = {}
    for name in MOST:
        front, _ = measured(bench, name)
        found[name] = (front.round_trips, front.items_in_transactions, front.write_units + front.index_units)
    over = {
        name: each
        for name, each in found.items()
        if any(is_ > most for is_, most in zip(each, MOST[name], strict=True))
    }
    assert over == {}


def test_every_measured_use_case_has_a_budget() -> None:
    assert set(MOST) == set(MEASURED) - {USUAL}


def test_the_usual_way_spends_two_writes_and_two_trips_more(bench: Bench) -> None:
    """What is compared with does pay, moves the same money, and keeps its key in a layer of its own."""
    ours, _ = measured(bench, PAYMENT)
    usual, _ = measured(bench, USUAL)
    assert usual.round_trips - ours.round_trips == 2
    layer = [call for call in usual.calls if any(each.sk == "idempotency" for each in call.written)]
    assert [call.write_units for call in layer] == [1, 1]
    assert usual.items_in_transactions - ours.items_in_transactions == 2
    (transaction,) = usual.transactions
    assert {each.pk.partition("/")[0] for each in transaction if each.sk == "balance"} == {"customer", "merchant"}
