"""The pages of docs/ that follow from the code say what the code says."""

from pathlib import Path

import pytest

from chalicelib import messages
from dev import documents, statements

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


def test_every_statement_about_identity_personal_data_time_and_money_has_a_test_or_a_reason() -> None:
    known = {*documents.held(), *statements.WITHOUT_A_TEST}
    assert [each for each in statements.to_be_held() if each not in known] == []


def test_no_reason_for_having_no_test_outlives_it() -> None:
    assert sorted(set(statements.WITHOUT_A_TEST) & set(documents.held())) == []


def test_the_page_of_security_begins_with_the_threat_model_and_ends_with_what_has_no_test() -> None:
    page = documents.security_md()
    chapters = [line.removeprefix("## ") for line in page.splitlines() if line.startswith("## ")]
    assert chapters[0] == "What is guarded, and against whom"
    assert chapters[-2:] == ["What is deliberately not done", "What is held by which test"]
    assert all(f"- **{letter}{number}** " in page for letter, number in documents.reasons_for(documents.held()))
