"""What callers have: the ids that answers named, and values that are right for a field by its name.

A request made up from the document alone names objects that do not exist and proofs that are wrong, so it is refused before
anything happens. With what is kept here it goes on to where money moves.
"""

import random
import re
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, unquote

from dev.fuzz.world import CARD, PASSWORD, PIN, Person, World, a_phone, cny

KEPT = 12
"""How many ids of one kind are kept for a caller, the newest."""
_NAME = re.compile(r"\{(\w+)\}")
FOLDERS = (".", "..")
"""What a client takes out of a path before it sends it, however it is written."""


def segment(value: Any) -> str:
    """A value as one segment of a path: an Idempotency-Key may have a slash, a question mark or a number sign in it."""
    return quote(str(value), safe="")


class Stock:
    """Ids by caller and collection, such as `/v1/payments`; other values by the field that told them."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._ids: dict[tuple[str, str], deque[str]] = defaultdict(lambda: deque(maxlen=KEPT))
        self._told: dict[str, deque[Any]] = defaultdict(lambda: deque(maxlen=KEPT))
        self._makers: dict[str, str] = {}

    def learn(self, template: str, token: str, answer: Any) -> None:
        """Takes the ids of an answer to a call of `template`."""
        if not isinstance(answer, dict):
            return
        collection = template[: -len(_NAME.findall(template)[-1]) - 3] if template.endswith("}") else template
        for each in answer["data"] if isinstance(answer.get("data"), list) else [answer]:
            if isinstance(each, dict):
                if isinstance(each.get("id"), str):
                    self.put(collection, token, each["id"])
                for name, value in each.items():
                    if isinstance(value, str) and (name.endswith("_id") or name in ("qr", "id")):
                        self._told[name].append(value)

    def put(self, collection: str, token: str, value: str) -> None:
        """Somebody has something."""
        if value in FOLDERS:
            return
        self._makers.setdefault(value, token)
        for whose in (token, ""):
            if value not in self._ids[collection, whose]:
                self._ids[collection, whose].append(value)

    def path(self, template: str, token: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """The path's parameters, each one of what the caller has, or else of what anybody has; as given where nobody has any.

        Both are as they are sent, `given` already.
        """
        found = {name: self._of(template, name, token) for name in _NAME.findall(template)}
        return {name: given.get(name) if value is None else segment(value) for name, value in found.items()}

    def maker(self, path: Mapping[str, Any]) -> str | None:
        """Who was first answered with what a path names; None for what was made up."""
        known = (self._makers.get(unquote(str(value))) for value in path.values())
        return next((token for token in known if token), None)

    def _of(self, template: str, name: str, token: str) -> str | None:
        collection = template[: template.index("{" + name + "}") - 1]
        for whose in (token, ""):
            if found := self._ids.get((collection, whose)):
                return self._random.choice(found)
        found = self._told.get(name) or self._told.get(f"{name}_id")
        return self._random.choice(found) if found else None

    def named(self, name: str, token: str) -> str | None:
        """An id for a field such as `payment_id`: of the collection `payments`."""
        kind = name.removesuffix("_id") + "s"
        for whose in (token, ""):
            found = [
                each for (place, who), ids in self._ids.items() if who == whose and place.endswith(kind) for each in ids
            ]
            if found:
                return self._random.choice(found)
        return self._random.choice(self._told[name]) if self._told.get(name) else None

    def proven(self, body: Any) -> Any:
        """A body with proofs that are right: whoever guesses is locked out, and nothing more is learned."""
        right = {"authorization": {"pin": PIN}, "pin": PIN, "current_pin": PIN}
        right |= {"password": PASSWORD, "current_password": PASSWORD}
        return {name: right.get(name, value) for name, value in body.items()} if isinstance(body, dict) else body

    def filled(self, example: Any, world: World, person: Person | None, token: str) -> Any:
        """The document's example of a body, with what is right for this caller at this moment."""
        return {name: self._value(name, value, world, person, token) for name, value in example.items()}

    def _value(self, name: str, shown: Any, world: World, person: Person | None, token: str) -> Any:
        makers: dict[str, Callable[[], Any]] = {
            "amount": lambda: cny(self._random.randint(100, 900)),
            "authorization": lambda: {"pin": PIN},
            "current_password": lambda: PASSWORD,
            "current_pin": lambda: PIN,
            "number": lambda: CARD,
            "order_id": lambda: f"T-{self._random.randrange(10**12)}",
            "password": lambda: PASSWORD,
            "phone": lambda: person.phone if person else a_phone(),
            "pin": lambda: PIN,
            "qr": lambda: self._random.choice(self._told["qr"]) if self._told["qr"] else shown,
            "source": lambda: {"card_id": self.named("card_id", token)},
            "to": lambda: {"phone": world.someone_else(person).phone} if person else shown,
        }
        if name in makers:
            return makers[name]()
        if name.endswith("_id"):
            return self.named(name, token) or shown
        return shown
