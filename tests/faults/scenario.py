"""What a scenario of the matrix is, and the ends that many of them share."""

from collections.abc import Callable
from dataclasses import dataclass

from dev.client import Answer
from tests.build import send
from tests.faults.stage import Stage

Act = Callable[[str], Answer | None]
"""One request under an Idempotency-Key, sent as often as one likes; None for work that nobody waits for."""

AMOUNT = 1_00
MADE, DONE = ((201, ""),), ((200, ""),)


@dataclass(frozen=True)
class Scenario:
    """`ends` are status and code of the final answer (a code of "" for a success), `moves` the entries there are then.

    `charges`: the acquirer takes part, so there are as many entries as it charged, and the schedule may be what ends it.
    `decided`: the key was decided before, so the money has moved already.
    `sends`: the acquirer sends money for it, so its answer may be under way at first, and the schedule may be what ends it.
    `settles`: what it began is ended by the schedule at the latest, and only then all its entries are there.
    """

    endpoint: str
    name: str
    prepare: Callable[[Stage], Act]
    ends: tuple[tuple[int, str], ...]
    moves: int = 0
    decided: bool = False
    charges: bool = False
    sends: bool = False
    settles: bool = False
    check: Callable[[Stage, list[Answer]], None] = lambda stage, answers: None

    @property
    def id(self) -> str:
        """The scenario's name among all."""
        return f"{self.endpoint} {self.name}"


def all_attempts_are_given_back(stage: Stage, _answers: list[Answer]) -> None:
    """Faults may leave an attempt counted; the next payment that goes through gives it back."""
    send(stage.api, stage.ada, stage.bo, AMOUNT).ok(201)
    assert stage.attempts(stage.ada) == 0
