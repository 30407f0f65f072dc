"""Signing: the headers of a request to DynamoDB, with AWS Signature Version 4.

The arithmetic is botocore's: the keys of the day, the hash, the scope. What it is given is laid out here, since these requests are all of
one form (POST, one URL, no query, the same few headers), which botocore would find out again for each of them, three times over.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from types import SimpleNamespace
from typing import Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSPreparedRequest, AWSRequest
from botocore.compat import get_current_datetime
from botocore.credentials import ReadOnlyCredentials

USER_AGENT = "wallet-api"
_SERVICE = "dynamodb"
_CONTENT_TYPE = "application/x-amz-json-1.0"


class Signer:
    """Signs requests to one URL of one region, at the machine's time in UTC, as botocore's signer does: AWS holds it against its own."""

    def __init__(self, url: str, region: str, now: Callable[[], datetime] = get_current_datetime) -> None:
        self._url = url
        self._region = region
        self._now = now
        example: Any = AWSRequest("POST", url, {}, b"{}")
        auth = SigV4Auth(ReadOnlyCredentials("", "", None), _SERVICE, region)
        self._host = auth.headers_to_sign(example)["host"]
        self._path = auth.canonical_request(example).split("\n", 2)[1]

    def signed(self, target: str, body: bytes, credentials: Any) -> AWSPreparedRequest:
        """The request as it is sent, for frozen credentials."""
        timestamp = self._now().strftime("%Y%m%dT%H%M%SZ")
        signing = SigV4Auth(credentials, _SERVICE, self._region)
        of: Any = SimpleNamespace(context={"timestamp": timestamp})
        token = credentials.token
        names = "content-type;host;x-amz-date;" + ("x-amz-security-token;" if token else "") + "x-amz-target"
        held = f"x-amz-security-token:{token}\n" if token else ""
        canonical = (
            f"POST\n{self._path}\n\ncontent-type:{_CONTENT_TYPE}\nhost:{self._host}\nx-amz-date:{timestamp}\n{held}"
            f"x-amz-target:{target}\n\n{names}\n{sha256(body).hexdigest()}"
        )
        signature = signing.signature(signing.string_to_sign(of, canonical), of)
        headers = {
            "X-Amz-Target": target,
            "Content-Type": _CONTENT_TYPE,
            "User-Agent": USER_AGENT,
            "X-Amz-Date": timestamp,
            "Authorization": f"AWS4-HMAC-SHA256 Credential={signing.scope(of)}, SignedHeaders={names}, Signature={signature}",
            "Content-Length": str(len(body)),
        }
        if token:
            headers["X-Amz-Security-Token"] = token
        # A dictionary of botocore's own would find them in any case of letters; nobody who sends them asks for that.
        plain: Any = headers
        return AWSPreparedRequest("POST", self._url, plain, body, stream_output=False)
