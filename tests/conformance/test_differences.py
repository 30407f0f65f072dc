"""What an engine does not do is told to whoever chooses it."""

from pathlib import Path

import pytest

from tests.conformance.differences import KNOWN, Difference

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "local-cloud.md"


@pytest.mark.parametrize("difference", KNOWN, ids=lambda difference: difference.title)
def test_each_known_difference_is_in_the_guide(difference: Difference) -> None:
    lines = GUIDE.read_text("utf-8").splitlines()
    assert any(line.startswith(f"| {difference.title}") for line in lines)
