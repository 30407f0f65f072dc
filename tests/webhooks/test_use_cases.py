"""A merchant's endpoints: made, changed, ended; their secrets sealed, shown once, rolled without a gap."""

from base64 import b64decode
from concurrent.futures import ThreadPoolExecutor

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import Shop, a_merchant, refused
from tests.webhooks.endpoints import URL, an_endpoint, raw_endpoint
from wallet_api.webhooks.errors import ClaimedElsewhere
from wallet_api.webhooks.model import MAX_ENDPOINTS, MAX_SECRETS


def test_a_stranger_has_no_endpoints_and_sees_none_p1(api: Api, cloud: LocalCloud) -> None:
    """P1: another merchant's endpoint is as missing as a made-up one."""
    shop, other = a_merchant(cloud), a_merchant(cloud)
    mine = an_endpoint(api, shop)["id"]

    refused(api.get("/v1/webhook_endpoints"), 401, "not_authenticated")
    assert api.get("/v1/webhook_endpoints", token=other.key).ok(200)["data"] == []
    for endpoint_id in (mine, "whk_" + "0" * 26, "x"):
        path = f"/v1/webhook_endpoints/{endpoint_id}"
        refused(api.get(path, token=other.key), 404, "not_found")
        refused(api.patch(path, {"description": "mine"}, token=other.key), 404, "not_found")
        refused(api.delete(path, token=other.key), 404, "not_found")
        refused(api.post(f"{path}/roll_secret", {}, token=other.key), 404, "not_found")
        refused(api.post(f"{path}/test", token=other.key), 404, "not_found")
        refused(api.get(f"{path}/deliveries", token=other.key), 404, "not_found")
        span = {"from": "2026-01-01T00:00:00Z", "to": "2026-01-02T00:00:00Z"}
        refused(api.post(f"{path}/replay", span, token=other.key), 404, "not_found")
    assert api.get(f"/v1/webhook_endpoints/{mine}", token=shop.key).ok(200)["description"] == ""


def test_a_secret_is_shown_once_and_kept_sealed_p26(api: Api, cloud: LocalCloud) -> None:
    """P26: 24 to 64 random bytes, another for each endpoint; what the table holds does not have them."""
    shop = a_merchant(cloud)
    made, other = an_endpoint(api, shop), an_endpoint(api, shop)

    secret = b64decode(made["secret"].removeprefix("whsec_"), validate=True)
    assert made["secret"].startswith("whsec_")
    assert 24 <= len(secret) <= 64
    assert made["secret"] != other["secret"]
    seen = api.get(f"/v1/webhook_endpoints/{made['id']}", token=shop.key).ok(200)
    assert seen == {**made, "secret": None}
    raw = str(raw_endpoint(cloud, shop, made["id"]))
    assert made["secret"].removeprefix("whsec_") not in raw
    assert secret.hex() not in raw


@pytest.mark.parametrize(
    "url",
    [
        "http://shop.example.org/",
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://localhost/",
        "https://user@shop.example.org/",
        "https://shop.example.org:22/",
        "https://intranet/",
    ],
)
def test_an_address_that_leads_inside_is_refused_before_anything_is_sent_p16(
    api: Api, cloud: LocalCloud, url: str
) -> None:
    """P16."""
    shop = a_merchant(cloud)
    made = an_endpoint(api, shop)

    for answer in (
        api.post("/v1/webhook_endpoints", {"url": url}, token=shop.key),
        api.patch(f"/v1/webhook_endpoints/{made['id']}", {"url": url}, token=shop.key),
    ):
        problem = refused(answer, 422, "invalid_request")
        assert [(each["pointer"], each["code"]) for each in problem["errors"]] == [("/url", "address_not_public")]
    assert len(api.get("/v1/webhook_endpoints", token=shop.key).ok(200)["data"]) == 1


def test_types_that_there_are_not_are_named(api: Api, cloud: LocalCloud) -> None:
    shop = a_merchant(cloud)
    wish = {"url": URL, "event_types": ["payment.*", "refnud.*", "payment.eaten"]}

    problem = refused(api.post("/v1/webhook_endpoints", wish, token=shop.key), 422, "invalid_request")

    assert [each["pointer"] for each in problem["errors"]] == ["/event_types/1", "/event_types/2"]


def test_an_endpoint_changes_what_is_named_and_nothing_else(api: Api, cloud: LocalCloud) -> None:
    shop = a_merchant(cloud)
    made = an_endpoint(api, shop, event_types=["refund.*"], description="Books")
    path = f"/v1/webhook_endpoints/{made['id']}"

    off = api.patch(path, {"status": "disabled"}, token=shop.key).ok(200)
    assert (off["status"], off["disabled_reason"], off["event_types"]) == ("disabled", "by_merchant", ["refund.*"])
    assert off["disabled_at"] is not None
    on = api.patch(path, {"status": "enabled", "event_types": ["*"]}, token=shop.key).ok(200)
    assert on == {**made, "secret": None, "event_types": ["*"]}
    assert api.get(path, token=shop.key).ok(200) == on


def test_a_removed_endpoint_is_gone_and_its_place_is_free(api: Api, cloud: LocalCloud) -> None:
    shop = a_merchant(cloud)
    for _ in range(2):
        made = [an_endpoint(api, shop)["id"] for _ in range(MAX_ENDPOINTS)]
        problem = refused(
            api.post("/v1/webhook_endpoints", {"url": URL}, token=shop.key), 409, "too_many_webhook_endpoints"
        )
        assert problem["limit"] == MAX_ENDPOINTS
        for endpoint_id in made:
            api.delete(f"/v1/webhook_endpoints/{endpoint_id}", token=shop.key).ok(200)
        refused(api.delete(f"/v1/webhook_endpoints/{made[0]}", token=shop.key), 404, "not_found")
    assert api.get("/v1/webhook_endpoints", token=shop.key).ok(200)["data"] == []


def test_endpoints_that_are_made_at_once_are_not_more_than_there_may_be(api: Api, cloud: LocalCloud) -> None:
    """The last place is one item: two requests cannot both have it."""
    shop = a_merchant(cloud)
    for _ in range(MAX_ENDPOINTS - 2):
        an_endpoint(api, shop)

    def make(_: int) -> int:
        client = api.fresh()
        try:
            return client.post("/v1/webhook_endpoints", {"url": URL}, token=shop.key).status
        finally:
            client.close()

    with ThreadPoolExecutor(6) as crowd:
        statuses = sorted(crowd.map(make, range(6)))

    assert statuses == [201, 201, 409, 409, 409, 409]
    assert len(api.get("/v1/webhook_endpoints", token=shop.key).ok(200)["data"]) == MAX_ENDPOINTS


def secrets_of(cloud: LocalCloud, shop: Shop, endpoint_id: str) -> list[bytes]:
    webhooks, clock = cloud.wallet.webhooks, cloud.clock
    with cloud.wallet.storage.trip() as trip:
        read = webhooks.reading(shop.id, endpoint_id, trip)
    found = read()
    assert found is not None
    return list(webhooks.signing(found, clock.now()))


def plain(view: dict[str, str]) -> bytes:
    return b64decode(view["secret"].removeprefix("whsec_"))


def test_while_a_secret_is_rolled_both_sign_and_then_the_new_one_alone_p27(api: Api, cloud: LocalCloud) -> None:
    """P27."""
    shop = a_merchant(cloud)
    first = an_endpoint(api, shop)
    path = f"/v1/webhook_endpoints/{first['id']}/roll_secret"

    second = api.post(path, {"overlap": 3600}, token=shop.key).ok(200)

    assert second["secrets"] == 2
    assert secrets_of(cloud, shop, first["id"]) == [plain(second), plain(first)]
    cloud.clock.advance("61m")
    assert secrets_of(cloud, shop, first["id"]) == [plain(second)]


def test_a_roll_without_an_overlap_ends_all_others_at_once(api: Api, cloud: LocalCloud) -> None:
    shop = a_merchant(cloud)
    first = an_endpoint(api, shop)
    path = f"/v1/webhook_endpoints/{first['id']}/roll_secret"
    for _ in range(MAX_SECRETS - 1):
        api.post(path, {}, token=shop.key).ok(200)

    problem = refused(api.post(path, {}, token=shop.key), 409, "webhook_secrets_rolling")
    assert problem["limit"] == MAX_SECRETS
    last = api.post(path, {"overlap": 0}, token=shop.key).ok(200)

    assert secrets_of(cloud, shop, first["id"]) == [plain(last)]


def test_rolls_at_the_same_time_lose_no_secret(api: Api, cloud: LocalCloud) -> None:
    shop = a_merchant(cloud)
    first = an_endpoint(api, shop)

    def roll(_: int) -> dict[str, str]:
        client = api.fresh()
        try:
            rolled: dict[str, str] = client.post(
                f"/v1/webhook_endpoints/{first['id']}/roll_secret", {}, token=shop.key
            ).ok(200)
            return rolled
        finally:
            client.close()

    with ThreadPoolExecutor(2) as crowd:
        rolled = list(crowd.map(roll, range(2)))

    assert {plain(first), *map(plain, rolled)} == set(secrets_of(cloud, shop, first["id"]))


def test_a_roll_that_saw_other_secrets_than_there_are_changes_nothing(api: Api, cloud: LocalCloud) -> None:
    shop = a_merchant(cloud)
    first = an_endpoint(api, shop)
    wallet = cloud.wallet
    with wallet.storage.trip() as trip:
        found = wallet.webhooks.reading(shop.id, first["id"], trip)
    seen = found()
    assert seen is not None
    second = api.post(f"/v1/webhook_endpoints/{first['id']}/roll_secret", {}, token=shop.key).ok(200)

    with pytest.raises(ClaimedElsewhere), wallet.storage.atomic_write() as write:
        wallet.webhooks.store.set_secrets(seen, (), write)

    assert secrets_of(cloud, shop, first["id"]) == [plain(second), plain(first)]
