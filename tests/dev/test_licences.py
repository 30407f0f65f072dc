"""What is carried to Lambda may be carried, and is what the functions need alone."""

import re

import pytest

from dev.licences import ALLOWED, carried, licence_of
from dev.templates import ROOT


@pytest.mark.parametrize("name", sorted(carried()))
def test_its_licence_lets_it_be_carried(name: str) -> None:
    told = licence_of(name)
    assert any(word in told for word in ALLOWED), f"{name}: {told}"
    assert not re.search(r"\bA?GPL", told)


def test_no_tool_is_carried() -> None:
    """What only `-serve`, `-test` and `-contract` ask for is not in the functions' lock."""
    asked = set()
    for part in ("-serve", "-test", "-contract", "-ministack", "-lock"):
        lines = (ROOT / f"requirements{part}.in").read_text("utf-8").splitlines()
        asked |= {found[0].lower() for line in lines if (found := re.match(r"[\w.]+(?:-[\w.]+)*", line))}
    assert {"moto", "pytest", "schemathesis", "boto3"} <= asked
    assert not asked & {name.lower() for name in carried()}
