"""Samples: a body that an endpoint takes, made from its schema, so that a reader of the reference can send it as it stands.

What a field's shape does not tell, its name does: one word means one thing in every endpoint.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]

_UNIQUE = "01KAMS3Q0V5T1C9D9SZ3GZ2WQY"
NAMED: dict[str, Any] = {
    "algorithm": "ES256",
    "app_version": "1.0.0",
    "authenticator_code": "654321",
    "category": "5814",
    "card_id": f"crd_{_UNIQUE}",
    "channel": "sms",
    "code": "123456",
    "country": "CN",
    "consents": ["terms", "privacy"],
    "current_password": "a cup of pu-erh",
    "description": "乌龙茶",
    "display_name": "梅",
    "email": "mei@example.com",
    "endpoint_id": f"whk_{_UNIQUE}",
    "expiry_month": 12,
    "expiry_year": 2035,
    "factor_code": "654321",
    "fields": {"to": {"phone": "+8613800138000"}, "amount": {"amount": 1250, "currency": "CNY"}},
    "holder_name": "LI MEI",
    "locale": "zh-CN",
    "mandate_id": f"man_{_UNIQUE}",
    "merchant_id": f"mer_{_UNIQUE}",
    "name": "梅",
    "new_password": "a cup of pu-erh",
    "note": "午饭",
    "number": "6200000000000005",
    "operation": "transfer",
    "order_id": "2026-11-22/17",
    "password": "a cup of pu-erh",
    "payment_code": "471234567897654321",
    "payment_id": f"pay_{_UNIQUE}",
    "phone": "+8613800138000",
    "platform": "android",
    "qr": (
        "00020101021226720012local.wallet012601M822KMH989V7F9EYDX09A6580222i4R0hzDxec2tHIQHMKnkqQ520458145303156540512.505802CN"
        "5919Green Lake Teahouse6007Kunming62120508sample-164200002ZH0104翠湖茶馆0202昆明630425F6"
    ),
    "public_key": (
        "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84z"
        "V2sxXs7LtkBoN79R9Q=="
    ),
    "quote_id": f"quo_{_UNIQUE}",
    "reason": "returned",
    "sms_code": "123456",
    "refresh_token": "wrt_",
    "service": "fcm",
    "token": "fGk3-s8Tq0a:APA91bHun4MxP5egoKMwt2KZFBaFUH-1RYqx",
    "user_id": f"usr_{_UNIQUE}",
    "website": "https://tea.example",
}


OF_SHAPE: dict[str, dict[str, Any]] = {
    "Apply": {
        "legal_name": "昆明翠湖茶馆有限公司",
        "name": "翠湖茶馆",
        "latin_name": "CUIHU TEA HOUSE",
        "city": "昆明",
        "latin_city": "KUNMING",
    },
    "ChangeContact": {"phone": "+8613912345678"},
    "CreateOutlet": {"name": "翠湖茶馆 东门店", "label": "CUIHU EAST"},
    "Register": {"phone": NAMED["phone"]},
    "SignIn": {"phone": NAMED["phone"]},
}
"""What stands in bodies of a shape besides what each must hold, because one of several fields is needed or another field's
value needs it; or as another word than everywhere else.
"""


def resolved(schema: Schema, components: Schema) -> Schema:
    """The schema itself: references followed, the null among alternatives left away."""
    if "$ref" in schema:
        return resolved(components[schema["$ref"].rpartition("/")[2]], components)
    for kind in schema.get("anyOf", []):
        if kind != {"type": "null"}:
            rest = {name: value for name, value in schema.items() if name != "anyOf"}
            return resolved(kind if "$ref" in kind else {**rest, **kind}, components)
    return schema


def sample(schema: Schema, components: Schema, name: str = "") -> Any:
    """A value that the schema of a field of this name takes: of an object what it requires, or its first field."""
    found = resolved(schema, components)
    kind = found.get("type")
    if kind == "object" and name in NAMED:
        return NAMED[name]
    if kind == "object":
        known: Schema = found.get("properties", {})
        wanted = found.get("required") or list(known)[:1]
        needed = OF_SHAPE.get(found.get("title", ""), {})
        return {inner: sample(known[inner], components, inner) for inner in wanted if inner not in needed} | needed
    if "enum" in found and NAMED.get(name) not in found["enum"]:
        return found["enum"][0]
    if name in NAMED:
        return NAMED[name]
    if "examples" in found:
        return found["examples"][0]
    if kind == "array":
        return [sample(found["items"], components)]
    if kind == "integer":
        return found.get("minimum", 1)
    return True if kind == "boolean" else "sample"
