"""Secrets and settings of payment codes over HTTP."""

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import Someone, a_merchant, a_person, cny, refused
from tests.handset import Handset, a_handset, get_secret, scan, set_limit
from tests.shopping import at_once
from wallet_api.storage.items import Item

PATH = "/v1/devices/current/payment_code_secret"


@pytest.fixture
def ada(api: Api, cloud: LocalCloud) -> Someone:
    return a_person(api, cloud, balance=100_00)


def test_nobody_but_a_person_has_codes(api: Api, cloud: LocalCloud) -> None:
    for method, path in (("POST", PATH), ("DELETE", PATH), ("GET", "/v1/payment_code_settings")):
        assert api.call(method, path).status == 401
        assert api.call(method, path, token=a_merchant(cloud).key).status == 403


def test_a_device_has_one_secret(api: Api, cloud: LocalCloud, ada: Someone) -> None:
    """However many ask at once, one that was told works, and the others are over."""
    answers = at_once(api, *[lambda client: get_secret(client, ada)] * 4)
    told = [answer.json for answer in answers if answer.status == 201]
    assert told
    shop = a_merchant(cloud)
    paid = [scan(api, shop, Handset(cloud, each).code()).status for each in told]
    assert sorted(paid)[:1] == [201]
    assert paid.count(201) == 1


def test_what_is_told_is_all_that_a_device_needs_and_is_told_once(api: Api, ada: Someone) -> None:
    told = get_secret(api, ada).ok(201)
    assert (told["digits"], told["otp_digits"], told["period"], told["algorithm"]) == (18, 7, 20, "SHA256")
    assert len(told["prefix"]) + len(told["alias"]) + told["otp_digits"] == told["digits"]
    assert told["small_amount_limit"] == cny(200_00)
    assert get_secret(api, ada).ok(201)["secret"] != told["secret"]


def test_no_table_holds_what_a_code_could_be_made_from(api: Api, cloud: LocalCloud, ada: Someone) -> None:
    """Neither the secret nor a code: whoever reads the tables cannot pay."""
    told = get_secret(api, ada).ok(201)
    storage = cloud.wallet.storage
    kept = [str(raw) for items in _one_of_each_table(cloud) for raw in storage.scan(items)]
    assert any(told["alias"] in raw for raw in kept)
    assert not any(told["secret"] in raw for raw in kept)


def _one_of_each_table(cloud: LocalCloud) -> list[type[Item]]:
    store = cloud.wallet.payment_codes.store
    return [store.items, store.device_items, cloud.wallet.events.store.items]


def test_a_device_that_has_no_secret_has_none_to_stop(api: Api, cloud: LocalCloud, ada: Someone) -> None:
    refused(api.delete(PATH, token=ada.token), 404, "not_found")
    phone = a_handset(api, cloud, ada)
    api.delete(PATH, token=ada.token).ok(204)
    refused(scan(api, a_merchant(cloud), phone.code()), 403, "payment_code_refused")
    refused(api.delete(PATH, token=ada.token), 404, "not_found")


def test_the_settings_are_what_was_set(api: Api, ada: Someone) -> None:
    usual = api.get("/v1/payment_code_settings", token=ada.token).ok(200)
    assert (usual["limit"], usual["daily_limit"], usual["largest_limit"]) == (cny(200_00), cny(1_000_00), cny(1_000_00))
    set_limit(api, ada, 1_000_00).ok(200)
    assert api.get("/v1/payment_code_settings", token=ada.token).ok(200)["limit"] == cny(1_000_00)
    for amount in (-1, 1_000_01):
        assert refused(set_limit(api, ada, amount), 422, "invalid_request")["errors"][0]["pointer"] == "/limit/amount"


def test_the_sandbox_shows_what_a_phone_would(api: Api, cloud: LocalCloud, ada: Someone) -> None:
    """For who has a till and no phone."""
    assert api.get(f"/sandbox/payment_codes?user={ada.id}").ok(200)["data"] == []
    a_handset(api, cloud, ada)
    (shown,) = api.get(f"/sandbox/payment_codes?user={ada.id}").ok(200)["data"]
    assert shown["qr_svg"].startswith("<svg")
    assert shown["code_128_svg"].startswith("<svg")
    assert bytes.fromhex(shown["ndef"]).endswith(shown["payment_code"].encode())
    scan(api, a_merchant(cloud), shown["payment_code"]).ok(201)
    assert api.get("/sandbox/payment_codes").status == 422
