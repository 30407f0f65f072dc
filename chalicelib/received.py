"""What a request carries besides its headers: its body's bytes, and what stands behind the question mark of its address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from chalice.app import Request

from chalicelib import errors
from chalicelib.bodies import NotJson, read_query

UTF_8 = frozenset({"", "charset=utf-8", 'charset="utf-8"'})


class NoParameters(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The query of an endpoint that takes none: a parameter that nobody reads is somebody's mistake."""


def raw_body(request: Request) -> bytes:
    """The body's bytes; an absent body is an empty object, so that what is missing in it can be named.

    Raises NotJson, MediaTypeNotJson, BodyEncoded.
    """
    try:
        raw: str | bytes = request.raw_body
    except ValueError:  # base 64 that is none, or half of a surrogate pair
        raise NotJson from None
    if not raw:
        return b"{}"
    media_type, _, parameter = request.headers.get("content-type", "").partition(";")
    if media_type.strip() != "application/json" or parameter.strip(" \t;").lower() not in UTF_8:
        raise errors.MediaTypeNotJson
    if request.headers.get("content-encoding", "").strip().lower() not in ("", "identity"):
        raise errors.BodyEncoded
    return raw if isinstance(raw, bytes) else raw.encode()


def query_of(event: Mapping[str, Any], shape: type[msgspec.Struct] | None, *, is_document: bool) -> Any:
    """The parameters as their struct. Raises Invalid.

    The address of a page is passed on, and apps add to it what they count by (WeChat: `from=singlemessage`): where a
    document takes no parameter, those are nobody's mistake.
    """
    if shape is None and is_document:
        return NoParameters()
    return read_query(event.get("multiValueQueryStringParameters") or {}, shape or NoParameters)
