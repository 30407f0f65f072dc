"""Requests that merchants' servers sign, over HTTP: each thing that decides is changed in turn."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from http_message_signatures import ContentDigest
from http_message_signatures.algorithms import HMAC_SHA256
from msgspec.structs import force_setattr, replace

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import Shop, a_merchant, cny, key, refused
from tests.selling import Signer, a_signer, an_owned_shop

BOTH = pytest.mark.parametrize("algorithm", ["ed25519", "hmac-sha256"])
TOLERANCE = timedelta(seconds=300)


@pytest.fixture
def shop(cloud: LocalCloud) -> Shop:
    return a_merchant(cloud)


@pytest.fixture
def signer(api: Api, cloud: LocalCloud, shop: Shop) -> Signer:
    return a_signer(api, cloud, shop)


def wanted() -> dict[str, Any]:
    return {"amount": cny(1250), "description": "乌龙茶", "order_id": key()}


def why(answer: Any) -> str:
    return str(refused(answer, 401, "signature_invalid")["reason"])


def _with(name: str, value: str) -> Callable[[SimpleNamespace], None]:
    return lambda message: message.headers.__setitem__(name, value)


def _without(name: str) -> Callable[[SimpleNamespace], None]:
    return lambda message: message.headers.__delitem__(name)


def _other_method(message: SimpleNamespace) -> None:
    message.method = "PATCH"


def _other_body(message: SimpleNamespace) -> None:
    message.raw = message.raw.replace(b"1250", b"9250")


def _other_body_and_digest(message: SimpleNamespace) -> None:
    _other_body(message)
    message.headers["Content-Digest"] = ContentDigest.create(message.raw)


def _same_body_spelled_otherwise(message: SimpleNamespace) -> None:
    message.raw = message.raw.replace(b": ", b":  ")


def _parameter(old: str, new: str) -> Callable[[SimpleNamespace], None]:
    def change(message: SimpleNamespace) -> None:
        before = message.headers["Signature-Input"]
        message.headers["Signature-Input"] = before.replace(old, new)
        assert message.headers["Signature-Input"] != before

    return change


@BOTH
def test_a_signed_request_is_done(api: Api, cloud: LocalCloud, shop: Shop, algorithm: str) -> None:
    """P17, P21: whatever the algorithm, a body with signs and spaces of its own, and a query."""
    signer = a_signer(api, cloud, shop, algorithm)
    body = wanted()
    payment = signer.call("POST", "/v1/payments", body).ok(201)
    found = signer.call("GET", f"/v1/payments?order_id={body['order_id']}&limit=5").ok(200)["data"]
    assert [each["id"] for each in found] == [payment["id"]]
    signer.call("POST", f"/v1/payments/{payment['id']}/cancel").ok(200)


CHANGES: dict[str, Callable[[SimpleNamespace], None]] = {
    "body": _other_body,
    "body and its digest": _other_body_and_digest,
    "body's spelling": _same_body_spelled_otherwise,
    "digest": _with("Content-Digest", ContentDigest.create(b"{}")),
    "digest left away": _without("Content-Digest"),
    "content type": _with("Content-Type", "application/json; charset=utf-8"),
    "key": _with("Idempotency-Key", "another"),
    "host": _with("Host", "wallet.example"),
    "created": _parameter("created=", "created=1"),
    "nonce": _parameter('nonce="', 'nonce="x'),
    "keyid": _parameter('keyid="sgk_', 'keyid="sgk_0'),
    "alg": _parameter(";keyid", ';alg="hmac-sha256";keyid'),
    "what is covered": _parameter('"@method" ', ""),
    "signature left away": _without("Signature"),
    "signature input left away": _without("Signature-Input"),
    "no signature": _with("Signature", "sig1=:AAAA:"),
    "another label": _parameter("sig1=", "sig2="),
}


@pytest.mark.parametrize("changed", CHANGES)
def test_whatever_is_changed_on_the_way_is_seen(api: Api, signer: Signer, changed: str) -> None:
    """P17, P18, P21: each component and each parameter in turn."""
    message = signer.prepared("POST", "/v1/payments", wanted())
    refused(signer.send(message, CHANGES[changed]), 401, "signature_invalid")
    assert api.get("/v1/payments", token=signer.shop.key).ok(200)["data"] == []


def test_another_path_is_seen(api: Api, signer: Signer) -> None:
    """P17."""
    meant, other = (signer.call("POST", "/v1/payments", wanted()).ok(201)["id"] for _ in range(2))
    message = signer.prepared("POST", f"/v1/payments/{meant}/cancel")
    message.url = message.url.replace(meant, other)
    refused(signer.send(message), 401, "signature_invalid")
    statuses = {each["status"] for each in api.get("/v1/payments", token=signer.shop.key).ok(200)["data"]}
    assert statuses == {"requires_confirmation"}


@pytest.mark.parametrize(
    ("old", "new"), [("?limit=1", "?limit=2"), ("?limit=1", ""), ("?limit=1", "?limit=1&order_id=a")]
)
def test_another_query_is_seen(signer: Signer, old: str, new: str) -> None:
    """P17."""
    message = signer.prepared("GET", "/v1/payments?limit=1")
    message.url = message.url.replace(old, new)
    refused(signer.send(message), 401, "signature_invalid")


def test_a_key_that_is_left_away_or_put_in_is_seen(signer: Signer) -> None:
    """P17."""
    path, body = f"/v1/merchants/{signer.shop.id}", {"website": "https://tea.example"}
    message = signer.prepared("PATCH", path, body)
    refused(signer.send(message, _without("Idempotency-Key")), 401, "signature_invalid")
    message = signer.prepared("GET", path)
    refused(signer.send(message, _with("Idempotency-Key", "put-in")), 401, "signature_invalid")
    signer.call("PATCH", path, body).ok(200)


def test_another_method_is_seen(signer: Signer, api: Api) -> None:
    """P17."""
    message = signer.prepared("GET", f"/v1/merchants/{signer.shop.id}", headers={})
    message.raw = b"{}"
    message.headers["Content-Type"] = "application/json"
    refused(signer.send(message, _other_method), 401, "signature_invalid")


@pytest.mark.parametrize(
    "left", ["@method", "@authority", "@path", "idempotency-key", "content-type", "content-digest"]
)
def test_a_signature_that_covers_too_little_proves_nothing(signer: Signer, left: str) -> None:
    """P17."""
    covered = [name for name in Signer.COVERED if name not in (left, "@query")]
    problem = signer.call("POST", "/v1/payments", wanted(), covered=covered)
    assert (why(problem), problem.json["missing"]) == ("not_covered", left)


def test_a_query_is_covered_whole_or_parameter_by_parameter(signer: Signer) -> None:
    """P17."""
    path, base = "/v1/payments?limit=5&order_id=a%20b", ["@method", "@authority", "@path"]
    problem = signer.call("GET", path, covered=base[:2])
    assert (why(problem), problem.json["missing"]) == ("not_covered", "@path @query")
    assert why(signer.call("GET", path, covered=[*base, '"@query-param";name="limit"'])) == "not_covered"
    both = ['"@query-param";name="limit"', '"@query-param";name="order_id"']
    signer.call("GET", path, covered=[*base, *both]).ok(200)
    signer.call("GET", path, covered=[*base, "@query"]).ok(200)


@pytest.mark.parametrize("away", [-TOLERANCE - timedelta(seconds=1), TOLERANCE + timedelta(seconds=1)])
def test_a_signature_is_good_for_five_minutes_both_ways(cloud: LocalCloud, signer: Signer, away: timedelta) -> None:
    """P19."""
    now = cloud.clock.now()
    assert why(signer.call("POST", "/v1/payments", wanted(), created=now + away)) == "out_of_time"
    nearly = now + away * 0.98
    signer.call("POST", "/v1/payments", wanted(), created=nearly).ok(201)


def test_a_signature_that_says_it_expired_has(cloud: LocalCloud, signer: Signer) -> None:
    past = cloud.clock.now() - timedelta(seconds=10)
    assert why(signer.call("POST", "/v1/payments", wanted(), expires=past)) == "out_of_time"


def test_a_nonce_is_good_once_in_every_container(cloud: LocalCloud, signer: Signer) -> None:
    """P19: also at the far end of the tolerance, where the signature is good for twice as long."""
    ahead = signer.prepared("POST", "/v1/payments", wanted(), created=cloud.clock.now() + TOLERANCE)
    signer.send(ahead).ok(201)
    for _ in range(2):
        problem = signer.send(ahead).json
        assert (problem["status"], problem["code"]) == (401, "signature_replayed")
        assert (problem["money_moved"], problem["retry"]) == ("unknown", "same_key")
        cloud.clock.advance("599s")
    refused(signer.send(ahead), 401, "signature_invalid")


def test_a_fresh_signature_with_the_same_key_is_told_what_became_of_it(signer: Signer) -> None:
    body, idem = wanted(), {"Idempotency-Key": key()}
    first = signer.call("POST", "/v1/payments", body, headers=idem)
    again = signer.call("POST", "/v1/payments", body, headers=idem)
    assert (again.ok(201), again.headers["idempotent-replayed"]) == (first.ok(201), "true")


@pytest.mark.parametrize("nonce", ["short", "x" * 129])
def test_a_nonce_has_its_size(signer: Signer, nonce: str) -> None:
    assert why(signer.call("POST", "/v1/payments", wanted(), nonce=nonce)) == "malformed"


def test_the_algorithm_is_the_key_records_and_never_the_requests(api: Api, cloud: LocalCloud, signer: Signer) -> None:
    """P20: the public key, which anybody may know, is no secret that a signature could be made with."""
    from base64 import b64decode

    path = f"/v1/merchants/{signer.shop.id}/signing_keys"
    (shown,) = api.get(path, token=signer.shop.key).ok(200)["data"]
    public = b64decode(shown["public_key"])
    for secret in (public, public[-32:], shown["public_key"].encode()):
        answer = signer.call("POST", "/v1/payments", wanted(), algorithm=HMAC_SHA256, key=secret, include_alg=True)
        refused(answer, 401, "signature_invalid")
        refused(
            signer.call("POST", "/v1/payments", wanted(), algorithm=HMAC_SHA256, key=secret), 401, "signature_invalid"
        )


def test_another_merchants_signing_key_proves_nothing(api: Api, cloud: LocalCloud, signer: Signer) -> None:
    other = a_signer(api, cloud, a_merchant(cloud))
    assert why(signer.call("POST", "/v1/payments", wanted(), key_id=other.key_id)) == "unknown_key"


@BOTH
def test_a_signing_key_that_was_taken_back_dies_at_once(
    api: Api, cloud: LocalCloud, shop: Shop, algorithm: str
) -> None:
    """P24."""
    signer = a_signer(api, cloud, shop, algorithm)
    path = f"/v1/merchants/{shop.id}/signing_keys"
    for _ in range(2):
        assert api.delete(f"{path}/{signer.key_id}", token=shop.key).status == 204
    assert why(signer.call("POST", "/v1/payments", wanted())) == "unknown_key"
    assert [each["status"] for each in api.get(path, token=shop.key).ok(200)["data"]] == ["revoked"]


def test_a_merchant_may_take_signed_requests_only(api: Api, cloud: LocalCloud) -> None:
    owner, shop = an_owned_shop(api, cloud)
    path = f"/v1/merchants/{shop.id}"
    refused(api.patch(path, {"signed_requests_only": True}, token=owner.token), 409, "signing_key_missing")
    signer = a_signer(api, cloud, shop)
    api.patch(path, {"signed_requests_only": True}, token=owner.token).ok(200)
    refused(api.post("/v1/payments", wanted(), token=shop.key, key=key()), 401, "signature_required")
    refused(api.patch(path, {"signed_requests_only": False}, token=shop.key), 401, "signature_required")
    refused(api.get("/v1/events", token=shop.key), 401, "signature_required")
    signer.call("POST", "/v1/payments", wanted()).ok(201)
    assert api.get(path, token=owner.token).ok(200)["signed_requests_only"] is True
    api.patch(path, {"signed_requests_only": False}, token=owner.token).ok(200)
    api.post("/v1/payments", wanted(), token=shop.key, key=key()).ok(201)


def test_a_developer_is_shown_the_base_that_we_verified_and_nobody_in_live_mode(
    cloud: LocalCloud, signer: Signer
) -> None:
    message = signer.prepared("POST", "/v1/payments", wanted())
    problem = refused(signer.send(message, _with("Idempotency-Key", "another")), 401, "signature_invalid")
    base = problem["signature_base"].splitlines()
    assert base[:3] == ['"@method": POST', f'"@authority": 127.0.0.1:{signer.api.port}', '"@path": /v1/payments']
    assert '"idempotency-key": another' in base
    assert base[-1].startswith('"@signature-params": (')
    signatures = cloud.wallet.merchants.signatures
    force_setattr(cloud.wallet.merchants, "signatures", replace(signatures, mode="live"))
    try:
        message = signer.prepared("POST", "/v1/payments", wanted())
        problem = refused(signer.send(message, _with("Idempotency-Key", "another")), 401, "signature_invalid")
    finally:
        force_setattr(cloud.wallet.merchants, "signatures", signatures)
    assert "signature_base" not in problem


def test_a_secret_is_shown_once_and_sealed(api: Api, cloud: LocalCloud, shop: Shop) -> None:
    path = f"/v1/merchants/{shop.id}/signing_keys"
    made = api.post(path, {"name": "server", "algorithm": "hmac-sha256"}, token=shop.key).ok(201)
    assert "secret" not in api.get(path, token=shop.key).ok(200)["data"][0]
    rows = str(list(cloud.wallet.storage.scan(cloud.wallet.merchants.signatures.store.items)))
    assert made["secret"] not in rows


@pytest.mark.parametrize(
    "body",
    [
        {"algorithm": "ed25519"},
        {"algorithm": "ed25519", "public_key": "AAAA"},
        {"algorithm": "hmac-sha256", "public_key": "MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs="},
    ],
)
def test_what_is_no_key_is_named(api: Api, shop: Shop, body: dict[str, str]) -> None:
    answer = api.post(f"/v1/merchants/{shop.id}/signing_keys", {"name": "server", **body}, token=shop.key)
    problem = refused(answer, 422, "invalid_request")
    assert [error["pointer"] for error in problem["errors"]] == ["/public_key"]
