"""An operation says what an endpoint takes and answers."""

from typing import Any


def test_a_key_in_a_path_has_the_form_of_one(document: Any) -> None:
    (key,) = (
        each for each in document["paths"]["/v1/operations/{key}"]["get"]["parameters"] if each.get("name") == "key"
    )
    header = document["components"]["parameters"]["IdempotencyKey"]["schema"]
    assert key["schema"] == header
    assert header["pattern"]
