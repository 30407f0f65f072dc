"""What is there already stays, what is missing is written with the rest of it."""

import pytest

from tests.ledger_world import World
from tests.storage.box import Boxes
from wallet_api.storage import AtomicWrite
from wallet_api.storage.additions import Add, add_missing


@pytest.fixture
def boxes(world: World) -> Boxes:
    return Boxes(world)


def additions(boxes: Boxes, *names: str, count: int) -> dict[str, Add]:
    def of(name: str) -> Add:
        def add(write: AtomicWrite, known: Exception) -> None:
            write.put(boxes.items(name, "box", count=count), known)

        return add

    return {name: of(name) for name in names}


def test_what_is_missing_is_added_and_what_is_there_stays(boxes: Boxes) -> None:
    """Brought again, in part or whole, it is there once and as it was."""
    assert add_missing(boxes.storage, additions(boxes, "one", "two", count=1)) == 2
    assert add_missing(boxes.storage, additions(boxes, "one", "two", "three", count=2)) == 1
    assert [boxes.get(name).count for name in ("one", "two", "three")] == [1, 1, 2]
    assert add_missing(boxes.storage, additions(boxes, "one", "three", count=3)) == 0
    assert add_missing(boxes.storage, {}) == 0
