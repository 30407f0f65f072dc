"""What the parts of the wiring diagram have in common."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from inspect import get_annotations
from typing import TYPE_CHECKING, Any, ClassVar, Self, dataclass_transform

# Two requests at once that are the first to ask for a part open it once; to open one may ask for another.
_OPENING = threading.RLock()


@dataclass_transform(frozen_default=True, eq_default=False)
class Part:
    """Collaborators by name, put together once. The parts of the wallet are parts themselves, so it has their collaborators as well.

    As a data class, sixty names would be written into methods and compiled at every cold start. Nor is every part opened then: what few
    requests need is handed over as its opener, which imports what it makes.
    """

    __slots__ = ("__dict__", "_openers")
    if TYPE_CHECKING:
        # Of each of them; but this way no name of a collaborator.
        _openers: ClassVar[Mapping[str, Callable[[], Part]]]

    def __init__(self, *given: Any, **named: Any) -> None:
        """All of them, in the order of the class or by name. Raises TypeError when one is missing, or is nobody's."""
        self._fill(dict(zip(self.names(), given, strict=False)) | named, {}, len(given))

    @classmethod
    def opened_late(cls, late: Mapping[type[Part], Callable[[], Part]], **named: Any) -> Self:
        """With parts that are opened when one of theirs is first asked for. Raises TypeError as the constructor does."""
        made = cls.__new__(cls)
        made._fill(named, {name: opener for part, opener in late.items() for name in part.names()}, 0)
        return made

    def _fill(self, own: Mapping[str, Any], openers: Mapping[str, Callable[[], Part]], in_order: int) -> None:
        names = self.names()
        object.__setattr__(self, "_openers", {name: openers[name] for name in openers if name not in own})
        self.__dict__.update(own)
        if in_order > len(names) or self.__dict__.keys() | openers.keys() != set(names):
            raise TypeError(f"{type(self).__name__} takes {', '.join(names)}")

    if not TYPE_CHECKING:  # which then still finds names that are nobody's

        def __getattr__(self, name: str) -> Any:
            if name not in self._openers:
                raise AttributeError(f"{type(self).__name__} has no {name}")
            with _OPENING:
                if name not in self.__dict__:
                    for each, collaborator in vars(self._openers[name]()).items():
                        self.__dict__.setdefault(each, collaborator)
            return self.__dict__[name]

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"{type(self).__name__}.{name} was put in its place when the wallet was opened")

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Whom it holds, inherited ones first."""
        kinds = reversed(cls.__mro__)
        return tuple(dict.fromkeys(name for kind in kinds for name in get_annotations(kind)))

    def replaced(self, **named: Any) -> Self:
        """The same with others in some places."""
        made = type(self).__new__(type(self))
        made._fill({**vars(self), **named}, self._openers, 0)
        return made
