"""docs/guards.md names tests that are there."""

import ast
import re
from pathlib import Path

TESTS = Path(__file__).parent
NAMED = re.compile(r"`([\w/]+\.py)::(\w+)`")


def test_every_guard_names_tests_that_exist() -> None:
    rows = [row for row in (TESTS.parent / "docs/guards.md").read_text("utf-8").splitlines() if row.startswith("| ")]
    guards = [row for row in rows if not row.startswith(("| Guard", "| ---"))]
    assert guards
    for row in guards:
        named = NAMED.findall(row)
        assert named, row
        for file, name in named:
            tree = ast.parse((TESTS / file).read_text("utf-8"))
            assert name in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}, (
                f"{file}::{name}"
            )
