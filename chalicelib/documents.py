"""Answers that are no objects of the API: pages, scripts, the OpenAPI document. They are the same for everybody, so whoever
has one is told that it is still the same one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from msgspec import Struct, field

CACHED = "public, max-age=300"


class Document(Struct, frozen=True):
    """One document. What its headers say of caching goes before ours."""

    media_type: str
    text: str
    headers: Mapping[str, str] = field(default_factory=dict)


def headers_of(document: Document) -> dict[str, str]:
    """What goes with a document. One that may be kept has a tag: a weak one (RFC 9110 section 8.8.1), for what stands in front may
    compress it.
    """
    made = {"Cache-Control": CACHED, "Content-Type": f"{document.media_type}; charset=utf-8", **document.headers}
    if made["Cache-Control"] == CACHED:
        made["ETag"] = f'W/"{hashlib.sha256(document.text.encode()).hexdigest()[:32]}"'
    return made


def is_known(tag: str, if_none_match: str) -> bool:
    """Whether a caller has this document already (RFC 9110 section 13.1.2); nobody has one that is not to be kept."""
    told = [each.strip().removeprefix("W/") for each in if_none_match.split(",")]
    return bool(tag) and ("*" in told or tag.removeprefix("W/") in told)


def without_slash(path: str) -> str | None:
    """Where a page is whose address was written with a slash at its end, from where it was looked for: its links are read
    from its own address. None where there is no such slash.
    """
    return f"../{path.rstrip('/').rpartition('/')[2]}" if path.endswith("/") else None
