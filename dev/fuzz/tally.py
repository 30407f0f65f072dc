"""What was answered: how often each operation was asked what is right by its shape, and how often it said yes."""

import json
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any


class Tally:
    """Counts by operation; schemathesis' process writes it, the verb reads it."""

    def __init__(self) -> None:
        self.answers: dict[str, Counter[str]] = defaultdict(Counter)
        self.undone: Counter[str] = Counter()

    def answered(self, operation: str, right: bool, status: int, code: str = "") -> None:
        """One answer; `right` is whether the request was right by its shape."""
        self.answers[operation][f"{'right' if right else 'wrong'} {status} {code}".strip()] += 1

    def not_done(self, errand: str, why: str) -> None:
        """What had to be done before a call could not be done."""
        self.undone[f"{errand}: {why}"] += 1

    def add(self, other: "Tally") -> None:
        """What another run counted."""
        for name, counts in other.answers.items():
            self.answers[name].update(counts)
        self.undone.update(other.undone)

    def write(self, path: Path) -> None:
        path.write_text(json.dumps({"answers": self.answers, "undone": self.undone}))

    @classmethod
    def read(cls, path: Path) -> "Tally":
        """Empty when the run left none."""
        made = cls()
        told: Any = json.loads(path.read_text()) if path.exists() else {"answers": {}, "undone": {}}
        made.answers |= {name: Counter(counts) for name, counts in told["answers"].items()}
        made.undone.update(told["undone"])
        return made

    def yes(self, operation: str) -> int:
        """How often an operation answered 2xx."""
        return sum(times for said, times in self.answers[operation].items() if said.split()[1].startswith("2"))

    def never(self) -> list[str]:
        """The operations that never answered 2xx: nothing behind their refusals was tried."""
        return sorted(name for name in self.answers if not self.yes(name))

    def lines(self) -> list[str]:
        """One for each operation: how many were asked, how many said yes, and the refusals that came most."""
        shown = []
        for name, counts in sorted(self.answers.items()):
            refusals = Counter({said: times for said, times in counts.items() if not said.split()[1].startswith("2")})
            most = ", ".join(f"{times} × {said}" for said, times in refusals.most_common(3))
            shown.append(f"{self.yes(name):6} of {counts.total():6}  {name}  {most}")
        return shown
