"""Signatures: the same as botocore's own, whatever there is to sign."""

from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import ReadOnlyCredentials

from wallet_api.storage.signing import Signer

NOW = datetime(2026, 11, 22, 10, 30, 1, 999999, tzinfo=UTC)
URLS = (
    "https://dynamodb.eu-central-1.amazonaws.com/",
    "https://dynamodb.eu-central-1.amazonaws.com:443/",
    "http://127.0.0.1:8000/",
    "http://[::1]:8000/",
    "http://localhost:80/",
    "http://LocalHost:8000/base path/~x/",
    "https://user@vpce-1.dynamodb.eu-central-1.vpce.amazonaws.com/",
)


@pytest.mark.parametrize("url", URLS)
@pytest.mark.parametrize("token", [None, "token/with=signs+"])
def test_a_request_is_signed_as_botocore_signs_it(url: str, token: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Had it another signature, DynamoDB would refuse every request."""
    credentials = ReadOnlyCredentials("AKIDEXAMPLE", "secret/with+signs", token)
    for target, body in (("DynamoDB_20120810.GetItem", b"{}"), ("DynamoDB_20120810.Query", '{"乌龙":"茶"}'.encode())):
        mine: Any = Signer(url, "eu-central-1", lambda: NOW).signed(target, body, credentials)
        headers = {"X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.0", "User-Agent": "wallet-api"}
        theirs: Any = AWSRequest("POST", url, headers, body)
        monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: NOW)
        SigV4Auth(credentials, "dynamodb", "eu-central-1").add_auth(theirs)
        prepared = theirs.prepare()
        assert dict(mine.headers) == {name: _text(value) for name, value in prepared.headers.items()}
        assert (mine.method, mine.url, mine.body) == (prepared.method, prepared.url, prepared.body)


def test_each_request_is_signed_at_its_own_time() -> None:
    times = iter([NOW, NOW.replace(hour=11)])
    signer = Signer(URLS[0], "eu-central-1", lambda: next(times))
    first, second = (signer.signed("t", b"{}", ReadOnlyCredentials("AKID", "secret", None)) for _ in range(2))
    assert first.headers["X-Amz-Date"] == "20261122T103001Z"
    assert second.headers["X-Amz-Date"] == "20261122T113001Z"
    assert first.headers["Authorization"] != second.headers["Authorization"]


def test_the_time_is_utc_wherever_the_machine_stands() -> None:
    signed = Signer(URLS[0], "eu-central-1").signed("t", b"{}", ReadOnlyCredentials("AKID", "secret", None))
    told = datetime.strptime(signed.headers["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    assert abs((datetime.now(UTC) - told).total_seconds()) < 60


def _text(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.decode()
