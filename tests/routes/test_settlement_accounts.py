"""Where a merchant's money goes, over HTTP: who may not change it comes first."""

from typing import Any

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import PIN, a_person, refused
from tests.selling import ACCOUNT, NUMBER, a_key, an_owned_shop, apply

OTHER: dict[str, Any] = {**ACCOUNT, "bank": "中国工商银行", "account_number": "6222020200112233445"}


def put(api: Api, token: str, merchant_id: str, pin: str = PIN, **fields: Any) -> Any:
    body = {**OTHER, "pin": pin, **fields}
    return api.put(f"/v1/merchants/{merchant_id}/settlement_account", body, token=token)


def test_nobody_but_the_owner_with_the_pin_leads_money_elsewhere(api: Api, cloud: LocalCloud) -> None:
    """P1, P24: a key cannot, whatever it may do, since it lives on servers; neither can whoever holds the owner's phone."""
    owner, shop = an_owned_shop(api, cloud)
    refused(put(api, shop.key, shop.id), 403, "wrong_caller")
    refused(put(api, a_person(api, cloud).token, shop.id), 404, "not_found")
    refused(put(api, owner.token, shop.id, pin="000000"), 403, "wrong_payment_pin")
    assert api.get(f"/v1/merchants/{shop.id}/settlement_account", token=owner.token).ok(200)["last4"] == NUMBER[-4:]


def test_a_changed_account_is_paid_to_after_two_days_and_the_owner_is_told(api: Api, cloud: LocalCloud) -> None:
    owner, shop = an_owned_shop(api, cloud)
    path = f"/v1/merchants/{shop.id}/settlement_account"
    assert api.get(path, token=owner.token).ok(200)["status"] == "active"
    changed = put(api, owner.token, shop.id).ok(200)
    assert (changed["status"], changed["last4"], changed["bank"]) == ("cooling_down", "3445", "中国工商银行")
    cloud.wallet.notifications.send_due()
    assert "结算账户" in cloud.inbox.messages(owner.phone)[0].shown()["text"]
    reader = a_key(api, owner.token, shop.id, "payouts:read")["secret"]
    for after, status in (("47h59m", "cooling_down"), ("1m", "active")):
        for step in after.replace("h", "h ").split():
            cloud.clock.advance(step)
        assert api.get(path, token=reader).ok(200)["status"] == status


def test_the_merchants_servers_are_told_and_the_account_number_is_in_nothing_they_get(
    api: Api, cloud: LocalCloud
) -> None:
    """Once for each change; nothing is told of what was refused."""
    owner, shop = an_owned_shop(api, cloud)
    refused(put(api, owner.token, shop.id, pin="000000"), 403, "wrong_payment_pin")
    for number in ("6222020200112233445", "6222020200112233446"):
        cloud.clock.advance("1s")
        put(api, owner.token, shop.id, account_number=number).ok(200)
    listed = api.get("/v1/events?type=merchant.settlement_account.changed", token=shop.key)
    told = [event["data"] for event in listed.ok(200)["data"]]
    assert [(each["id"], each["last4"]) for each in told] == [(shop.id, "3446"), (shop.id, "3445")]
    assert "622202" not in listed.text


def test_what_is_paid_to_is_what_was_given(api: Api, cloud: LocalCloud) -> None:
    """The sealed parts open for a payout, and for nobody who asks."""
    owner, shop = an_owned_shop(api, cloud)
    shown = put(api, owner.token, shop.id).text
    assert OTHER["account_number"] not in shown
    accounts = cloud.wallet.settlement_accounts
    with cloud.wallet.storage.trip() as trip:
        read = accounts.reading(shop.id, trip)
    found = read()
    assert found is not None
    opened = accounts.opened(found)
    assert (opened.bank, opened.holder_name, opened.number) == (
        OTHER["bank"],
        OTHER["holder_name"],
        OTHER["account_number"],
    )


def test_a_merchant_without_an_account_says_so(api: Api, cloud: LocalCloud) -> None:
    owner = a_person(api, cloud)
    merchant_id = apply(api, owner, settlement_account=None).ok(201)["merchant_id"]
    refused(
        api.get(f"/v1/merchants/{merchant_id}/settlement_account", token=owner.token), 404, "settlement_account_missing"
    )
    assert put(api, owner.token, merchant_id).ok(200)["status"] == "active"


@pytest.mark.parametrize(
    "fields", [{"account_number": "12 34"}, {"account_number": "1"}, {"bank": ""}, {"pin": "12345"}]
)
def test_what_is_no_account_is_refused(api: Api, cloud: LocalCloud, fields: dict[str, str]) -> None:
    owner, shop = an_owned_shop(api, cloud)
    refused(put(api, owner.token, shop.id, **fields), 422, "invalid_request")
