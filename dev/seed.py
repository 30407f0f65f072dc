"""Something to play with: made through use cases, never by writing items, so that every rule has held for it."""

from typing import Any


def seed(cloud: Any) -> dict[str, Any]:
    """Fills an empty wallet; returns what a developer needs to know of it (names, keys, ids)."""
    del cloud
    return {}
