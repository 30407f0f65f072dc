"""`./wallet bench page`: puts what was measured into docs/benchmarks.md. Nobody types a figure.

A measurement with `--save` writes its figures to docs/benchmarks/NAME.json; its chart is drawn from there, and so is its place on the
page: between `<!-- measured: NAME -->` and `<!-- /measured -->`. A test compares the page with what lies there.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shlex
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from platform import python_version
from typing import Any

from bench import charts

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "benchmarks.md"
HOME = ROOT / "docs" / "benchmarks"
_PLACE = re.compile(r"(<!-- measured: (?P<name>[a-z-]+) -->\n).*?(<!-- /measured -->)", re.DOTALL)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./wallet bench page", description=__doc__)
    parser.parse_args(arguments)
    for path, chart in drawn().items():
        path.write_text(chart, "utf-8")
    PAGE.write_text(filled(PAGE.read_text("utf-8")), "utf-8")
    print(PAGE.relative_to(ROOT))
    return 0


def name_of(facts: dict[str, Any]) -> str:
    """Where figures are kept: by their verb, and by their engine unless it is the usual one."""
    engine = re.sub(r"[^a-z]+", "-", str(facts.get("engine", "moto"))).strip("-")
    return str(facts["verb"]) + ("" if engine == "moto" else f"-{engine}")


def save(text: str, facts: dict[str, Any], chart: charts.Bars | None) -> None:
    """Keeps a measurement, its chart and what it was made with, and shows it on the page."""
    name = name_of(facts)
    HOME.mkdir(exist_ok=True)
    kept = {
        "command": shlex.join(["./wallet", "bench", *sys.argv[1:]]),
        "made": datetime.now(UTC).date().isoformat(),
        "machine": f"{os.cpu_count()} processors, load {os.getloadavg()[1]:.1f}, Python {python_version()}",
        "chart": None if chart is None else asdict(chart),
        "text": text,
        "facts": facts,
    }
    (HOME / f"{name}.json").write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", "utf-8")
    main([])


def drawn() -> dict[Path, str]:
    """Every chart, by where it lies, drawn from the figures that are kept."""
    kept = {path: json.loads(path.read_text("utf-8"))["chart"] for path in sorted(HOME.glob("*.json"))}
    return {path.with_suffix(".svg"): charts.svg(charts.Bars(**chart)) for path, chart in kept.items() if chart}


def filled(page: str) -> str:
    """The page with every place filled from what is kept; a place for which nothing is kept stays as it is."""

    def fill(place: re.Match[str]) -> str:
        kept = HOME / f"{place['name']}.json"
        if not kept.exists():
            return place[0]
        return f"{place[1]}{_shown(place['name'], json.loads(kept.read_text('utf-8')))}{place[3]}"

    return _PLACE.sub(fill, page)


def places(page: str) -> list[str]:
    """The names of a page's places, in their order."""
    return [place["name"] for place in _PLACE.finditer(page)]


def _shown(name: str, kept: dict[str, Any]) -> str:
    day = datetime.fromisoformat(kept["made"])
    made = f"`{kept['command']}` on {day.day} {day:%B %Y}: {kept['machine']}."
    chart = f"\n![{name}](benchmarks/{name}.svg)\n" if kept["chart"] else ""
    return f"\n{made}\n\n{kept['text']}\n{chart}\n"
