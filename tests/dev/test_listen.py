"""`./wallet listen` and `./wallet trigger` against a running wallet, and a developer's server beside it."""

from collections.abc import Iterator

import pytest
from standardwebhooks.webhooks import Webhook

from dev import listen, trigger
from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.receiver import Receiver, status


@pytest.fixture
def running(api: Api, cloud: LocalCloud) -> Iterator[Api]:
    cloud.seed()
    cloud.pump.start()
    yield api
    cloud.pump.stop()


@pytest.fixture
def mine() -> Iterator[Receiver]:
    with Receiver(secure=False) as receiver:
        yield receiver


class Enough(KeyboardInterrupt):
    """Ctrl-C, once something was seen."""


@pytest.mark.present
def test_events_arrive_at_a_developers_own_server_and_its_endpoint_goes_with_the_listener(
    running: Api, cloud: LocalCloud, mine: Receiver, capsys: pytest.CaptureFixture[str]
) -> None:
    mine.answers = [status(500)]
    turns = iter(range(1000))

    def wait(_: float) -> None:
        turn = next(turns)
        if turn == 0:
            assert trigger.main(["payment.canceled", "--port", str(running.port)]) == 0
        cloud.pump.drain()
        if len(mine.received) == 2 and turn > 1:
            raise Enough

    assert listen.main(["--forward-to", mine.url, "--port", str(running.port), "--events", "payment.*"], wait) == 0

    said = capsys.readouterr().out
    secret = next(word for word in said.split() if word.startswith("whsec_"))
    kinds = {Webhook(secret).verify(each.body, each.headers)["type"] for each in mine.received}
    assert kinds == {"payment.created", "payment.canceled"}
    assert "→ 204" in said
    assert "→ 500, again at " in said
    key = cloud.seeded["merchant_key"]
    assert running.get("/v1/webhook_endpoints", token=key).ok(200)["data"] == []


PATHS = {
    "man": "mandates", "mer": "merchants", "pay": "payments", "po": "payouts", "ref": "refunds", "rfr": "refund_requests",
    "whk": "webhook_endpoints",
}  # fmt: skip


@pytest.mark.parametrize("kind", trigger.TRIGGERS)
def test_what_is_triggered_really_happened(
    running: Api, cloud: LocalCloud, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    key = cloud.seeded["merchant_key"]
    if kind.startswith("webhook_endpoint"):
        running.post("/v1/webhook_endpoints", {"url": "http://localhost:1/"}, token=key).ok(201)
    assert trigger.main([kind, "--port", str(running.port)]) == 0

    told, subject, event_id = capsys.readouterr().out.split()
    event = running.get(f"/v1/events/{event_id}", token=key).ok(200)
    assert told == event["type"] == kind
    assert event["data"]["id"] == subject
    path = PATHS[subject.partition("_")[0]]
    assert running.get(f"/v1/{path}/{subject}", token=key).ok(200)["id"] == subject


def test_without_a_wallet_or_with_a_foreign_address_it_says_what_to_do(
    running: Api, capsys: pytest.CaptureFixture[str]
) -> None:
    assert listen.main(["--forward-to", "http://localhost:1/", "--port", "1"]) == 1
    assert trigger.main(["payment.created", "--port", "1"]) == 1
    assert capsys.readouterr().err.count("./wallet serve") == 2
    assert listen.main(["--forward-to", "http://10.0.0.1/hook", "--port", str(running.port)]) == 1
    assert "/url" in capsys.readouterr().err


def test_a_test_needs_an_endpoint_and_says_so(running: Api, capsys: pytest.CaptureFixture[str]) -> None:
    assert trigger.main(["webhook_endpoint.test", "--port", str(running.port)]) == 1
    assert "./wallet listen makes one" in capsys.readouterr().err


OF_PEOPLE = ("top_up.", "transfer.", "withdrawal.", "payment.declined")
NOT_TRIGGERED = {
    "merchant.settlement_account.changed": "an owner's PIN changes it, and the seeded merchant has no owner",
    "webhook_endpoint.disabled": "a server of the developer's own answers 410, or nothing for three days",
}


def test_every_event_for_merchants_can_be_triggered_or_there_is_a_reason_why_not() -> None:
    from wallet_api.events.model import TYPES

    of_merchants = {kind for kind in TYPES if not kind.startswith(OF_PEOPLE)}
    assert of_merchants == set(trigger.TRIGGERS) | set(NOT_TRIGGERED)
