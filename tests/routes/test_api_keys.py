"""API keys over HTTP: strangers and weak keys first."""

from datetime import timedelta

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import Shop, a_merchant, a_person, refused
from tests.selling import a_key, an_owned_shop
from tests.shopping import ask
from wallet_api.clock import rfc3339
from wallet_api.merchants.model import MAX_API_KEYS


@pytest.fixture
def shop(cloud: LocalCloud) -> Shop:
    return a_merchant(cloud)


def keys_of(shop: Shop) -> str:
    return f"/v1/merchants/{shop.id}/api_keys"


def test_a_merchants_key_with_another_merchants_id_finds_nothing(api: Api, cloud: LocalCloud, shop: Shop) -> None:
    """P24."""
    made, other, nobody = a_key(api, shop.key, shop.id), a_merchant(cloud), a_person(api, cloud)
    for token in (other.key, nobody.token):
        refused(api.get(keys_of(shop), token=token), 404, "not_found")
        refused(api.post(keys_of(shop), {"name": "mine"}, token=token), 404, "not_found")
        refused(api.post(f"{keys_of(shop)}/{made['id']}/roll", {}, token=token), 404, "not_found")
        refused(api.delete(f"{keys_of(shop)}/{made['id']}", token=token), 404, "not_found")
    refused(api.post(f"{keys_of(other)}/{made['id']}/roll", {}, token=other.key), 404, "not_found")
    refused(api.delete(f"{keys_of(other)}/{made['id']}", token=other.key), 404, "not_found")
    ask(api, Shop(shop.id, made["secret"])).ok(201)


def test_a_restricted_key_may_do_what_its_scopes_name_and_nothing_else(api: Api, shop: Shop) -> None:
    seller = Shop(shop.id, a_key(api, shop.key, shop.id, "payments:write")["secret"])
    payment = ask(api, seller).ok(201)
    api.get(f"/v1/payments/{payment['id']}", token=seller.key).ok(200)
    for path, scope in (
        (f"/v1/refunds?payment_id={payment['id']}", "refunds:read"),
        ("/v1/events", "events:read"),
        (keys_of(shop), "keys:read"),
        (f"/v1/merchants/{shop.id}", "merchant:read"),
    ):
        assert refused(api.get(path, token=seller.key), 403, "scope_missing")["scope"] == scope
    reader = Shop(shop.id, a_key(api, shop.key, shop.id, "payments:read")["secret"])
    api.get(f"/v1/payments/{payment['id']}", token=reader.key).ok(200)
    assert refused(ask(api, reader), 403, "scope_missing")["scope"] == "payments:write"


def test_no_key_gives_another_one_more_than_it_may_do(api: Api, shop: Shop) -> None:
    """P2: `keys:write` is not everything, neither by a new key nor by rolling a stronger one."""
    strong = a_key(api, shop.key, shop.id)
    weak = a_key(api, shop.key, shop.id, "keys:write", "payments:read")["secret"]
    refused(api.post(keys_of(shop), {"name": "all"}, token=weak), 403, "scope_missing")
    more = {"name": "more", "scopes": ["payments:read", "refunds:write"]}
    assert refused(api.post(keys_of(shop), more, token=weak), 403, "scope_missing")["scope"] == "refunds:write"
    refused(api.post(f"{keys_of(shop)}/{strong['id']}/roll", {}, token=weak), 403, "scope_missing")
    assert a_key(api, weak, shop.id, "payments:read", "keys:read")["scopes"] == ["payments:read", "keys:read"]


def test_a_key_is_shown_once_and_listed_without_its_secret(api: Api, cloud: LocalCloud) -> None:
    owner, shop = an_owned_shop(api, cloud)
    made = a_key(api, owner.token, shop.id, "payments:write")
    listed = api.get(keys_of(shop), token=owner.token).ok(200)["data"]
    assert listed[0]["id"] == made["id"]
    assert all("secret" not in each for each in listed)
    assert (listed[0]["prefix"], listed[0]["last4"]) == ("sk_test_", made["secret"][-4:])
    cloud.wallet.notifications.send_due()
    assert "API 密钥" in cloud.inbox.messages(owner.phone)[0].shown()["text"]


def test_a_rolled_key_goes_on_for_the_overlap_and_no_longer(api: Api, cloud: LocalCloud, shop: Shop) -> None:
    """P24."""
    old = a_key(api, shop.key, shop.id, "payments:write")
    new = api.post(f"{keys_of(shop)}/{old['id']}/roll", {"overlap": 3600}, token=shop.key).ok(201)
    assert (new["name"], new["scopes"]) == (old["name"], old["scopes"])
    former, present = Shop(shop.id, old["secret"]), Shop(shop.id, new["secret"])
    for _ in range(2):
        refused(
            api.post(f"{keys_of(shop)}/{old['id']}/roll", {"overlap": 604800}, token=shop.key),
            409,
            "api_key_not_active",
        )
    cloud.clock.advance("3599s")
    for each in (former, present):
        ask(api, each).ok(201)
    cloud.clock.advance("1s")
    refused(ask(api, former), 401, "api_key_revoked")
    ask(api, present).ok(201)
    statuses = {each["id"]: each["status"] for each in api.get(keys_of(shop), token=shop.key).ok(200)["data"]}
    assert (statuses[old["id"]], statuses[new["id"]]) == ("expired", "active")


def test_a_key_rolled_without_overlap_and_one_revoked_die_at_once(api: Api, shop: Shop) -> None:
    """P24."""
    old, other = a_key(api, shop.key, shop.id), a_key(api, shop.key, shop.id)
    new = api.post(f"{keys_of(shop)}/{old['id']}/roll", {"overlap": 0}, token=shop.key).ok(201)
    refused(ask(api, Shop(shop.id, old["secret"])), 401, "api_key_revoked")
    for _ in range(2):
        assert api.delete(f"{keys_of(shop)}/{other['id']}", token=shop.key).status == 204
    refused(ask(api, Shop(shop.id, other["secret"])), 401, "api_key_revoked")
    refused(api.post(f"{keys_of(shop)}/{other['id']}/roll", {}, token=shop.key), 409, "api_key_not_active")
    ask(api, Shop(shop.id, new["secret"])).ok(201)


def test_a_key_may_have_an_end(api: Api, cloud: LocalCloud, shop: Shop) -> None:
    until = rfc3339(cloud.clock.now() + timedelta(hours=1))
    made = a_key(api, shop.key, shop.id, expires_at=until)
    assert made["expires_at"] == until
    ask(api, Shop(shop.id, made["secret"])).ok(201)
    cloud.clock.advance("1h")
    refused(ask(api, Shop(shop.id, made["secret"])), 401, "api_key_revoked")
    past = {"name": "late", "expires_at": until}
    problem = refused(api.post(keys_of(shop), past, token=shop.key), 422, "invalid_request")
    assert [error["pointer"] for error in problem["errors"]] == ["/expires_at"]


def test_a_merchant_has_so_many_active_keys_and_no_more(api: Api, shop: Shop) -> None:
    """P3."""
    made = [a_key(api, shop.key, shop.id) for _ in range(MAX_API_KEYS - 1)]
    assert refused(api.post(keys_of(shop), {"name": "x"}, token=shop.key), 409, "too_many_api_keys")["limit"] == 50
    api.delete(f"{keys_of(shop)}/{made[0]['id']}", token=shop.key)
    a_key(api, shop.key, shop.id)
    first = api.get(f"{keys_of(shop)}?limit=50", token=shop.key).ok(200)
    second = api.get(f"{keys_of(shop)}?limit=50&cursor={first['next_cursor']}", token=shop.key).ok(200)
    assert len({each["id"] for each in first["data"] + second["data"]}) == MAX_API_KEYS + 1


@pytest.mark.parametrize("body", [{"name": "x", "scopes": []}, {"name": "x", "scopes": ["all"]}, {"name": ""},
                                  {"name": "x", "expires_at": "2035-01-01T00:00:00"}])  # fmt: skip
def test_what_is_no_key_is_refused(api: Api, shop: Shop, body: dict[str, object]) -> None:
    refused(api.post(keys_of(shop), body, token=shop.key), 422, "invalid_request")
