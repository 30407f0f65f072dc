"""Merchants as an operator makes them, and their keys as servers use them, over HTTP."""

from collections.abc import Callable
from typing import Any

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import a_merchant, as_merchant, key, refused
from tests.faults.injector import Faults
from tests.shopping import a_payment, ask
from wallet_api.errors import Invalid, NotFound
from wallet_api.ids import new_id
from wallet_api.ledger import chart


def test_a_key_that_was_never_issued_is_refused_without_asking_the_tables(
    api: Api, cloud: LocalCloud, faults: Faults
) -> None:
    shop = a_merchant(cloud)
    faults.clear()
    for wrong in (
        "sk_test_" + "A" * 96,
        shop.key[:-1] + ("A" if shop.key[-1] != "A" else "B"),
    ):
        refused(api.get("/v1/payments", token=wrong), 401, "not_authenticated")
    assert faults.calls == []


def test_a_revoked_key_dies_at_once_and_the_other_one_lives(api: Api, cloud: LocalCloud) -> None:
    """P24: two keys overlap while one is rolled."""
    shop = a_merchant(cloud)
    merchants = cloud.wallet.merchants
    second = merchants.issue_key(shop.id)
    payment = a_payment(api, shop)
    caller = as_merchant(cloud, shop)
    merchants.revoke_key(shop.id, caller.key_id)
    merchants.revoke_key(shop.id, caller.key_id)
    for answer in (
        api.get("/v1/payments", token=shop.key),
        api.get(f"/v1/payments/{payment['id']}", token=shop.key),
        api.get(f"/v1/refunds?payment_id={payment['id']}", token=shop.key),
        ask(api, shop),
        api.post(f"/v1/payments/{payment['id']}/cancel", token=shop.key, key=key()),
    ):
        refused(answer, 401, "api_key_revoked")
    assert api.get(f"/v1/payments/{payment['id']}", token=second).ok(200)["id"] == payment["id"]


def test_a_revoked_key_does_not_see_an_answer_again(api: Api, cloud: LocalCloud) -> None:
    """M39: authorisation is checked again before a replay."""
    shop, idem = a_merchant(cloud), key()
    body: dict[str, Any] = {"amount": {"amount": 1, "currency": "CNY"}, "description": "tea", "order_id": "1"}
    api.post("/v1/payments", body, token=shop.key, key=idem).ok(201)
    merchants = cloud.wallet.merchants
    merchants.revoke_key(shop.id, as_merchant(cloud, shop).key_id)
    refused(api.post("/v1/payments", body, token=shop.key, key=idem), 401, "api_key_revoked")


def test_a_suspended_merchant_can_do_nothing_until_it_is_reinstated(api: Api, cloud: LocalCloud) -> None:
    shop = a_merchant(cloud)
    cloud.wallet.merchants.suspend(shop.id)
    refused(ask(api, shop), 403, "merchant_suspended")
    cloud.wallet.merchants.reinstate(shop.id)
    ask(api, shop).ok(201)


def test_a_key_of_the_other_mode_is_told_so_whether_it_is_genuine_or_not(
    api: Api, cloud: LocalCloud, faults: Faults
) -> None:
    """D1: test and live are two deployments with tables and secrets of their own."""
    shop = a_merchant(cloud)
    live = cloud.wallet.merchants.issue_key(shop.id, "live")
    assert live.startswith("sk_live_")
    faults.clear()
    for wrong in (live, shop.key.replace("test", "live"), "sk_live_" + "A" * 96):
        assert refused(api.get("/v1/payments", token=wrong), 401, "api_key_wrong_mode")["mode"] == "test"
    assert faults.calls == []


def test_what_is_suspended_says_so_wherever_an_id_of_its_own_leads(cloud: LocalCloud) -> None:
    """Its own id, and every id that was made for it: in one trip, with nothing else known."""
    merchants, now = cloud.wallet.merchants, cloud.clock.now()
    shop, other = a_merchant(cloud), a_merchant(cloud)
    outlet_id = merchants.new_id("out", shop.id, now)
    for act, takes in ((merchants.suspend, False), (merchants.reinstate, True)):
        act(shop.id)
        with cloud.wallet.storage.trip() as trip:
            found = [merchants.standing(each, trip) for each in (shop.id, outlet_id)]
            strangers = merchants.standing(other.id, trip)
            nobodys = merchants.standing(new_id("out", now), trip)
        told = [each() for each in (*found, strangers)]
        assert [each and (each.merchant_id, each.takes_payments) for each in told] == [
            (shop.id, takes),
            (shop.id, takes),
            (other.id, True),
        ]
        assert nobodys() is None


def test_two_changes_at_once_are_both_there(cloud: LocalCloud) -> None:
    """Each begins anew from what the other left, and the standing says what the merchant says."""
    merchants, shop = cloud.wallet.merchants, a_merchant(cloud)
    raced: list[Any] = []

    def changed(merchant: Any) -> Any:
        if not raced:
            raced.append(merchants.suspend(shop.id, "chargebacks"))
        return merchant.updated({"website": "https://tea.example"})

    merchants.change(shop.id, changed)
    with cloud.wallet.storage.trip() as trip:
        found, told = merchants.reading(shop.id, trip), merchants.standing(shop.id, trip)
    merchant, standing = found(), told()
    assert merchant is not None
    assert (merchant.status, merchant.suspension_reason, merchant.website) == (
        "suspended",
        "chargebacks",
        "https://tea.example",
    )
    assert standing is not None
    assert standing.status == "suspended"


def test_unknown_merchants_and_keys_are_missing(cloud: LocalCloud) -> None:
    merchants, now = cloud.wallet.merchants, cloud.clock.now()
    shop = a_merchant(cloud)
    acts: tuple[Callable[[], object], ...] = (
        lambda: merchants.issue_key(new_id("mer", now)),
        lambda: merchants.suspend(new_id("mer", now)),
        lambda: merchants.revoke_key(shop.id, new_id("key", now)),
    )
    for act in acts:
        with pytest.raises(NotFound):
            act()


def test_a_chinese_name_needs_its_latin_form_beside_it(cloud: LocalCloud) -> None:
    merchants = cloud.wallet.merchants
    with pytest.raises(Invalid):
        merchants.create("翠湖茶馆", "5814", "昆明")
    merchant = merchants.create("翠湖茶馆", "5814", "昆明", latin_name="CUIHU TEA HOUSE", latin_city="KUNMING")
    assert merchant.profile.name == "翠湖茶馆"


def test_a_new_merchant_has_an_empty_account(cloud: LocalCloud) -> None:
    shop = a_merchant(cloud)
    assert cloud.wallet.ledger.accounts.require(chart.merchant(shop.id)).balance("CNY").amount == 0


def test_the_table_holds_a_hash_of_the_key_and_never_the_key(cloud: LocalCloud) -> None:
    shop = a_merchant(cloud)
    merchants = cloud.wallet.merchants
    rows = list(cloud.wallet.storage.scan(merchants.key_store.items))
    assert rows
    assert all(shop.key not in str(row) and shop.key[40:72] not in str(row) for row in rows)
