"""Keys in their order, so that a Query or a Scan looks at what it returns and at no more, however much lies beside it."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from typing import Any

Key = tuple[Any, ...]
"""What a partition is ordered by: its sort key first. Texts, numbers (Decimal) or bytes, as Python and DynamoDB both order them."""
Bounds = tuple[int, int]


class Order:
    """The keys of one partition. Most come after all that are there, which costs nothing; any other moves those behind it."""

    __slots__ = ("_keys",)

    def __init__(self) -> None:
        self._keys: list[Key] = []

    @staticmethod
    def of(key: Key) -> "Order":
        """That of one key."""
        made = Order()
        made.add(key)
        return made

    def __len__(self) -> int:
        return len(self._keys)

    def copy(self) -> "Order":
        """Another one with the same keys."""
        copied = Order()
        copied._keys = self._keys.copy()
        return copied

    def add(self, key: Key) -> None:
        """Puts a key in its place, once."""
        keys = self._keys
        if not keys or key > keys[-1]:
            keys.append(key)
            return
        place = bisect_left(keys, key)
        if keys[place] != key:
            keys.insert(place, key)

    def remove(self, key: Key) -> None:
        """Takes a key away, if it is there."""
        place = bisect_left(self._keys, key)
        if place < len(self._keys) and self._keys[place] == key:
            del self._keys[place]

    def walk(
        self, comparison: str | None = None, values: list[Any] | None = None, *, after: Key | None, forward: bool
    ) -> Iterator[Key]:
        """The keys whose first part satisfies the comparison, in order or in reverse, from beyond `after` on."""
        low, high = (0, len(self._keys)) if comparison is None else self._bounds(comparison, *(values or ()))
        if after is not None and forward:
            low = max(low, bisect_right(self._keys, after))
        elif after is not None:
            high = min(high, bisect_left(self._keys, after))
        places = range(low, high) if forward else range(high - 1, low - 1, -1)
        return (self._keys[place] for place in places)

    def holds(self, comparison: str | None, values: list[Any]) -> bool:
        """Whether there is a key whose first part satisfies the comparison."""
        return any(True for _ in self.walk(comparison, values, after=None, forward=True))

    def _bounds(self, comparison: str, value: Any, last: Any = None) -> Bounds:
        if comparison == "BEGINS_WITH":
            return self._begins_with(value)
        if comparison == "BETWEEN":
            return self._left(value), self._right(last)
        return _BOUNDS[comparison](self, value)

    def _begins_with(self, prefix: Any) -> Bounds:
        # What is cut to the prefix's length stays in order.
        length = len(prefix)
        return self._left(prefix), bisect_right(self._keys, prefix, key=lambda key: key[0][:length])

    def _left(self, value: Any) -> int:
        return bisect_left(self._keys, value, key=_first)

    def _right(self, value: Any) -> int:
        return bisect_right(self._keys, value, key=_first)


_BOUNDS: dict[str, Callable[[Order, Any], Bounds]] = {
    "=": lambda order, value: (order._left(value), order._right(value)),
    "<": lambda order, value: (0, order._left(value)),
    "<=": lambda order, value: (0, order._right(value)),
    ">": lambda order, value: (order._right(value), len(order)),
    ">=": lambda order, value: (order._left(value), len(order)),
}


def _first(key: Key) -> Any:
    return key[0]
