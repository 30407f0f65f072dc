"""Bar charts as SVG, drawn for the documentation: readable on white and on black, and the same bytes for the same figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

WIDTH, ROW, GAP, TOP = 760, 22, 10, 56
LETTER = 7.2
"""About how wide a letter of a label is."""
COLOURS = ("#2f7ed8", "#e08b3c", "#7a9a3a", "#9a6fb0")


@dataclass(frozen=True)
class Bars:
    """Groups of horizontal bars: for each label a value of each series. `unit` stands in the title's second line."""

    title: str
    unit: str
    series: Sequence[str]
    rows: Sequence[tuple[str, Sequence[float]]]


def svg(bars: Bars) -> str:
    """The chart as a document of its own."""
    thick = ROW if len(bars.series) == 1 else 14
    group = thick * len(bars.series) + GAP
    height = TOP + group * len(bars.rows) + 30
    highest = max((value for _, values in bars.rows for value in values), default=1) or 1
    left = round(20 + LETTER * max((len(label) for label, _ in bars.rows), default=0))
    scale = (WIDTH - left - 80) / highest
    face = f'width="{WIDTH}" height="{height}" font-family="system-ui, sans-serif" font-size="13" role="img"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" {face}>',
        f"<title>{escape(bars.title)}</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        _text(12, 22, bars.title, weight="bold"),
        _text(12, 42, bars.unit, fill="#666666"),
    ]
    for place, (label, values) in enumerate(bars.rows):
        y = TOP + place * group
        parts.append(_text(left - 8, y + (group - GAP) // 2 + 5, label, anchor="end"))
        for at, value in enumerate(values):
            top, long = y + at * thick, max(1, round(value * scale))
            colour = COLOURS[at % len(COLOURS)]
            parts.append(f'<rect x="{left}" y="{top}" width="{long}" height="{thick - 2}" fill="{colour}"/>')
            parts.append(_text(left + long + 5, top + thick - 5, figure(value), fill="#444444", size=11))
    parts.extend(_legend(bars.series, left, height) if len(bars.series) > 1 else [])
    return "\n".join([*parts, "</svg>"]) + "\n"


def figure(value: float) -> str:
    """A value beside its bar: four digits count, and thousands are kept apart."""
    return f"{round(value):,}" if value >= 1000 else f"{value:.4g}"


def _legend(series: Sequence[str], x: int, height: int) -> list[str]:
    parts = []
    for at, name in enumerate(series):
        colour = COLOURS[at % len(COLOURS)]
        parts.append(f'<rect x="{x}" y="{height - 22}" width="12" height="12" fill="{colour}"/>')
        parts.append(_text(x + 17, height - 11, name, size=12))
        x += 30 + 7 * len(name)
    return parts


def _text(
    x: int, y: int, text: str, *, anchor: str = "start", weight: str = "normal", fill: str = "#222222", size: int = 13
) -> str:
    return (
        f'<text x="{x}" y="{y}" text-anchor="{anchor}" font-weight="{weight}" font-size="{size}" '
        f'fill="{fill}">{escape(text)}</text>'
    )
