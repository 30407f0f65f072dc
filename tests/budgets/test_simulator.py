"""The simulator behind `./wallet bench hot-merchant`: conflicts and full partitions, as it says that it assumes them."""

from bench.simulator import PARTITION_UNITS_A_SECOND, Step, simulate

SECONDS = 5


def payer(number: int, *shared: str) -> list[Step]:
    """A trip that reserves on an own item, then a transaction on it and on what is shared."""
    own = f"customer-{number}"
    return [Step({own: 1}, transaction=False), Step({own: 2, **dict.fromkeys(shared, 2)}, transaction=True)]


def test_payers_who_share_no_item_never_meet() -> None:
    outcome = simulate([payer(number) for number in range(50)], SECONDS)
    assert outcome.made > 50 * SECONDS
    assert (outcome.given_up, dict(outcome.refused)) == (0, {})


def test_payers_who_share_an_item_conflict_and_pay_less() -> None:
    """M23: why a busy merchant's balance is not part of the payment."""
    apart = simulate([payer(number) for number in range(50)], SECONDS)
    together = simulate([payer(number, "merchant") for number in range(50)], SECONDS)
    assert together.refused["TransactionConflict"] > 0
    assert together.made < apart.made / 10


def test_a_partition_takes_its_thousand_units_a_second_and_no_more() -> None:
    writers = [[Step({"merchant": 10}, transaction=False)] for _ in range(50)]
    outcome = simulate(writers, SECONDS)
    allowed = SECONDS * PARTITION_UNITS_A_SECOND // 10
    assert outcome.refused["Throttling"] > 0
    assert allowed * 0.8 < outcome.made <= allowed * 1.1


def test_the_same_seed_is_the_same_run() -> None:
    payers = [payer(number, "merchant") for number in range(20)]
    first, again, other = (simulate(payers, 1, seed) for seed in (7, 7, 8))
    assert first == again
    assert first != other
