"""A body that is coded in another way, and what other people's apps add to the address of a page."""

import gzip
from typing import Any

import pytest

from dev.cloud.local import LocalCloud
from tests.build import a_merchant, key, refused
from tests.client import Api

BODY = b'{"amount":{"amount":1250,"currency":"CNY"},"description":"tea","order_id":"1"}'


def create(api: Api, cloud: LocalCloud, body: bytes, **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return api.post("/v1/payments", body=body, token=a_merchant(cloud).key, key=key(), headers=named)


@pytest.mark.parametrize("coding", ["gzip", "GZIP", "br", "deflate", "identity, gzip"])
def test_a_body_that_says_it_is_compressed_is_not_guessed_about(api: Api, cloud: LocalCloud, coding: str) -> None:
    for body in (BODY, gzip.compress(BODY)):
        answer = create(api, cloud, body, Content_Encoding=coding)
        refused(answer, 415, "unsupported_content_encoding")
        assert answer.headers["accept-encoding"] == "identity"
        assert answer.json["money_moved"] == "no"


@pytest.mark.parametrize("coding", ["", "identity", "Identity"])
def test_a_body_that_says_it_is_as_it_is_is_read(api: Api, cloud: LocalCloud, coding: str) -> None:
    create(api, cloud, BODY, Content_Encoding=coding).ok(201)


@pytest.mark.parametrize("parameter", ['; charset="utf-8"', ";", "; charset=UTF-8;", " ;charset=utf-8 "])
def test_a_character_set_is_named_in_each_of_the_ways_that_there_are(
    api: Api, cloud: LocalCloud, parameter: str
) -> None:
    """RFC 9110 section 5.6.6: a parameter's value may be quoted, and a semicolon may stand for none."""
    create(api, cloud, BODY, Content_Type=f"application/json{parameter}").ok(201)


ADDED = "from=singlemessage&isappinstalled=0&utm_source=mail&utm_source=again"


@pytest.mark.parametrize(
    "path", ["/docs", "/docs/guides", "/docs/guides/webhooks", "/docs/errors/not_found", "/docs/assets/pages.css", "/openapi.json"]
)  # fmt: skip
def test_an_address_that_an_app_added_to_is_still_the_pages(api: Api, path: str) -> None:
    passed_on, page = api.get(f"{path}?{ADDED}"), api.get(path)
    assert (passed_on.status, passed_on.body) == (200, page.body)


def test_a_parameter_that_an_api_call_does_not_read_is_still_somebodys_mistake(api: Api) -> None:
    """P2."""
    refused(api.get(f"/v1/health?{ADDED}"), 422, "invalid_request")
