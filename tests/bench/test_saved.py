"""docs/benchmarks.md shows what was measured, and nothing that anybody typed."""

import json
import re
from pathlib import Path

import pytest

from bench import charts, saved
from bench.charts import Bars

PLACES = """# Figures

<!-- measured: cost -->
before it
<!-- /measured -->
between
<!-- measured: fold-ministack -->
<!-- /measured -->
"""


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A page of its own with two places, and nothing measured yet."""
    found = tmp_path / "benchmarks.md"
    found.write_text(PLACES, "utf-8")
    for name, path in (("PAGE", found), ("HOME", tmp_path / "benchmarks"), ("ROOT", tmp_path)):
        monkeypatch.setattr(saved, name, path)
    return found


def test_the_page_says_what_is_kept() -> None:
    """Whoever changes one without the other finds out here: `./wallet bench page` makes it anew."""
    text = saved.PAGE.read_text("utf-8")
    assert saved.filled(text) == text


def test_every_chart_is_drawn_from_what_is_kept() -> None:
    assert {path: path.read_text("utf-8") for path in saved.drawn()} == saved.drawn()


def test_a_chart_has_room_for_its_words_and_says_whole_numbers_whole() -> None:
    label = "a request whose name is longer than most of them are"
    drawn = charts.svg(Bars("Costs", "$", [""], [(label, [11_760.3]), ("short", [0.25])]))
    assert ">11,760<" in drawn
    assert ">0.25<" in drawn
    left = int(re.findall(r'<rect x="(\d+)"', drawn)[0])
    assert left > charts.LETTER * len(label)


def test_everything_kept_has_one_place_and_the_command_that_makes_it() -> None:
    kept = {path.stem: json.loads(path.read_text("utf-8")) for path in saved.HOME.glob("*.json")}
    names = saved.places(saved.PAGE.read_text("utf-8"))
    assert sorted(set(kept) & set(names)) == sorted(kept)
    assert len(names) == len(set(names))
    assert {name for name, each in kept.items() if saved.name_of(each["facts"]) != name} == set()
    assert {name for name, each in kept.items() if not each["command"].startswith("./wallet bench ")} == set()


def test_every_chart_on_the_page_is_there() -> None:
    charts = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", saved.PAGE.read_text("utf-8"))
    assert [each for each in charts if not (saved.PAGE.parent / each).is_file()] == []


def test_what_is_saved_fills_its_place_and_no_other(page: Path) -> None:
    bars = Bars("Costs", "$", [""], [("payment", [1.5])])
    saved.save("| figures |", {"verb": "cost", "engine": "moto"}, bars)
    text = page.read_text("utf-8")
    assert "| figures |\n\n![cost](benchmarks/cost.svg)\n" in text
    assert "before it" not in text
    assert text.endswith(PLACES[PLACES.index("between") :])
    assert (page.parent / "benchmarks" / "cost.svg").read_text("utf-8").startswith("<svg")


def test_another_engine_has_a_place_of_its_own(page: Path) -> None:
    saved.save("| 7 |", {"verb": "fold", "engine": "ministack"}, None)
    assert "| 7 |" in page.read_text("utf-8").partition("fold-ministack")[2]
    assert "before it" in page.read_text("utf-8")
