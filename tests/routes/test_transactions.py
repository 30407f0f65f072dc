"""A history over HTTP: who may ask, and what the parameters mean."""

from datetime import timedelta, timezone
from typing import Any
from urllib.parse import quote

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import Shop, Someone, a_merchant, a_person, refused, send, signed_in_again

BEIJING = timezone(timedelta(hours=8))


@pytest.fixture
def ada(api: Api, cloud: LocalCloud) -> Someone:
    return a_person(api, cloud, balance=100_000)


@pytest.fixture
def bo(api: Api, cloud: LocalCloud) -> Someone:
    return a_person(api, cloud)


@pytest.fixture
def shop(cloud: LocalCloud) -> Shop:
    return a_merchant(cloud)


def rows(api: Api, someone: Someone, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.get(f"/v1/transactions{query}", token=someone.token).ok(200)["data"]
    return found


def test_a_stranger_sees_nothing(api: Api) -> None:
    refused(api.get("/v1/transactions"), 401, "not_authenticated")
    refused(api.get("/v1/transactions/ent_" + "0" * 26), 401, "not_authenticated")


def test_a_merchants_key_opens_no_persons_history_p4(api: Api, shop: Shop) -> None:
    """P4: another kind of caller has no such call."""
    refused(api.get("/v1/transactions", token=shop.key), 403, "wrong_caller")


def test_time_bounds_are_exact_and_a_day_is_beijings(api: Api, cloud: LocalCloud, bo: Someone, ada: Someone) -> None:
    cloud.clock.freeze()
    send(api, ada, bo, 1).ok(201)
    cloud.clock.advance("26h")
    ada = signed_in_again(api, ada)
    send(api, ada, bo, 2).ok(201)
    newer, older = (row["created_at"] for row in rows(api, ada, "?kind=transfer"))

    def amounts(query: str) -> list[int]:
        return [row["amount"]["amount"] for row in rows(api, ada, f"?kind=transfer&{query}")]

    assert amounts(f"from={newer}") == [2]
    assert amounts(f"to={newer}") == [1]
    assert amounts(f"from={older}&to={newer}") == [1]
    assert amounts("from=2020-01-01&to=2020-12-31") == []
    assert amounts("from=2999-01-01") == []
    assert amounts("from=1969-01-01&to=9999-12-30") == [2, 1]
    assert amounts(f"from={newer}&to={older}") == []
    local = cloud.clock.now().astimezone(BEIJING)
    assert amounts(f"from={local:%Y-%m-%d}") == [2]
    assert amounts(f"to={local:%Y-%m-%d}") == [2, 1]
    east = f"{local:%Y-%m-%dT%H:%M:%S}%2B08:00"
    assert amounts(f"from={east}") == [2]


@pytest.mark.parametrize(
    "query",
    [
        "from=yesterday",
        "from=2026-02-30",
        "from=2026-11-22T25:00:00Z",
        "from=2026-11-22T01:05:00",
        "from=0000-01-01",
        "to=9999-12-31",
        "from=20261122",
        "to=２０２６-11-22",
        "kind=gift",
        "kind=payment&kind=refund",
        "q=",
        "q=%00",
        "limit=0",
        "limit=101",
        "limit=ten",
        "cursor=AAAA",
        "cursor=bGluZS94",
        "since=2026-11-22",
    ],
)
def test_what_cannot_be_meant_is_refused(api: Api, ada: Someone, query: str) -> None:
    path = quote(f"/v1/transactions?{query}", safe="/?=&%")
    problem = refused(api.get(path, token=ada.token), 422, "invalid_request")
    assert problem["errors"][0]["pointer"] == query.partition("=")[0]
