"""A small simulator of what DynamoDB does to payers who meet: transactions that conflict, partitions that are full.

What it assumes:
- a transaction holds its items from its begin to its end, `WRITE_MS` later; one that finds an item held is cancelled at once
  (`TransactionConflict`) and is sent again after the wallet's own pause (storage/pauses.py), as often as the wallet would;
- an item's partition takes 1,000 write units a second and saves up nothing; a write beyond that is throttled and comes again
  after the same pause. Every item is alone in its partition, the best that adaptive capacity can do;
- a reading trip takes `READ_MS` and is never refused; single writes of a trip (the PIN's reservation, an idempotency layer's
  records) take their units and `READ_MS`, and are refused while a transaction holds their item;
- a payer asks for the next payment as soon as one is done. Nothing else takes time.

It knows no rule of the wallet: it plays back which items a payment wrote, with how many units, as the meter saw it.
"""

from __future__ import annotations

import heapq
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from unittest.mock import patch

from wallet_api.storage import atomic, pauses

READ_MS, WRITE_MS = 5, 12
PARTITION_UNITS_A_SECOND = 1000


@dataclass(frozen=True)
class Step:
    """One round trip: the units that it writes to each item, and whether it is a transaction."""

    units: dict[str, int]
    transaction: bool


Payment = Sequence[Step]
"""What one payment does, step after step."""


@dataclass
class Outcome:
    """What came of a run: payments made, payments given up, and attempts refused by reason."""

    made: int = 0
    given_up: int = 0
    refused: Counter[str] = field(default_factory=Counter)


@dataclass
class Tables:
    """Items that are held, and the moment until which each partition is busy."""

    held: dict[str, int] = field(default_factory=dict)
    free_at: Counter[str] = field(default_factory=Counter)

    def refusal(self, step: Step, now: int) -> str | None:
        """Why a step is refused now (microseconds), or None."""
        if any(self.held.get(item, 0) > now for item in step.units):
            return "TransactionConflict"
        # Tenths of a second are forgiven, as a token bucket of a partition does.
        if any(self.free_at[item] > now + 100_000 for item in step.units):
            return "Throttling"
        return None

    def take(self, step: Step, now: int, until: int) -> None:
        for item, units in step.units.items():
            if step.transaction:
                self.held[item] = until
            self.free_at[item] = max(self.free_at[item], now) + units * 1_000_000 // PARTITION_UNITS_A_SECOND


def simulate(payers: Sequence[Payment], seconds: int, seed: int = 1) -> Outcome:
    """Every payer pays again and again for so long; the same seed gives the same run."""
    dice = random.Random(seed)
    tables, outcome = Tables(), Outcome()
    events = [(dice.randrange(20_000), number, 0, 1) for number in range(len(payers))]
    heapq.heapify(events)
    with patch.object(pauses, "random", dice):
        while events:
            now, payer, at, attempt = heapq.heappop(events)
            if now >= seconds * 1_000_000:
                continue
            step = payers[payer][at]
            refusal = tables.refusal(step, now)
            if refusal is not None:
                outcome.refused[refusal] += 1
                heapq.heappush(events, _again(outcome, now, payer, at, attempt))
                continue
            took = dice.randint(8, 12) * 100 * (WRITE_MS if step.transaction else READ_MS)
            tables.take(step, now, now + took)
            last = at == len(payers[payer]) - 1
            outcome.made += last
            heapq.heappush(events, (now + took, payer, 0 if last else at + 1, 1))
    return outcome


def _again(outcome: Outcome, now: int, payer: int, at: int, attempt: int) -> tuple[int, int, int, int]:
    """The next attempt, or the next payment of a payer whose patience is over."""
    if attempt == atomic.ATTEMPTS:
        outcome.given_up += 1
        return now, payer, 0, 1
    pause = pauses.pause_after(attempt)
    return now + pause // timedelta(microseconds=1), payer, at, attempt + 1
