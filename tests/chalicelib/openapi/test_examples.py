"""Examples of answers are answers that the document allows."""

from typing import Any

from jsonschema import Draft202012Validator


def test_every_answer_has_an_example_of_its_shape(document: Any) -> None:
    wrong = []
    for path, item in document["paths"].items():
        for method, told in item.items():
            for status, answer in told["responses"].items():
                content = answer.get("content", {}).get("application/json", {})
                if "$ref" not in content.get("schema", {}):
                    continue
                assert "example" in content, (method, path, status)
                check = Draft202012Validator({**content["schema"], "components": document["components"]})
                wrong += [
                    f"{method} {path}: {each.json_path} {each.message}"
                    for each in check.iter_errors(content["example"])
                ]
    assert wrong == []


def test_an_id_begins_as_its_kind_does(document: Any) -> None:
    made = document["paths"]["/v1/payments"]["post"]["responses"]["201"]["content"]["application/json"]["example"]
    assert made["id"].startswith("pay_")
    assert made["created_at"] == "2026-11-22T01:05:00Z"
