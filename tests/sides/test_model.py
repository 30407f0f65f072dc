"""How another person is called in a message of ours."""

import re

import pytest

from wallet_api.people.model import Contact
from wallet_api.sides.model import name_for_others


@pytest.mark.parametrize(
    ("contact", "shown"),
    [
        (Contact("+8613812345678", "mei@example.com", "en"), "+86138****5678"),
        (Contact(None, "mei@call-me-now.example", "en"), "m***"),
    ],
)
def test_another_person_is_named_by_nothing_that_they_chose(contact: Contact, shown: str) -> None:
    """Not even by where their mail is: a phone makes a link of it, in a message of ours."""
    assert name_for_others(contact) == shown
    assert not re.search(r"\w\.\w", shown)
