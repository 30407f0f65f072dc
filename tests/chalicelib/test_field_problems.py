"""Every field that is not acceptable is named at once, however deep it is, with what it takes."""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
import pytest
from msgspec import Meta

from chalicelib.field_problems import named, problems_of
from chalicelib.messages import LOCALES, field_detail

Category = Annotated[str, Meta(pattern=r"^[0-9]{4}$")]


class Contact(msgspec.Struct, forbid_unknown_fields=True):
    """Somebody to call."""

    name: Annotated[str, Meta(max_length=5)]
    phone: str
    email: str


class Form(msgspec.Struct, forbid_unknown_fields=True):
    """One of each kind of field."""

    category: Category = "5814"
    capture: bool | Literal["automatic", "manual"] = True
    scopes: list[Literal["read", "write"]] | None = None
    metadata: dict[Annotated[str, Meta(max_length=3)], Annotated[str, Meta(max_length=2)]] = {}
    contact: Contact | None = None
    others: list[Contact] = []
    amount: Annotated[int, Meta(ge=1)] = 1
    at: datetime | None = None
    few: Annotated[list[str], Meta(max_length=2)] = []


def found(**document: Any) -> dict[str, tuple[str, dict[str, Any]]]:
    return {each.pointer: (each.code, dict(each.facts)) for each in problems_of(document, Form)}


@pytest.mark.parametrize(
    ("document", "problems"),
    [
        ({"category": "tea"}, {"/category": ("wrong_format", {"pattern": "^[0-9]{4}$"})}),
        ({"capture": "later"}, {"/capture": ("unknown_value", {"allowed": "automatic, manual"})}),
        ({"scopes": ["read", "all"]}, {"/scopes/1": ("unknown_value", {"allowed": "read, write"})}),
        ({"few": ["a", "b", 1]}, {"/few": ("too_long", {"limit": 2}), "/few/2": ("wrong_type", {"expected": "string"})}),
        ({"amount": 0}, {"/amount": ("too_small", {"limit": 1})}),
        ({"amount": "1"}, {"/amount": ("wrong_type", {"expected": "integer"})}),
        ({"scopes": 1}, {"/scopes": ("wrong_type", {"expected": "array / null"})}),
        ({"at": 17}, {"/at": ("wrong_type", {"expected": "string (RFC 3339) / null"})}),
        ({"metadata": {"a": 1, "b": "long"}}, {
            "/metadata/a": ("wrong_type", {"expected": "string"}), "/metadata/b": ("too_long", {"limit": 2}),
        }),
        ({"metadata": {"a/~": 1}}, {"/metadata/a~1~0": ("wrong_type", {"expected": "string"})}),
        ({"metadata": {"name": "x"}}, {"/metadata": ("too_long", {"limit": 3})}),
        ({"contact": {"name": "Li Mei", "fax": "1"}}, {
            "/contact/name": ("too_long", {"limit": 5}), "/contact/fax": ("unknown_field", {}),
            "/contact/phone": ("required", {}), "/contact/email": ("required", {}),
        }),
        ({"others": [{"name": "Li", "phone": "1", "email": "e"}, {"name": "Li"}]}, {
            "/others/1/phone": ("required", {}), "/others/1/email": ("required", {}),
        }),
        ({"category": 1, "x": 1}, {"/category": ("wrong_type", {"expected": "string"}), "/x": ("unknown_field", {})}),
    ],
    ids=str,
)  # fmt: skip
def test_each_is_named_with_what_the_field_takes(document: dict[str, Any], problems: dict[str, Any]) -> None:
    """D15."""
    assert found(**document) == problems


def test_a_good_document_has_none() -> None:
    assert found(capture="manual", scopes=["read"], metadata={"a": "b"}, at="2026-11-22T01:05:00Z") == {}


def test_an_error_that_no_field_shows_is_told_of_the_whole() -> None:
    whole = named("Expected `object`, got `array`", Form)
    assert (whole.pointer, whole.code, dict(whole.facts)) == ("", "wrong_type", {"expected": "object"})
    assert (named("something new", Form).code, named("something new", Form).facts) == ("wrong_type", ())


@pytest.mark.parametrize("locale", LOCALES)
def test_what_a_field_takes_is_said_where_it_is_known(locale: Any) -> None:
    said = field_detail("unknown_value", locale, {"allowed": "automatic, manual"})
    assert "automatic, manual" in said
    plain = field_detail("unknown_value", locale, {})
    assert "…" not in plain
    assert "automatic" not in plain
