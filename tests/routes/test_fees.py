"""The form of what fees take and give over HTTP."""

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.banking import quote
from tests.build import a_merchant, a_person, cny, key, refused


def test_anybody_may_read_the_schedule(api: Api, cloud: LocalCloud) -> None:
    for rule in api.get("/v1/fees").ok(200)["rules"]:
        assert set(rule) == {
            "operation", "channel", "borne_by", "basis_points", "fixed", "free", "minimum", "maximum", "categories", "tier",
            "monthly_free_count", "monthly_free_amount", "minimum_amount",
        }  # fmt: skip
        assert all(type(rule[name]) is int for name in ("basis_points", "fixed", "free", "minimum"))
    refused(api.get("/v1/fees?when=now"), 422, "invalid_request")


def test_a_quote_needs_a_person_and_a_key(api: Api, cloud: LocalCloud) -> None:
    """M38."""
    someone, shop = a_person(api, cloud), a_merchant(cloud)
    body = {"operation": "transfer", "amount": cny(100)}
    refused(api.post("/v1/fee_quotes", body, token=someone.token), 400, "idempotency_key_required")
    refused(api.post("/v1/fee_quotes", body, token=shop.key, key=key()), 403, "wrong_caller")
    refused(api.post("/v1/fee_quotes", body, key=key()), 401, "not_authenticated")


def test_a_quote_shows_how_its_fee_came_about(api: Api, cloud: LocalCloud) -> None:
    quoted = quote(api, a_person(api, cloud), "withdrawal", 123_45).ok(201)
    assert (quoted["object"], quoted["status"], quoted["schedule_version"]) == ("fee_quote", "open", 1)
    assert quoted["lines"] == [{"code": "share", "amount": cny(12)}]
    assert quoted["total"] == cny(123_57)
    assert quoted["expires_at"] > quoted["created_at"]
