"""Storage's own reads: a partition in order, an index, a whole table."""

import pytest

from tests.faults.injector import Faults
from tests.ledger_world import World
from tests.storage.box import Boxes, BoxItem


@pytest.fixture
def boxes(world: World) -> Boxes:
    return Boxes(world)


def rows(boxes: Boxes, count: int) -> None:
    with boxes.storage.atomic_write() as write:
        for number in range(count):
            write.replace(boxes.items("a", f"row/{number:03}", count=number))
        write.replace(boxes.items("a", "other", count=-1))


def test_a_partition_is_read_in_order_consistently_and_from_a_place(boxes: Boxes, faults: Faults) -> None:
    """M20."""
    rows(boxes, 10)
    found = boxes.storage.query(boxes.items, "a", prefix="row/", limit=3)
    assert [each.count for each in found] == [0, 1, 2]
    after = boxes.storage.query(boxes.items, "a", prefix="row/", after=found[-1].sk, limit=3)
    assert [each.count for each in after] == [3, 4, 5]
    last = boxes.storage.query(boxes.items, "a", prefix="row/", limit=2, newest_first=True)
    assert [each.count for each in last] == [9, 8]
    assert all(call["ConsistentRead"] for call in faults.made("Query"))


def test_an_index_is_bounded_from_above(boxes: Boxes) -> None:
    for number in range(5):
        boxes.add(f"o{number}", owner_bucket="mer_1/0", owner_order=f"{number}")
    up_to = boxes.storage.query_index(boxes.items, "by_owner", "mer_1/0", up_to="2")
    before = boxes.storage.query_index(boxes.items, "by_owner", "mer_1/0", before="2", newest_first=True)
    assert [row["owner_order"]["S"] for row in up_to] == ["0", "1", "2"]
    assert [row["owner_order"]["S"] for row in before] == ["1", "0"]


def test_a_scan_reads_every_page_of_the_table(boxes: Boxes, faults: Faults, monkeypatch: pytest.MonkeyPatch) -> None:
    rows(boxes, 20)
    connection = boxes.storage._connection
    real = connection.scan
    monkeypatch.setattr(connection, "scan", lambda name, **options: real(name, **{**options, "limit": 6}))
    assert len(list(boxes.storage.scan(boxes.items))) == 21
    assert len(faults.made("Scan")) == 4


def test_reads_are_tried_again_while_the_table_is_busy(boxes: Boxes, faults: Faults) -> None:
    rows(boxes, 1)
    for ask in (
        lambda: boxes.storage.query(boxes.items, "a"),
        lambda: list(boxes.storage.scan(boxes.items)),
        lambda: boxes.storage.query_index(boxes.items, "by_owner", "x"),
    ):
        faults.hit(1, "throttled", times=2)
        ask()


def test_two_classes_bound_from_one_keep_their_own_table(boxes: Boxes, world: World) -> None:
    class EphemeralItem(BoxItem):
        table = "ephemeral"

    tables = world.wallet.settings.tables
    assert boxes.storage.bind(EphemeralItem).Meta.table_name == tables["ephemeral"]
    assert boxes.storage.bind(BoxItem).Meta.table_name == tables["records"]
