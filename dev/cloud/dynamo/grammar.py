"""The words of DynamoDB's expressions: tokens, document paths and placeholders, shared by all four kinds.

Grammar: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
"""

import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any, NoReturn

from moto.dynamodb.parsing.reserved_keywords import ReservedKeywords

from dev.cloud.dynamo.refusals import Invalid
from dev.cloud.dynamo.values import Item, Value

Path = tuple[str | int, ...]
Operand = Callable[[Item, Item], Value | None]
"""Finds a value, given the item and the expression's values; None where the item has nothing at that path."""

_TOKEN = re.compile(r"\s*(?:(<>|<=|>=|[=<>(),.+\-\[\]])|([:#]?[A-Za-z0-9_]+))", re.ASCII)


class Words:
    """One expression, read token by token. `kind` names it in refusals, as `ConditionExpression`."""

    def __init__(self, kind: str, text: str, names: dict[str, str]) -> None:
        if not text.strip():
            raise Invalid(f"Invalid {kind}: The expression can not be empty;")
        self.kind = kind
        self.names = names
        self.names_used: set[str] = set()
        self.values_used: set[str] = set()
        self._tokens: list[str] = []
        self._at = 0
        position = 0
        end = len(text.rstrip())
        while position < end:
            match = _TOKEN.match(text, position)
            if match is None:
                raise Invalid(f'Invalid {kind}: Syntax error; token: "{text[position:].lstrip()[:1]}"')
            self._tokens.append(match.group(1) or match.group(2))
            position = match.end()

    def peek(self, ahead: int = 0) -> str:
        place = self._at + ahead
        return self._tokens[place] if place < len(self._tokens) else "<EOF>"

    def take(self) -> str:
        token = self.peek()
        self._at += 1
        return token

    def accept(self, *words: str) -> str | None:
        """The next token when it is one of `words` (in any case), else None and nothing is read."""
        if self.peek().upper() in words:
            return self.take().upper()
        return None

    def expect(self, word: str) -> None:
        if self.accept(word) is None:
            self.fail()

    def fail(self) -> NoReturn:
        raise Invalid(f'Invalid {self.kind}: Syntax error; token: "{self.peek()}"')

    def end(self) -> None:
        if self.peek() != "<EOF>":
            self.fail()

    def path(self) -> Path:
        """`a.#b[3].c` as `("a", <name of #b>, 3, "c")`."""
        parts: list[str | int] = [self._name()]
        while True:
            if self.accept("."):
                parts.append(self._name())
            elif self.accept("["):
                index = self.take()
                if not index.isdigit():
                    self.fail()
                parts.append(int(index))
                self.expect("]")
            else:
                return tuple(parts)

    def _name(self) -> str:
        token = self.peek()
        if token.startswith("#"):
            if token not in self.names:
                raise Invalid(
                    f"Invalid {self.kind}: An expression attribute name used in the document path is not defined; "
                    f"attribute name: {token}"
                )
            self.names_used.add(token)
            self.take()
            return self.names[token]
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", token):
            self.fail()
        if token.upper() in ReservedKeywords.get_reserved_keywords():
            raise Invalid(f"Invalid {self.kind}: Attribute name is a reserved keyword; reserved keyword: {token}")
        return self.take()

    def value_name(self) -> str:
        token = self.take()
        if not token.startswith(":"):
            self._at -= 1
            self.fail()
        self.values_used.add(token)
        return token

    def operand(self) -> Operand:
        """A path or a `:value`."""
        if self.peek().startswith(":"):
            name = self.value_name()
            return lambda _item, values: values[name]
        return reader(self.path())


def reader(path: Path) -> Operand:
    if len(path) == 1:
        name: Any = path[0]
        return lambda item, _values: item.get(name)
    return lambda item, _values: found(item, path)


def found(item: Item, path: Path) -> Value | None:
    """What `item` has at `path`, or None."""
    current: Value | None = item.get(str(path[0]))
    for part in path[1:]:
        if current is None:
            return None
        if isinstance(part, int):
            elements = current.get("L", [])
            current = elements[part] if part < len(elements) else None
        else:
            current = current.get("M", {}).get(part)
    return current


def projected(item: Item, paths: tuple[Path, ...]) -> Item:
    """Only what `paths` name, in its place; list elements close up, as DynamoDB answers them."""
    chosen: Item = {}
    for path in sorted(paths, key=str):
        value = found(item, path)
        if value is not None:
            _graft(chosen, path, value)
    return chosen


def _graft(chosen: Item, path: Path, value: Value) -> None:
    for depth in range(len(path) - 1, 0, -1):
        part = path[depth]
        value = {"L": [value]} if isinstance(part, int) else {"M": {part: value}}
    name = str(path[0])
    chosen[name] = _merged(chosen[name], value) if name in chosen else value


def _merged(one: Value, other: Value) -> Value:
    if "M" in one and "M" in other:
        both = dict(one["M"])
        for name, value in other["M"].items():
            both[name] = _merged(both[name], value) if name in both else value
        return {"M": both}
    if "L" in one and "L" in other:
        return {"L": one["L"] + other["L"]}
    return other


def paths_overlap(paths: list[Path]) -> bool:
    """Whether one is the other or leads to it: DynamoDB refuses such an update."""
    ordered = sorted(paths, key=lambda path: tuple(map(str, path)))
    return any(after[: len(before)] == before for before, after in pairwise(ordered))
