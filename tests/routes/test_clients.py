"""Client policy over HTTP: an old app is told to update, in its person's language, and does nothing until it is."""

import pytest

from dev.cloud.local import LocalCloud
from tests.build import PIN, a_person, balance_of, cny, key, refused
from tests.client import Api
from wallet_api.clients.model import ClientPolicy

STORE = "https://apps.example.com/wallet"
IOS = {"platform": "ios", "minimum_version": "3.2", "advised_version": "3.4", "store_url": STORE}


@pytest.fixture
def _policy(cloud: LocalCloud) -> None:
    cloud.wallet.clients.publish(ClientPolicy("ios", "3.2", "3.4", STORE))


@pytest.mark.usefixtures("_policy")
@pytest.mark.parametrize(
    ("client", "status", "store_url"),
    [
        ("app/ios/3.4", "supported", STORE),
        ("app/ios/3.3.9", "update_advised", STORE),
        ("app/ios/3.1.99", "update_required", STORE),
        ("app/android/0.1", "supported", None),
        (None, None, None),
    ],
)
def test_an_app_learns_how_it_stands(api: Api, client: str | None, status: str | None, store_url: str | None) -> None:
    headers = {} if client is None else {"X-Client": client}
    shown = api.get("/v1/client_policy", headers=headers).ok(200)
    assert shown == {"object": "client_policy", "status": status, "store_url": store_url, "platforms": [IOS]}


@pytest.mark.usefixtures("_policy")
@pytest.mark.parametrize(("lang", "word"), [("en", "Please update the app"), ("zh-CN", "请更新应用")])
def test_an_old_app_moves_no_money_and_is_told_where_a_new_one_is(
    api: Api, cloud: LocalCloud, lang: str, word: str
) -> None:
    """O13: the refusal is no decision: the same key goes through after the update."""
    payer, payee, same = a_person(api, cloud, balance=5_000), a_person(api, cloud), key()
    body = {"to": {"phone": payee.phone}, "amount": cny(700), "authorization": {"pin": PIN}}
    old = api.post("/v1/transfers", body, token=payer.token, key=same, lang=lang, headers={"X-Client": "app/ios/3.1"})
    problem = refused(old, 426, "update_required")
    assert (problem["title"], problem["store_url"], problem["minimum"]) == (word, STORE, "3.2")
    assert problem["retry"] == "same_key"
    assert STORE in problem["detail"]
    assert balance_of(api, payee) == 0
    new = api.post("/v1/transfers", body, token=payer.token, key=same, headers={"X-Client": "app/ios/3.2"})
    new.ok(201)
    assert balance_of(api, payee) == 700


@pytest.mark.usefixtures("_policy")
def test_whoever_is_too_old_is_told_so_before_anything_else(api: Api) -> None:
    """P2: nobody with an old app is asked to sign in again first; health stays reachable."""
    old = {"X-Client": "app/ios/1"}
    refused(api.get("/v1/me", headers=old), 426, "update_required")
    refused(api.post("/v1/sessions", {"nonsense": 1}, headers=old), 426, "update_required")
    api.get("/v1/health", headers=old).ok(200)


def test_a_client_that_cannot_be_read_is_not_guessed_at(api: Api) -> None:
    """P13, P23."""
    for header in ("app/ios/latest", "app/ios/３", "", "Mozilla/5.0 (iPhone)", "app/ios/3\u202e"):
        refused(api.get("/v1/fees", headers={"X-Client": header}), 400, "client_malformed")
    twice = api.get("/v1/fees", headers=[("X-Client", "app/ios/1"), ("X-Client", "app/ios/9")])
    refused(twice, 400, "duplicate_header")


def test_who_does_not_name_themselves_is_as_welcome(api: Api) -> None:
    api.get("/v1/fees").ok(200)
