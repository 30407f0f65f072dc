"""What merchants' servers are sent: a webhook for each type of event that concerns a merchant, with the shape of its data.

The types and what each says come from the closed list in `wallet_api/events/model.py`.
"""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.openapi.parts import Json, reference
from wallet_api.events.model import FACTS, OBJECTS, OF_ENTRIES, OF_STATES, TYPES

EVENT = "EventView"
OF_PEOPLE = ("top_up", "transfer", "withdrawal")
"""Only people are told of these, in their own list: no merchant's server is sent them."""

_ID: Json = {"type": "string", "description": "The object that it happened to."}
_COUNTED = ("refunded", "refundable")
_FACTS: Json = {name: {"type": "integer" if name in _COUNTED else ["string", "null"]} for name in FACTS}
_MONEY: Json = {"$ref": "#/components/schemas/MoneyView"}

TAG: Json = {"name": "webhook_events", "description": "What merchants' servers are sent."}
"""A tag of their own: generators make a file of each, and one of the calls' name would be written over them."""

DATA: Json = {
    "EventData": {
        "type": "object",
        "description": "Thin: ids, amounts, states and codes, nobody's words. Fetch the object for the rest.",
        "properties": {
            "id": _ID,
            "object": {"type": "string"},
            "status": {"type": "string", "description": "The state that the object came into."},
            "entry_id": {"type": "string", "description": "The ledger's entry, where money moved."},
            "amount": {**_MONEY, "description": "What reached the other side."},
            "balance_change": {**_MONEY, "description": "Signed, and the owner's own, with the fees that they bear."},
            **_FACTS,
        },
        "required": ["id", "object"],
    }
}


def webhooks() -> Json:
    """By type, the request that a merchant's server gets."""
    return {kind: {"post": _sent(kind, when)} for kind, when in sorted(TYPES.items()) if not kind.startswith(OF_PEOPLE)}


def states_of(kind: str) -> Iterator[tuple[str, str]]:
    """The objects and states that an event of this type may tell of, where a record's state tells it."""
    for name, states in OF_STATES.items():
        yield from ((name, state) for state, told in states.items() if told == kind)


def _sent(kind: str, when: str) -> Json:
    named = kind.replace(".", "_")
    content = {"schema": _event(kind), "example": _example(kind)}
    return {
        "operationId": f"webhook_{named}",
        "summary": when[0].upper() + when[1:],
        "description": (
            "Sent to the merchant's webhook endpoints that want this type, signed by Standard Webhooks. Answer with 2xx "
            "within seconds; anything else is tried again for three days. It may come twice and in any order: `id` tells "
            "an event from another, `sequence` puts those of one object in order."
        ),
        "tags": [TAG["name"]],
        "security": [],
        "parameters": [
            _header("webhook-id", "The event's id, the same in every attempt."),
            _header("webhook-timestamp", "When this attempt was signed, in seconds since 1970."),
            _header("webhook-signature", "`v1,` and the signature in base 64, one for each valid secret."),
        ],
        "requestBody": {"required": True, "content": {"application/json": content}},
        "responses": {
            "2XX": {"description": "Taken: it is not sent again."},
            "410": {"description": "The endpoint is disabled at once: send nothing more."},
            "default": {"description": "Not taken: it is tried again."},
        },
    }


def _event(kind: str) -> Json:
    objects = sorted(_objects(kind))
    data: Json = reference("schemas", "EventData")
    if objects:
        data = {"allOf": [data, {"type": "object", "properties": {"object": {"enum": objects}}}]}
    told = {"type": {"const": kind}, "data": data}
    title = "".join(word.capitalize() for word in kind.replace(".", "_").split("_"))
    return {"title": f"{title}Event", "allOf": [reference("schemas", EVENT), {"type": "object", "properties": told}]}


def _objects(kind: str) -> set[str]:
    told = {name for name, _ in states_of(kind)}
    return told | {OBJECTS.get(entry, entry) for entry, event in OF_ENTRIES.items() if event == kind}


def _example(kind: str) -> Json:
    state = next(states_of(kind), None)
    unique = "01KAMS3Q0V5T1C9D9SZ3GZ2WQY"
    data: Json = {"id": f"pay_{unique}", "object": next(iter(sorted(_objects(kind))), kind.partition(".")[0])}
    if state is not None:
        data["status"] = state[1]
    return {
        "id": f"evt_{unique}",
        "object": "event",
        "type": kind,
        "sequence": 1795309500000,
        "data": {**data, "amount": {"amount": 1250, "currency": "CNY"}},
        "created_at": "2026-11-22T01:05:00Z",
    }


def _header(name: str, meaning: str) -> Json:
    return {"name": name, "in": "header", "required": True, "description": meaning, "schema": {"type": "string"}}
