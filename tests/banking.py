"""Cards, top-ups and fees in tests: the requests that most of them begin with."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from msgspec.structs import replace

from dev.client import Answer, Api
from dev.cloud.local import LocalCloud
from tests.build import Someone, cny, key
from wallet_api.ledger.operations import Operation
from wallet_api.merchants.model import MerchantCaller
from wallet_api.top_ups.use_cases import TopUps

T = TypeVar("T")

APPROVES = "4242424242424242"
APPROVES_UNIONPAY = "6200000000000005"
DECLINES = "4000000000000002"
SHORT = "4000000000009995"
EXPIRED = "4000000000000069"
LATER_APPROVES = "4000000000000119"
LATER_DECLINES = "4000000000000259"
NEEDS_CODE = "4000000000003220"
UNVERIFIABLE = "4000000000000127"
MAGIC = (
    APPROVES, APPROVES_UNIONPAY, DECLINES, SHORT, EXPIRED, LATER_APPROVES, LATER_DECLINES, NEEDS_CODE, UNVERIFIABLE,
)  # fmt: skip


def bind(api: Api, someone: Someone, number: str = APPROVES, *, idem: str | None = None, **fields: Any) -> Answer:
    """Asks to bind a card."""
    body = {
        "number": number,
        "expiry_month": 12,
        "expiry_year": 2035,
        "holder_name": "ZHANG WEI",
        "phone": someone.phone,
        **fields,
    }
    return api.post("/v1/cards", body, token=someone.token, key=idem or key())


def verify(api: Api, someone: Someone, card_id: str, code: str) -> Answer:
    """Hands over the issuer's code."""
    return api.post(f"/v1/cards/{card_id}/verify", {"code": code}, token=someone.token)


def top_up(
    api: Api, someone: Someone, card_id: str, amount: int = 50_00, *, idem: str | None = None, **fields: Any
) -> Answer:
    """Asks for money from a card."""
    body = {"amount": cny(amount), "source": {"card_id": card_id}, **fields}
    return api.post("/v1/top_ups", body, token=someone.token, key=idem or key())


def quote(api: Api, someone: Someone, operation: str, amount: int, *, idem: str | None = None, **fields: Any) -> Answer:
    """Asks what something costs."""
    body = {"operation": operation, "amount": cny(amount), **fields}
    return api.post("/v1/fee_quotes", body, token=someone.token, key=idem or key())


def wrong(code: str) -> str:
    """Another six digits."""
    return f"{(int(code) + 1) % 1_000_000:06}"


def at_once(api: Api, count: int, call: Callable[[Api, int], T]) -> list[T]:
    """The answers of as many calls made at the same time, each over a connection of its own."""

    def one(number: int) -> T:
        client = api.fresh()
        try:
            return call(client, number)
        finally:
            client.close()

    with ThreadPoolExecutor(count) as crowd:
        return list(crowd.map(one, range(count)))


def with_acquirer(cloud: LocalCloud, acquirer: Any) -> TopUps:
    """The wallet's top-ups with another acquirer."""
    top_ups: TopUps = cloud.wallet.top_ups
    return replace(top_ups, acquirer=acquirer)


def an_operation(cloud: LocalCloud, someone: Someone | MerchantCaller, idem: str) -> Operation:
    """A request for a top-up as the edge would name it."""
    return Operation(
        caller=someone.id,
        mode="test",
        key=idem,
        fingerprint="f" * 32,
        kind="POST /v1/top_ups",
        requested_at=cloud.wallet.clock.now(),
    )
