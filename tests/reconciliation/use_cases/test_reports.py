"""A day whose sums were tampered with is not given out; over HTTP see tests/routes/test_reconciliation.py."""

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import a_merchant, refused
from tests.settling import earn, next_day
from wallet_api.clock import wallet_day
from wallet_api.ledger import chart
from wallet_api.ledger.days import place_of_day


def test_a_day_that_does_not_add_up_is_not_given_out(api: Api, cloud: LocalCloud) -> None:
    """O7: a difference is told, never papered over."""
    shop = a_merchant(cloud)
    earn(api, cloud, shop)
    day = wallet_day(cloud.clock.now())
    next_day(cloud)
    wallet = cloud.wallet
    wallet.storage._connection.client.update_item(
        TableName=wallet.settings.tables["accounts"],
        Key={"pk": {"S": place_of_day(chart.merchant(shop.id), day)}, "sk": {"S": "day"}},
        UpdateExpression="SET net.CNY = net.CNY + :one",
        ExpressionAttributeValues={":one": {"N": "1"}},
    )
    refused(api.get(f"/v1/reconciliation/{day}", token=shop.key), 409, "reconciliation_changed")
