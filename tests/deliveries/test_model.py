"""When a delivery is tried again, what ends it, and how it is signed."""

from base64 import b64decode, b64encode
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise

import pytest
from msgspec.structs import replace
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from wallet_api.deliveries.model import (
    LONGEST_WAIT,
    PLAN,
    Attempt,
    Delivery,
    new_delivery,
    next_wait,
    payload,
    signed_headers,
)
from wallet_api.events.model import made_event
from wallet_api.webhooks.model import TEST, Endpoint, Secret, secret_text

NOW = datetime(2026, 11, 22, 1, 5, tzinfo=UTC)
EVENT = made_event("payment.created", "mer_s", {"id": "pay_1", "object": "payment", "note": "钱"}, NOW, "v")
ENDPOINT = Endpoint("whk_1", "mer_s", 0, "https://x.example/", ("payment.*",), "", "enabled", NOW, b"", ())


def delivery() -> Delivery:
    return new_delivery(EVENT, ENDPOINT, NOW)


def attempt(status: int | None) -> Attempt:
    return Attempt(NOW + timedelta(seconds=1), status, None if status else "unreachable", 5, 0)


def test_the_plan_goes_over_three_days_and_each_wait_is_longer_p29() -> None:
    """P29."""
    assert len(PLAN) == 10
    assert timedelta(days=3) <= sum(PLAN, timedelta()) < timedelta(days=4)
    assert all(first < second for first, second in pairwise(PLAN))
    assert PLAN[:3] == (timedelta(), timedelta(seconds=5), timedelta(minutes=5))


def test_what_failed_together_does_not_come_back_together_p29() -> None:
    """P29: jitter, up to a tenth, the same for a delivery and a step whoever computes it."""
    waits = [next_wait(f"dlv_{number}", 3, None, NOW) for number in range(200)]

    assert len(set(waits)) > 190
    assert all(wait is not None and PLAN[4] <= wait <= PLAN[4] * 1.1 for wait in waits)
    assert waits == [next_wait(f"dlv_{number}", 3, None, NOW) for number in range(200)]


def test_after_the_plan_there_is_no_wait_p29() -> None:
    """P29."""
    assert next_wait("dlv_1", len(PLAN) - 2, None, NOW) is not None
    assert next_wait("dlv_1", len(PLAN) - 1, None, NOW) is None
    assert next_wait("dlv_1", len(PLAN) - 1, "5", NOW) is None


@pytest.mark.parametrize(
    ("wish", "wait"),
    [
        ("3600", timedelta(hours=1)),
        (format_datetime(NOW + timedelta(hours=2), usegmt=True), timedelta(hours=2)),
        ("99999999999999999999", LONGEST_WAIT),
        (format_datetime(NOW + timedelta(days=300), usegmt=True), LONGEST_WAIT),
    ],
)
def test_a_wish_to_be_left_alone_is_granted_for_up_to_a_day_p28(wish: str, wait: timedelta) -> None:
    """P28."""
    assert next_wait("dlv_1", 0, wish, NOW) == wait


@pytest.mark.parametrize("wish", ["0", "-5", "soon", "", "１０", "1e9", format_datetime(NOW - timedelta(days=1))])
def test_what_is_no_wish_or_an_earlier_one_leaves_the_plan(wish: str) -> None:
    assert next_wait("dlv_1", 0, wish, NOW) == next_wait("dlv_1", 0, None, NOW)


def test_a_delivery_ends_by_a_2xx_alone_p28() -> None:
    """P28."""
    for status in (200, 204, 299):
        assert delivery().after(attempt(status), timedelta(1)).status == "succeeded"
    for failed in (None, 100, 301, 302, 400, 404, 410, 429, 500, 503):
        after = delivery().after(attempt(failed), timedelta(hours=1))
        assert (after.status, after.attempts, after.step) == ("retrying", 1, 1)
        assert after.next_attempt_at == NOW + timedelta(hours=1, seconds=1)
        assert delivery().after(attempt(failed), None).status == "failed"


def test_an_attempt_is_due_once() -> None:
    fresh = delivery()
    assert fresh.is_due(NOW)
    assert not fresh.after(attempt(500), timedelta(hours=1)).is_due(NOW + timedelta(minutes=59))
    assert fresh.after(attempt(500), timedelta(hours=1)).is_due(NOW + timedelta(hours=1, seconds=1))
    assert not fresh.after(attempt(204), None).is_due(NOW + timedelta(days=9))
    assert not fresh.given_up("endpoint_removed", NOW).is_due(NOW + timedelta(days=9))
    assert fresh.after(attempt(500), None).restarted(NOW).is_due(NOW)


def test_an_event_has_one_delivery_to_an_endpoint_whoever_makes_it() -> None:
    assert delivery().id == new_delivery(EVENT, replace(ENDPOINT, url="https://y.example/"), NOW + timedelta(1)).id
    assert delivery().id != new_delivery(EVENT, replace(ENDPOINT, id="whk_2"), NOW).id


def test_an_endpoint_wants_what_it_asked_for_while_it_is_enabled() -> None:
    refund = made_event("refund.succeeded", "mer_s", {"id": "ref_1"}, NOW, "v")
    test = made_event(TEST, "mer_s", {"id": "whk_1"}, NOW, "v")
    everything = replace(ENDPOINT, event_types=("*",))

    assert ENDPOINT.wants(EVENT)
    assert not ENDPOINT.wants(refund)
    assert everything.wants(refund)
    assert not replace(everything, status="disabled").wants(EVENT)
    assert not everything.wants(test), "a test goes to the endpoint that it is for alone"


def test_standardwebhooks_takes_our_signatures_with_any_valid_secret_p26_p27() -> None:
    """P26, P27: the reference library is the oracle."""
    secrets, now, body = [bytes(range(32)), b"s" * 24], datetime.now(UTC), payload(EVENT)
    headers = dict(signed_headers(EVENT.id, body, secrets, now))

    assert headers["webhook-id"] == EVENT.id
    for secret in secrets:
        assert Webhook(secret_text(secret)).verify(body, headers)["id"] == EVENT.id
    assert len(headers["webhook-signature"].split(" ")) == 2
    assert all(len(b64decode(each.removeprefix("v1,"))) == 32 for each in headers["webhook-signature"].split(" "))
    with pytest.raises(WebhookVerificationError):
        Webhook(secret_text(b"t" * 24)).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret_text(secrets[0])).verify(body.replace(b"pay_1", b"pay_2"), headers)
    for name, other in (("webhook-id", "evt_other"), ("webhook-timestamp", str(int(headers["webhook-timestamp"]) + 1))):
        with pytest.raises(WebhookVerificationError):
            Webhook(secret_text(secrets[0])).verify(body, {**headers, name: other})


def test_a_published_example_is_signed_as_it_is_there_p26() -> None:
    """P26: the specification's own vector."""
    secret = b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    body = b'{"test": 2432232314}'
    at = datetime.fromtimestamp(1614265330, UTC)
    headers = signed_headers("msg_p5jXN8AQM9LWM0D4loKWxJek", body, [secret], at)
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert secret_text(secret) == "whsec_" + b64encode(secret).decode()


def test_secrets_that_ran_out_sign_no_more_p27() -> None:
    """P27."""
    old = Secret("sec_1", "", NOW, NOW + timedelta(hours=1))
    new = Secret("sec_2", "", NOW + timedelta(seconds=1))
    rolled = replace(ENDPOINT, secrets=(old, new))
    assert rolled.valid_secrets(NOW + timedelta(minutes=59)) == (new, old)
    assert rolled.valid_secrets(NOW + timedelta(hours=1)) == (new,)
