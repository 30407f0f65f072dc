"""What is told of values and whole numbers, so that no generator has to guess, and none guesses 32 bits for money."""

from collections.abc import Iterator
from typing import Any

from chalicelib.openapi.exact import NAMED, SAMPLES, exact


def told(value: Any, named: bool = False) -> Iterator[Any]:
    """Every schema of a document, and whatever else is no sample of one."""
    if isinstance(value, list):
        for each in value:
            yield from told(each)
    elif isinstance(value, dict):
        if not named:
            yield value
        for key, inner in value.items():
            if named or key not in SAMPLES:
                yield from told(inner, key in NAMED and not named)


def test_every_whole_number_has_a_width_and_money_is_64_bits_wide(document: Any) -> None:
    """A client of Kotlin, Java, Go or C# reads what has none as 32 bits: 21,474,836.47 is the most that would go in."""
    numbers = [each for each in told(document) if "integer" in str(each.get("type"))]
    assert len(numbers) > 50
    assert [each for each in numbers if each.get("format") not in ("int32", "int64")] == []
    schemas = document["components"]["schemas"]
    for shape in ("MoneyIn", "MoneyView"):
        assert schemas[shape]["properties"]["amount"]["format"] == "int64", shape
    narrow = [each for each in numbers if each["format"] == "int32"]
    assert all(each["maximum"] < 2**31 for each in narrow if "maximum" in each)


def test_every_list_of_texts_and_every_fixed_text_is_told_as_text(document: Any) -> None:
    listed = [each for each in told(document) if "enum" in each or "const" in each]
    assert len(listed) > 100
    assert [each for each in listed if "type" not in each] == []


def test_what_is_no_schema_is_left_as_it_is() -> None:
    shape = {"properties": {"type": {"type": "integer", "minimum": 1, "maximum": 9}, "enum": {"const": 4}}}
    kept = {"example": {"type": "integer", "enum": ["a"]}, "default": {"type": "integer"}}
    assert exact({**shape, **kept}) == {
        "properties": {
            "type": {"type": "integer", "minimum": 1, "maximum": 9, "format": "int32"},
            "enum": {"const": 4},
        },
        **kept,
    }
    assert exact({"type": ["integer", "null"], "minimum": 0, "maximum": 2**31})["format"] == "int64"
    assert exact({"enum": ["a", None]}) == {"enum": ["a", None]}


def test_no_default_is_an_object_or_one_of_several_types(document: Any) -> None:
    """A generator would send the object, and makes of either what does not compile."""
    fields = [each for shape in document["components"]["schemas"].values() for each in shape["properties"].values()]
    assert [each for each in fields if "default" in each and ("anyOf" in each or "$ref" in each)] == []
    assert [each for each in fields if "default" in each] != []


def test_no_shape_is_called_as_another_ones_maker(document: Any) -> None:
    """In Go `NewCard` makes a `Card`: a shape of that name would be there twice."""
    names = set(document["components"]["schemas"])
    assert {name for name in names if name.startswith("New") and name.removeprefix("New") in names} == set()


def test_each_event_is_called_by_its_own_name(document: Any) -> None:
    """What has none is called by a generator as the first one that looks the same."""
    titles = {
        kind: item["post"]["requestBody"]["content"]["application/json"]["schema"]["title"]
        for kind, item in document["webhooks"].items()
    }
    assert titles["payment.succeeded"] == "PaymentSucceededEvent"
    assert len(set(titles.values()) | set(document["components"]["schemas"])) == len(titles) + len(
        document["components"]["schemas"]
    )


def test_calls_and_what_merchants_servers_are_sent_have_no_tag_in_common(document: Any) -> None:
    """A generator makes one file for each tag, and of two of one name it keeps one."""
    calls = {tag for item in document["paths"].values() for each in item.values() for tag in each["tags"]}
    sent = {tag for item in document["webhooks"].values() for tag in item["post"]["tags"]}
    assert calls & sent == set()
    assert calls | sent == {tag["name"] for tag in document["tags"]}


def test_a_refusal_has_one_shape_whatever_its_code(document: Any) -> None:
    """A generator makes one class of it, whose code is any text, so that a client outlives a code that is new."""
    refusals = [
        answer["content"]["application/problem+json"]
        for item in document["paths"].values()
        for each in item.values()
        for answer in each["responses"].values()
        if "application/problem+json" in answer.get("content", {})
    ]
    assert len(refusals) > 1000
    assert all(each["schema"] == {"$ref": "#/components/schemas/Problem"} for each in refusals)
    assert all(each["examples"] for each in refusals)
    assert "enum" not in document["components"]["schemas"]["Problem"]["properties"]["code"]
