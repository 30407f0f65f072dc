"""How measurements are shown: a Markdown table, one line of JSON, and on request a chart."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from bench import charts, saved


def table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table whose columns stand under each other; numbers to the right."""
    cells = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(head), *(len(row[at]) for row in cells)) for at, head in enumerate(heads)]
    right = [at > 0 for at in range(len(heads))]

    def line(row: Sequence[str]) -> str:
        padded = [
            cell.rjust(width) if number else cell.ljust(width)
            for cell, width, number in zip(row, widths, right, strict=True)
        ]
        return f"| {' | '.join(padded)} |"

    rule = [("-" * (width - 1) + ":") if number else "-" * width for width, number in zip(widths, right, strict=True)]
    return "\n".join([line(heads), line(rule), *(line(row) for row in cells)])


def number(value: Fraction | float, places: int = 2) -> str:
    """A figure for a person: whole ones without a point, the others rounded."""
    return f"{int(value)}" if value == int(value) else f"{float(value):.{places}f}".rstrip("0").rstrip(".")


def plain(value: Any) -> Any:
    """The same with every fraction as JSON can say it."""
    if isinstance(value, Fraction):
        return int(value) if value.denominator == 1 else round(value.numerator / value.denominator, 4)
    if isinstance(value, dict):
        return {str(name): plain(inner) for name, inner in value.items()}
    return [plain(inner) for inner in value] if isinstance(value, list | tuple) else value


SAVED = Path("--save")


def take_chart(parser: argparse.ArgumentParser) -> None:
    """Adds `--chart FILE` and `--save` to a measurement."""
    parser.add_argument("--chart", type=Path, metavar="FILE", help="write the chart there as SVG")
    parser.add_argument(
        "--save", action="store_const", dest="chart", const=SAVED, help="put figures and chart into docs/benchmarks.md"
    )


def show(text: str, found: dict[str, Any], chart: Path | None = None, drawn: charts.Bars | None = None) -> None:
    """Prints a measurement's table and, last, its line of JSON; writes its chart, or all of it, where that is asked for."""
    facts = plain(found)
    print(text)
    print(json.dumps(facts))
    if chart == SAVED:
        saved.save(text, facts, drawn)
    elif chart is not None and drawn is not None:
        chart.parent.mkdir(parents=True, exist_ok=True)
        chart.write_text(charts.svg(drawn))
