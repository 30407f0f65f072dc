"""docs/guides/webhooks.md: every snippet runs, in its order, and does what the text says."""

import re
from pathlib import Path
from typing import Any

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import a_merchant
from tests.receiver import NAME
from tests.shopping import a_payment, cancel
from tests.webhooks.endpoints import receiving

GUIDE = (Path(__file__).parents[2] / "docs" / "guides" / "webhooks.md").read_text("utf-8")
SNIPPETS = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)


def test_every_snippet_of_the_guide_runs(api: Api, cloud: LocalCloud) -> None:
    shop = a_merchant(cloud)

    def call(method: str, path: str, body: Any = None) -> Any:
        return api.call(method, path, json=body, token=shop.key).ok()

    with receiving(cloud) as server:
        make, verify, take, failed, again, roll = SNIPPETS
        place: dict[str, Any] = {"call": call}
        address = "https://shop.example.org/wallet/events"
        assert address in make
        exec(make.replace(address, f"https://{NAME}:{server.port}/wallet/events"), place)
        exec(verify, place)
        exec(take, place)
        payment = a_payment(api, shop)["id"]
        cloud.clock.advance("2s")
        cancel(api, shop, payment).ok(200)
        cloud.pump.drain()
        cloud.clock.reset()
        exec(failed, place)
        exec(again, place)
        cloud.pump.drain()

        assert len(server.received) == 3
        for request in [*reversed(server.received), *server.received]:
            place["take"](place["verified"](place["secret"], request.headers, request.body))
        assert len(place["seen"]) == 2
        assert {kind for _, kind in place["newest"].values()} == {"payment.canceled"}
        for spoilt in (server.received[0].body + b" ", b"{}"):
            try:
                place["verified"](place["secret"], server.received[0].headers, spoilt)
            except ValueError:
                continue
            raise AssertionError("a changed body was taken")

        exec(roll, place)
        a_payment(api, shop)
        cloud.pump.drain()
        last = server.received[-1]
        for secret in (place["secret"], place["new_secret"]):
            assert place["verified"](secret, last.headers, last.body) == last.body
