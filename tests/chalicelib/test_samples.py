"""Samples are what the endpoints take."""

import msgspec
import pytest

from chalicelib.http import Endpoint
from chalicelib.routes import every
from chalicelib.samples import NAMED, sample
from chalicelib.views import Body, MoneyIn

ENDPOINTS = [each for routes in every() for each in routes.endpoints if each.body is not None]


def sample_of(shape: type[msgspec.Struct]) -> object:
    (root,), components = msgspec.json.schema_components([shape])
    return sample(root, components)


@pytest.mark.parametrize("each", ENDPOINTS, ids=lambda each: f"{each.method} {each.path}")
def test_every_endpoint_takes_its_sample(each: Endpoint) -> None:
    assert each.body is not None
    assert msgspec.convert(sample_of(each.body), each.body)


def test_of_an_object_the_sample_holds_what_is_required() -> None:
    class Wish(Body):
        amount: MoneyIn
        note: str | None = None

    class Way(Body):
        phone: str | None = None
        email: str | None = None

    assert sample_of(Wish) == {"amount": {"amount": 1250, "currency": "CNY"}}
    assert sample_of(Way) == {"phone": NAMED["phone"]}
