"""Headers have the forms that the edge takes."""

import re

import pytest

from chalicelib import headers
from chalicelib.errors import IdempotencyKeyMalformed
from chalicelib.openapi.parts import CLIENT, KEY
from wallet_api.clients.model import client_of


@pytest.mark.parametrize("key", ["a", "a b", "!~", "x" * 64, '"a"', " a", "a ", "é", "", "x" * 65, 'a"'])
def test_the_form_of_a_key_is_the_edges(key: str) -> None:
    promised = re.fullmatch(str(KEY["pattern"]), key) is not None and len(key) <= 64
    try:
        headers.well_formed(key)
    except IdempotencyKeyMalformed:
        assert not promised
    else:
        assert promised


def test_the_example_of_a_client_is_one() -> None:
    (example,) = CLIENT["examples"]
    assert client_of(example).platform == "ios"
