"""moto's habits that cost most of a call, done once instead of again and again. No answer of moto's changes by it.

What it does with an update's expression is a tree and ten walks through it. The tree depends on the text alone, so each text is
parsed once and its tree copied by pickle; three of the walks depend on text, names and keys alone, and are taken once; the others
ask of each class of node once what is to be done with it, and do not enter what they would not touch.
"""

import pickle
from functools import cache
from typing import Any

from moto.dynamodb.models.dynamo_type import LimitedSizeDict
from moto.dynamodb.parsing import ast_nodes, expressions, validators

from dev.cloud.moto_values import speed_up_values

# moto does not type its trees.
Node: Any = vars(ast_nodes)["Node"]
_Traverser: Any = vars(ast_nodes)["DepthFirstTraverser"]
_OPEN = (vars(ast_nodes)["Expression"], vars(ast_nodes)["UpdateExpressionFunction"])

# These look at what is set, never at what is inside of it.
_SHALLOW = (validators.TypeMismatchValidator, validators.EmptyStringKeyValueValidator)
_STATIC = (
    validators.ActionCountValidator,
    validators.OverlappingPathsValidator,
    validators.UpdateHashRangeKeyValidator,
)
_MAX_TEXTS = 2_000


def speed_up() -> None:
    """Puts the quicker ways in moto's place, for good. An item, too, no longer weighs itself for each attribute that it is
    given: the engine weighs it once, when it is written.
    """
    weighing: Any = LimitedSizeDict
    if weighing.__setitem__ is dict.__setitem__:
        return
    weighing.__setitem__ = dict.__setitem__
    speed_up_values()
    parser: Any = vars(expressions)["UpdateExpressionParser"]
    parser.make = _parsed_once(parser.make)
    _Traverser.traverse_node_recursively = _traverse
    _Traverser.process = _process
    Node.find_clauses = _find_clauses
    validator: Any = validators.UpdateExpressionValidator
    validator.__init__ = _prepare
    validator.validate = _validate


class _Text:
    """An update's expression: its tree, and with which names and keys it was found sound."""

    def __init__(self, text: str, tree: Any) -> None:
        self.pickled = pickle.dumps(tree)
        self.has_functions = "(" in text
        self.sound_with: set[Any] = set()


def _parsed_once(parse: Any) -> Any:
    trees: dict[str, Any] = {}

    def make(text: str) -> Any:
        if text not in trees:
            if len(trees) >= _MAX_TEXTS:
                trees.clear()
            tree = parse(text)
            tree.text = _Text(text, tree)
            trees[text] = tree
        return trees[text]

    return make


def _prepare(
    validator: Any,
    expression: Any,
    expression_attribute_names: Any,
    expression_attribute_values: Any,
    item: Any,
    table: Any,
) -> None:
    """Takes the place of the validator's `__init__`, and leaves out the walks whose outcome is known."""
    text: _Text = expression.text
    names = expression_attribute_names or {}
    validator.expression_attribute_names = expression_attribute_names
    validator.expression_attribute_values = expression_attribute_values
    validator.item, validator.table = item, table
    validator.sound_with = (*sorted(names.items()), *table.table_key_attrs)
    validator.text = text
    known = _STATIC if validator.sound_with in text.sound_with else ()
    if not text.has_functions:
        known = (*known, validators.UpdateExpressionFunctionEvaluator)
    validator.processors = [each for each in validator.get_ast_processors() if type(each) not in known]
    validator.node_to_validate = pickle.loads(text.pickled)


def _validate(validator: Any) -> Any:
    node = validator.node_to_validate
    for processor in validator.processors:
        node = processor.traverse(node)
    if len(validator.text.sound_with) < _MAX_TEXTS:
        validator.text.sound_with.add(validator.sound_with)
    return node


def _traverse(walker: Any, node: Any, child_id: int = -1) -> Any:
    """moto's walk, children first."""
    walks = walker.__class__
    kind = _kind_of(walks, node.__class__) if _is_node(node.__class__) else None
    if node.children is not None and not (kind is not None and walks in _SHALLOW):
        looks_ahead = _looks_ahead(walks)
        for place, child in enumerate(node.children):
            if looks_ahead:
                walker.pre_processing_of_child(node, place)
            if _is_node(child.__class__):
                _traverse(walker, child, place)
    if kind is not None:
        parent = node.parent
        node = walker._processing_map()[kind](node)
        node.parent = parent
        if parent:
            parent.children[child_id] = node
    return node


def _process(walker: Any, node: Any) -> Any:
    kind = _kind_of(walker.__class__, node.__class__)
    return None if kind is None else walker._processing_map()[kind](node)


def _find_clauses(node: Any, wanted: Any) -> list[Any]:
    found: list[Any] = []
    for child in node.children or ():
        kind = child.__class__
        if kind in wanted:
            found.append(child)
        elif _is_open(kind):
            found.extend(_find_clauses(child, wanted))
    return found


@cache
def _is_node(kind: type) -> bool:
    return issubclass(kind, Node)


@cache
def _is_open(kind: type) -> bool:
    return issubclass(kind, _OPEN)


@cache
def _looks_ahead(walks: Any) -> bool:
    return bool(walks.pre_processing_of_child is not _Traverser.pre_processing_of_child)


@cache
def _kind_of(walks: Any, kind: type) -> Any:
    """What a walker does with a class of node: the key in its map."""
    handled = _handled(walks)
    return next((each for each in handled if issubclass(kind, each)), None)


@cache
def _handled(walks: Any) -> tuple[Any, ...]:
    # The map names the walker's methods, which a bare instance has as well as a whole one.
    return tuple(walks.__new__(walks)._processing_map())
