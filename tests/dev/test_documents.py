"""The pages of docs/ that follow from the code say what the code says."""

from pathlib import Path

import pytest

from chalicelib import messages
from dev import documents

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", sorted(documents.PAGES))
def test_a_made_page_is_as_new_as_the_code(name: str) -> None:
    written = (ROOT / name).read_text("utf-8")
    assert written == documents.PAGES[name](), f"{name} is old: ./wallet documents makes it anew"


def test_the_page_of_errors_lists_exactly_the_catalog() -> None:
    assert set(documents.our_errors()) == set(messages.catalog()) - {"fields"}
    page = documents.errors_md().partition("## What may be wrong with one field")[0]
    assert all(page.count(f"| `{code}` |") == 1 for code in documents.our_errors())


def test_a_statement_is_found_by_its_number() -> None:
    found = documents.held()
    assert ("tests/chalicelib/test_bodies.py", "brackets in strings are no depth") in found["P", 10]
