"""Answers as they may look, made from their shapes: every field, each with a value that its name promises."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.samples import NAMED, resolved

Schema = Mapping[str, Any]

UNIQUE = "01KAMS3Q0V5T1C9D9SZ3GZ2WQY"
PREFIXES = {
    "api_key": "key", "authorization": "aut", "card": "crd", "checkout": "pay", "device": "dev", "event": "evt",
    "fee_quote": "quo", "mandate": "man", "merchant": "mer", "outlet": "out", "payment": "pay", "payout": "pyo",
    "refund": "ref", "refund_request": "rfr", "session": "ses", "top_up": "top", "transfer": "trf", "user": "usr",
    "withdrawal": "wdr",
    "webhook_endpoint": "whk",
}  # fmt: skip
"""What an object's id begins with, by its `object`."""

SHOWN: dict[str, Any] = {
    "currency": "CNY",
    "description": "乌龙茶",
    "display_name": "梅",
    "last4": "0005",
    "locale": "zh-CN",
    "mode": "test",
    "next_cursor": None,
    "prefix": "sk_test_4eC3",
    "schedule_version": 1,
    "sequence": 1795309500000,
    "time": "2026-11-22T01:05:00Z",
    "type": "payment.succeeded",
    "url": "https://shop.example/wallet/events",
    "version": "2026-11-22",
}
_WHEN = "2026-11-22T01:05:00Z"


def answered(schema: Schema, components: Schema, name: str = "", kind: str = "", depth: int = 0) -> Any:
    """A value of this shape. What may be null is null far inside, so that an example ends."""
    if depth > 5 and {"type": "null"} in schema.get("anyOf", ()):
        return None
    found = resolved(schema, components)
    if found.get("type") == "object":
        return _object(found, components, depth)
    if found.get("type") == "array":
        return [answered(found["items"], components, name.removesuffix("s"), depth=depth + 1)]
    if "enum" in found:
        return NAMED[name] if NAMED.get(name) in found["enum"] else found["enum"][0]
    return _plain(found, name, kind)


def _object(found: Schema, components: Schema, depth: int) -> Any:
    fields: Schema = found.get("properties", {})
    own = (resolved(fields["object"], components).get("enum") or [""])[0] if "object" in fields else ""
    return {name: answered(shape, components, name, own, depth + 1) for name, shape in fields.items()}


def _plain(found: Schema, name: str, kind: str) -> Any:
    text = found.get("type") == "string"
    if text and (found.get("format") == "date-time" or name.endswith("_at")):
        return _WHEN
    if text and found.get("format") == "date":
        return _WHEN[:10]
    if text and name == "id":
        return f"{PREFIXES.get(kind, 'obj')}_{UNIQUE}"
    if text and name.endswith("_id"):
        return NAMED.get(name, f"{PREFIXES.get(name.removesuffix('_id'), 'obj')}_{UNIQUE}")
    known = {**NAMED, **SHOWN}.get(name)
    if found.get("type") == "integer":
        return known if isinstance(known, int) else 1250 if name == "amount" else found.get("minimum", 1)
    if found.get("type") == "boolean":
        return False
    return known if isinstance(known, str) and text else (name if text else None)
