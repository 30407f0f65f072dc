"""Going back to an older release: every item holds what a newer one wrote beside what this one knows, and all goes on as before."""

from typing import Any

import pytest

from chalicelib.http import Endpoint
from dev.cloud.local import LocalCloud
from tests.build import a_merchant, a_person, balance_of, key, send, signed_in_again
from tests.client import Api
from tests.contract.owned import OWNED, World
from tests.contract.place import ENDPOINTS, name_of
from tests.contract.test_bola import ask, told
from tests.shopping import a_paid_payment, merchant_balance, refund
from wallet_api.ledger.verify import verify
from wallet_api.merchants.model import MerchantCaller
from wallet_api.sessions.model import Customer

READING = [each for each in ENDPOINTS if each.method == "GET" and name_of(each) in OWNED]
NEWER = {
    "zz_text": {"S": "newer"},
    "zz_count": {"N": "7"},
    "zz_map": {"M": {"deep": {"L": [{"NULL": True}]}}},
    "zz_bytes": {"B": b"\x00"},
}
"""What no release knows today, of every type that an item may hold."""


def newer(cloud: LocalCloud) -> int:
    """Writes into every item of every table what a newer release would keep there; how many there are."""
    client: Any = cloud.session.create_client("dynamodb", region_name=cloud.region)
    count = 0
    for table in cloud.wallet.settings.tables.values():
        for page in client.get_paginator("scan").paginate(TableName=table):
            for item in page["Items"]:
                client.put_item(TableName=table, Item={**item, **NEWER})
                count += 1
    return count


@pytest.mark.parametrize("each", READING, ids=name_of)
def test_what_a_newer_release_wrote_is_read_as_if_it_were_not_there(
    api: Api, cloud: LocalCloud, each: Endpoint
) -> None:
    world = World(api, cloud)
    real = OWNED[name_of(each)](world)
    tokens = {Customer: world.ada.token, MerchantCaller: world.a.key}
    askers = [tokens[kind] for kind in each.callers if kind in tokens]
    cloud.clock.freeze()
    # What a key's first use notes down is noted by the first of these.
    before = [[ask(world, each, real, token) for token in askers] for _ in range(2)][-1]
    assert any(answer.status == 200 for answer in before), [answer.text for answer in before]
    assert newer(cloud)
    assert [told(ask(world, each, real, token)) for token in askers] == [told(answer) for answer in before]


def test_money_moves_and_the_ledger_is_true_on_items_of_a_newer_release(api: Api, cloud: LocalCloud) -> None:
    """Sign-in, transfer, payment, refund, folding and its proof, each on items of which not one is as this release wrote it."""
    ada, bo, shop = a_person(api, cloud, balance=50_00), a_person(api, cloud), a_merchant(cloud)
    paid = a_paid_payment(api, shop, ada, 10_00)
    cloud.pump.drain()
    assert newer(cloud) > 20
    ada = signed_in_again(api, ada)
    send(api, ada, bo, 5_00).ok(201)
    assert newer(cloud)
    refund(api, shop, paid["id"], 4_00).ok(201)
    a_paid_payment(api, shop, bo, 1_00)
    api.post("/v1/fee_quotes", {"operation": "transfer", "amount": {"amount": 100, "currency": "CNY"}}, token=ada.token,
             key=key()).ok()  # fmt: skip
    cloud.pump.drain()
    assert balance_of(api, bo) == 4_00
    assert balance_of(api, ada) == 50_00 - 10_00 - 5_00 + 4_00
    assert merchant_balance(cloud, shop) > 0
    report = verify(cloud.wallet.ledger)
    assert (report.findings, report.awaited) == ([], 0)
