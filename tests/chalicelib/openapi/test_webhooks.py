"""Every event that a merchant's server is sent is told as a webhook, with the shape of what arrives."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from chalicelib.openapi.webhooks import OF_PEOPLE
from wallet_api.events.model import TYPES


def test_every_type_is_there_and_what_only_people_are_told_is_not(document: Any) -> None:
    assert set(document["webhooks"]) == {kind for kind in TYPES if not kind.startswith(OF_PEOPLE)}


@pytest.mark.parametrize("kind", sorted(kind for kind in TYPES if not kind.startswith(OF_PEOPLE)))
def test_its_example_has_its_shape(document: Any, kind: str) -> None:
    content = document["webhooks"][kind]["post"]["requestBody"]["content"]["application/json"]
    check = Draft202012Validator({**content["schema"], "components": document["components"]})
    assert [error.message for error in check.iter_errors(content["example"])] == []
    other = {**content["example"], "type": "payment.unheard_of"}
    assert list(check.iter_errors(other))
