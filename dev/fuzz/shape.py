"""Whether a refusal is one that the document tells of: what it takes may be refused for what it means, and for nothing else."""

from collections.abc import Iterator, Mapping
from typing import Any

OF_SHAPE = {"wrong_type", "wrong_format", "too_long", "too_short"}
"""What is told of a field whose shape is wrong."""
BEYOND_SHAPE = {
    *("from", "to", "at", "expires_at"),
    *("challenge_id", "device_id", "signature", "authenticator_data", "client_data_json"),
}
"""Fields whose shape a schema tells in part: that there is such a day, that an id is one, that text is base64."""


def untold(problem: Any, sent: Any) -> list[str]:
    """The fields that were refused for a shape that the document allows, each with its code; `sent` is the body.

    A text that holds what cannot be shown is refused as well: no pattern names every such character. So is 12.0, which a schema
    takes for an integer: whoever writes money with a point may mean another unit.
    """
    errors = problem.get("errors") if isinstance(problem, Mapping) else None
    return [
        f"{place} {code}" for place, code in _fields(errors or []) if code in OF_SHAPE and not _excused(place, sent)
    ]


def untold_code(problem: Any, answer: Any) -> str:
    """The code of a refusal that the document does not name; `answer` is what it says of this status."""
    told = answer.get("content", {}).get("application/problem+json", {}).get("examples") if answer else None
    code = str(problem.get("code", "")) if isinstance(problem, Mapping) else ""
    return code if told is not None and code not in told else ""


def _fields(errors: Any) -> Iterator[tuple[str, str]]:
    for each in errors:
        yield str(each.get("pointer") or each.get("parameter") or ""), str(each.get("code"))


def _excused(place: str, sent: Any) -> bool:
    value = sent
    for step in place.strip("/").split("/"):
        if step in BEYOND_SHAPE:
            return True
        value = value.get(step) if isinstance(value, Mapping) else None
    return isinstance(value, float) or (isinstance(value, str) and not value.isprintable())
