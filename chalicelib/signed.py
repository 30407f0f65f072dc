"""A signed request as the gateway's event tells it: what a signature is verified over.

API Gateway gives the URL's path, with its stage, in the request's context, and the parsed query in place of its text; see
`wallet_api/signatures/model.py` for what follows from that.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from chalice.app import Request

from chalicelib.bodies import NotJson
from wallet_api.signatures.errors import SignatureInvalid
from wallet_api.signatures.model import SignedRequest

PARTS = ("signature", "signature-input")


def signed_request(request: Request) -> SignedRequest | None:
    """The request when it carries a signature, None when it carries none. Raises SignatureInvalid for half of one."""
    headers: Mapping[str, str] = request.headers
    given = [name for name in PARTS if name in headers]
    if not given:
        return None
    if len(given) < len(PARTS):
        raise SignatureInvalid(reason="malformed")
    event: dict[str, Any] = request.to_original_event()
    context: Mapping[str, Any] = event.get("requestContext") or {}
    behind_gateway = "domainName" in context
    parameters: Mapping[str, list[str]] = event.get("multiValueQueryStringParameters") or {}
    return SignedRequest(
        method=str(event["httpMethod"]),
        scheme=headers.get("x-forwarded-proto", "http"),
        authority=str(context["domainName"] if behind_gateway else headers.get("host", "")),
        path=str(context["path"] if behind_gateway else event["path"]),
        query=tuple((name, value) for name, values in parameters.items() for value in values),
        headers={name: value for name, value in headers.items() if value.isascii()},
        body=_bytes(request),
        token=secrets.token_hex(16),
    )


def _bytes(request: Request) -> bytes:
    """The very bytes that came. Raises NotJson for base 64 that is none."""
    try:
        raw: str | bytes = request.raw_body
        return raw if isinstance(raw, bytes) else raw.encode()
    except ValueError:
        raise NotJson from None
