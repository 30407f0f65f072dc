"""The key service is throttled, denies us, has our key disabled, or is away: what needs personal data fails closed."""

from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from dev.cloud.local import LocalCloud
from tests.build import a_person, balance_of, refused, send
from tests.client import Api
from tests.identity import register
from tests.secrecy import rows_of
from wallet_api.storage import crypto

FAILURES = {
    "throttled": ClientError({"Error": {"Code": "ThrottlingException", "Message": ""}}, "Decrypt"),
    "denied": ClientError({"Error": {"Code": "AccessDeniedException", "Message": ""}}, "Decrypt"),
    "disabled": ClientError({"Error": {"Code": "DisabledException", "Message": ""}}, "Decrypt"),
    "away": EndpointConnectionError(endpoint_url="https://kms"),
}


class BrokenKms:
    """In the place of the real one, since moto goes on decrypting with a disabled key."""

    def __init__(self, failure: Exception) -> None:
        self.failure = failure
        self.asked = 0

    def __getattr__(self, name: str) -> Any:
        def ask(**_: Any) -> Any:
            self.asked += 1
            raise self.failure

        return ask


@pytest.mark.parametrize("kind", FAILURES)
def test_personal_data_is_neither_read_nor_written_without_the_key_service(
    api: Api, cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """D7, O13: 503 that says when to come again, nothing is written, nothing is in clear; money that needs none of it moves."""
    payer, payee = a_person(api, cloud, balance=5_000), a_person(api, cloud)
    before = sorted(rows_of(cloud))
    kms = BrokenKms(FAILURES[kind])
    monkeypatch.setattr(cloud.wallet.people.cipher, "_kms", kms)
    cloud.clock.advance(crypto.CACHE_AGE)
    for answer in (
        register(api, phone="+8613922220000"),
        api.get("/v1/me", token=payer.token),
        api.patch("/v1/me", {"display_name": "Li Na"}, token=payer.token),
        api.post("/v1/totp", token=payer.token),
    ):
        problem = refused(answer, 503, "key_service_unavailable")
        assert (problem["retry"], answer.headers["retry-after"]) == ("same_key", "2")
    people = [row for row in sorted(rows_of(cloud)) if row[0] == "people"]
    assert people == [row for row in before if row[0] == "people"]
    assert "Li Na" not in repr(list(rows_of(cloud)))
    assert kms.asked
    send(api, payer, payee, 700).ok(201)
    assert balance_of(api, payee) == 700
    monkeypatch.undo()
    api.patch("/v1/me", {"display_name": "Li Na"}, token=payer.token).ok(200)


def test_what_was_opened_is_remembered_for_a_bounded_time(
    api: Api, cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D7: a short outage is not felt by who was just here, and a revoked key is by everybody within minutes."""
    someone = a_person(api, cloud)
    api.get("/v1/me", token=someone.token).ok()
    monkeypatch.setattr(cloud.wallet.people.cipher, "_kms", BrokenKms(FAILURES["disabled"]))
    api.get("/v1/me", token=someone.token).ok()
    cloud.clock.advance(crypto.CACHE_AGE)
    refused(api.get("/v1/me", token=someone.token), 503, "key_service_unavailable")
