"""The orders in which held calls are let go: every one that matters, some drawn by a seed, one after the other, or a given one.

`EveryOrder` goes through the tree of choices depth first. Two orders that differ only in neighbours that commute give the same
run, and one of them is enough: what was let go before is put to sleep in the branches after it, until something happens that
does not commute with it (sleep sets: P. Godefroid, Partial-Order Methods for the Verification of Concurrent Systems, 1996).
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.schedules.conductor import Label, Seen
from tests.schedules.footprints import Call

Held = Mapping[Label, Call]


@dataclass
class _Place:
    """A choice on the path: what could be let go, what sleeps, and what was chosen."""

    held: Held
    asleep: dict[Label, Call]
    chosen: Label

    @property
    def awake(self) -> list[Label]:
        return [label for label in self.held if label not in self.asleep]

    def asleep_after(self) -> dict[Label, Call]:
        """What still sleeps once the chosen call was made."""
        made = self.held[self.chosen]
        return {label: call for label, call in self.asleep.items() if call.commutes_with(made)}


class EveryOrder:
    """Use it as `choose` for one run after the other, calling `another` between them until it says no.

    It raises Seen in a run that turns out to be the same as an earlier one.
    """

    def __init__(self) -> None:
        self._path: list[_Place] = []
        self._depth = 0

    def __call__(self, held: Held) -> Label:
        if self._depth == len(self._path):
            asleep = self._path[-1].asleep_after() if self._path else {}
            awake = [label for label in held if label not in asleep]
            if not awake:
                raise Seen
            self._path.append(_Place(held, asleep, awake[0]))
        place = self._path[self._depth]
        assert list(place.held) == list(held), "the same choices led to another place: something random decides"
        self._depth += 1
        return place.chosen

    def another(self) -> bool:
        """Whether there is an order that was not tried; the next run takes it."""
        self._depth = 0
        while self._path:
            place = self._path[-1]
            place.asleep[place.chosen] = place.held[place.chosen]
            if place.awake:
                place.chosen = place.awake[0]
                return True
            self._path.pop()
        return False


@dataclass(frozen=True)
class OneAfterTheOther:
    """Every operation from beginning to end before the next one begins."""

    operations: Sequence[int]

    def __call__(self, held: Held) -> Label:
        return min(held, key=lambda label: (self.operations.index(label[0]), label))


class Drawn:
    """An order by a seed."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)

    def __call__(self, held: Held) -> Label:
        return self._dice.choice(list(held))


class Given:
    """An order that was written down; what it does not say goes by number."""

    def __init__(self, order: Sequence[Label]) -> None:
        self._left = list(order)

    def __call__(self, held: Held) -> Label:
        wanted = self._left.pop(0) if self._left else min(held)
        assert wanted in held, f"{wanted} is not held: the order was written for another scenario"
        return wanted
