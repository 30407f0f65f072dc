"""Samples are what the endpoints take."""

import re

import msgspec
import pytest

from chalicelib.http import Endpoint
from chalicelib.routes import every
from chalicelib.samples import NAMED, sample
from chalicelib.views import Body, MoneyIn
from dev.cloud.local import LocalCloud
from tests.build import a_merchant, a_person, key
from tests.client import Api
from wallet_api.merchants.model import MerchantCaller

ENDPOINTS = [each for routes in every() for each in routes.endpoints if each.body is not None]


def sample_of(shape: type[msgspec.Struct]) -> object:
    (root,), components = msgspec.json.schema_components([shape])
    return sample(root, components)


@pytest.mark.parametrize("each", ENDPOINTS, ids=lambda each: f"{each.method} {each.path}")
def test_every_endpoint_takes_its_sample(each: Endpoint) -> None:
    assert each.body is not None
    assert isinstance(msgspec.convert(sample_of(each.body), each.body), each.body)


MEANT = {"invalid_request", "registration_refused", "contact_refused", "qr_damaged", "qr_unknown"}
"""What is said of a body that is right by its shape, and says nothing by its fields."""


@pytest.mark.parametrize("each", ENDPOINTS, ids=lambda each: f"{each.method} {each.path}")
def test_what_the_reference_shows_means_something_as_it_stands(api: Api, cloud: LocalCloud, each: Endpoint) -> None:
    """A newcomer sends the example first. It may name what is not there, or ask for what is not theirs; it is not refused itself."""
    token = None
    if each.callers:
        token = a_merchant(cloud).key if MerchantCaller in each.callers else a_person(api, cloud).token
    assert each.body is not None
    path = re.sub(r"\{(\w+)\}", f"pay_{'0' * 26}", each.path)
    answer = api.call(each.method, path, json=sample_of(each.body), token=token, key=key(), lang="en")
    assert answer.status < 500
    assert answer.status < 400 or answer.json["code"] not in MEANT, answer.text


def test_of_an_object_the_sample_holds_what_is_required() -> None:
    class Wish(Body):
        amount: MoneyIn
        note: str | None = None

    class Way(Body):
        phone: str | None = None
        email: str | None = None

    assert sample_of(Wish) == {"amount": {"amount": 1250, "currency": "CNY"}}
    assert sample_of(Way) == {"phone": NAMED["phone"]}
