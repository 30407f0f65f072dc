"""What an errand leads to."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from dev.fuzz.world import Person, World


class Led(NamedTuple):
    """The parts of a request that can succeed now; what is None stays as it was made up."""

    path: Mapping[str, Any] = {}
    body: Any = None
    query: Mapping[str, Any] = {}


Errand = Callable[[World, Person], Led]
"""Raises NotThere when somebody on the way says no."""
