"""docs/operations.md as the commands read it: its sections, by the alarms that they are about."""

import re
from dataclasses import dataclass
from functools import cache

from dev.templates import ROOT

PAGE = ROOT / "docs" / "operations.md"
COMMON = ("Fails", "Throttled")
"""What every function's alarm may say, told once for all of them."""


@dataclass(frozen=True)
class Section:
    """A section about one alarm or several: its heading, and its text."""

    heading: str
    text: str

    @property
    def anchor(self) -> str:
        """As GitHub makes it of the heading."""
        return self.heading.lower().replace(",", "").replace(" ", "-")

    @property
    def commands(self) -> list[str]:
        """The lines of its blocks."""
        return commands_in(self.text)


def commands_in(text: str) -> list[str]:
    """Every line of every block of a page."""
    return [
        line for block in re.findall(r"^```\n(.*?)^```", text, re.DOTALL | re.MULTILINE) for line in block.splitlines()
    ]


@cache
def sections() -> dict[str, Section]:
    """By alarm."""
    alarms = PAGE.read_text("utf-8").partition("\n## The alarms\n")[2].partition("\n## ")[0]
    found = {}
    for part in alarms.split("\n### ")[1:]:
        heading, _, text = part.partition("\n")
        found.update(dict.fromkeys(heading.split(", "), Section(heading, text)))
    return found


def section_of(alarm: str) -> Section | None:
    """What to do about an alarm; None when the page does not say."""
    named = sections().get(alarm)
    if named is None:
        named = next((sections().get(f"Function{ending}") for ending in COMMON if alarm.endswith(ending)), None)
    return named
