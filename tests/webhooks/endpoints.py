"""Webhook endpoints for tests, made the way real ones are: over HTTP."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import Shop
from tests.receiver import Receiver

URL = "https://shop.example.org/wallet/events"


def an_endpoint(api: Api, shop: Shop, url: str = URL, **fields: Any) -> Any:
    """An endpoint with its secret."""
    return api.post("/v1/webhook_endpoints", {"url": url, **fields}, token=shop.key).ok(201)


def raw_endpoint(cloud: LocalCloud, shop: Shop, endpoint_id: str) -> Any:
    """The endpoint's item as the table holds it."""
    wallet = cloud.wallet
    client: Any = cloud.session.create_client("dynamodb", region_name=cloud.region)
    key = {"pk": {"S": f"{shop.id}/webhooks"}, "sk": {"S": endpoint_id}}
    return client.get_item(TableName=wallet.settings.tables["records"], Key=key)["Item"]


@contextmanager
def receiving(cloud: LocalCloud) -> Iterator[Receiver]:
    """A merchant's server with a certificate, which the wallet may call meanwhile."""
    with Receiver() as receiver:
        cloud.callbacks.way = receiver.callbacks()
        try:
            yield receiver
        finally:
            cloud.callbacks.clear()


def deliveries(api: Api, shop: Shop, endpoint_id: str, query: str = "") -> list[dict[str, Any]]:
    """What was sent to an endpoint, newest first."""
    found: list[dict[str, Any]] = api.get(
        f"/v1/webhook_endpoints/{endpoint_id}/deliveries?limit=100{query}", token=shop.key
    ).ok(200)["data"]
    return found
