"""Four of moto's habits that cost most of a call, done once instead of again and again. No answer of moto's changes by it."""

import pickle
from typing import Any

from moto.dynamodb.models.dynamo_type import LimitedSizeDict
from moto.dynamodb.parsing import ast_nodes, expressions, validators

# moto does not type its trees.
Node: Any = vars(ast_nodes)["Node"]
_nodes: dict[type, bool] = {}
_kinds: dict[tuple[type, type], Any] = {}


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
    walker: Any = vars(ast_nodes)["DepthFirstTraverser"]
    walker.traverse_node_recursively = _traverse
    walker.process = _process


def _traverse(walker: Any, node: Any, child_id: int = -1) -> Any:
    """moto's walk, children first, which asks of each class of node only once what is to be done with it."""
    if not _is_node(type(node)):
        return node
    parent = node.parent
    if node.children is not None:
        for place, child in enumerate(node.children):
            walker.pre_processing_of_child(node, place)
            _traverse(walker, child, place)
    if _kind_of(type(walker), type(node), walker) is not None:
        node = _process(walker, node)
        node.parent = parent
        if parent:
            parent.children[child_id] = node
    return node


def _process(walker: Any, node: Any) -> Any:
    kind = _kind_of(type(walker), type(node), walker)
    return None if kind is None else walker._processing_map()[kind](node)


def _is_node(kind: type) -> bool:
    known = _nodes.get(kind)
    if known is None:
        known = _nodes[kind] = issubclass(kind, Node)
    return known


def _kind_of(walks: type, kind: type, walker: Any) -> Any:
    if (walks, kind) not in _kinds:
        _kinds[walks, kind] = next((each for each in walker._processing_map() if issubclass(kind, each)), None)
    return _kinds[walks, kind]
