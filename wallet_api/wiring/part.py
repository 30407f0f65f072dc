"""What the parts of the wiring diagram have in common."""

from __future__ import annotations

from inspect import get_annotations
from typing import Any, Self, dataclass_transform


@dataclass_transform(frozen_default=True, eq_default=False)
class Part:
    """Collaborators by name, put together once. The parts of the wallet are parts themselves, so it has their collaborators as well.

    As a data class, sixty names would be written into methods and compiled at every cold start.
    """

    def __init__(self, *given: Any, **named: Any) -> None:
        """All of them, in the order of the class or by name. Raises TypeError when one is missing, or is nobody's."""
        names = self.names()
        self.__dict__.update(zip(names, given, strict=False), **named)
        if len(given) > len(names) or self.__dict__.keys() != set(names):
            raise TypeError(f"{type(self).__name__} takes {', '.join(names)}")

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"{type(self).__name__}.{name} was put in its place when the wallet was opened")

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Whom it holds, inherited ones first."""
        kinds = reversed(cls.__mro__)
        return tuple(dict.fromkeys(name for kind in kinds for name in get_annotations(kind)))

    def replaced(self, **named: Any) -> Self:
        """The same with others in some places."""
        return type(self)(**{**vars(self), **named})
