"""The words of examples are words of the document."""

from typing import Any

from chalicelib.openapi.answers import AMOUNTS, NOTHING, NUMBERS, OF_KIND, PREFIXES, STANDING, TEXTS


def fields_of(document: Any) -> dict[str, Any]:
    """Every field of every shape, by its name; of one that has several shapes the last."""
    return {
        name: shape
        for schema in document["components"]["schemas"].values()
        for name, shape in schema.get("properties", {}).items()
    }


def test_no_word_is_of_a_field_that_no_answer_has(document: Any) -> None:
    known = fields_of(document).keys()
    assert {*AMOUNTS, *NOTHING, *NUMBERS, *TEXTS} - known == set()
    assert {name for fields in OF_KIND.values() for name in fields} - known == set()


def test_no_value_is_shown_that_no_field_may_have(document: Any) -> None:
    text = str(document["components"]["schemas"])
    assert {each for each in STANDING if f"'{each}'" not in text} == set()


def test_every_kind_is_one_of_the_documents(document: Any) -> None:
    kinds = {name.removesuffix("_id") for name in fields_of(document)} | {
        str(one)
        for schema in document["components"]["schemas"].values()
        for one in schema.get("properties", {}).get("object", {}).get("enum", ())
    }
    paths = {word for path in document["paths"] for word in path.replace("_id}", "}").split("{")[1:]}
    kinds |= {word.partition("}")[0] for word in paths}
    assert PREFIXES.keys() - kinds == set()
    assert OF_KIND.keys() - kinds == set()
