"""Four of moto's habits that cost most of a call, done once instead of again and again. No answer of moto's changes by it."""

import pickle
from typing import Any

from moto.dynamodb.models.dynamo_type import LimitedSizeDict
from moto.dynamodb.parsing import expressions, validators
from moto.dynamodb.parsing.ast_nodes import DepthFirstTraverser


def speed_up() -> None:
    """An item no longer weighs itself for each attribute it is given (the engine weighs it once, when it is written); an update's
    expression is parsed once for each text, and its tree copied by pickle; a walk through a tree asks once what it looks for.
    """
    weighing: Any = LimitedSizeDict
    if weighing.__setitem__ is dict.__setitem__:
        return
    weighing.__setitem__ = dict.__setitem__
    trees: dict[str, Any] = {}
    pickled: dict[int, bytes] = {}
    parser: Any = vars(expressions)["UpdateExpressionParser"]
    parse = parser.make

    def make(expression: str) -> Any:
        if expression not in trees:
            trees[expression] = parse(expression)
            pickled[id(trees[expression])] = pickle.dumps(trees[expression])
        return trees[expression]

    def copied(tree: Any) -> Any:
        known = pickled.get(id(tree))
        return pickle.loads(pickle.dumps(tree) if known is None else known)

    parser.make = make
    vars(validators)["deepcopy"] = copied
    walker: Any = DepthFirstTraverser
    walker.nodes_to_be_processed = lambda self: tuple(_map_of(self))
    walker.process = _process


def _map_of(walker: Any) -> dict[Any, Any]:
    known: dict[Any, Any] | None = vars(walker).get("_known_map")
    if known is None:
        known = walker._known_map = walker._processing_map()
    return known


def _process(walker: Any, node: Any) -> Any:
    for kind, change in _map_of(walker).items():
        if isinstance(node, kind):
            return change(node)
    return None
