"""moto's conditions: parsed once for each text, and judged by type as DynamoDB judges them.

moto compares Python values: a number with a text breaks off, and what is missing equals NULL. In DynamoDB what cannot be compared is
false, and nothing equals what is missing.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
"""

from collections.abc import Callable
from typing import Any

from moto.dynamodb import comparisons
from moto.dynamodb.exceptions import InvalidConditionExpression

_NOT_DEFINED = "An expression attribute {} used in expression is not defined; attribute {}: {}"
_MAX_TEXTS = 2_000


class ParsedOnce(comparisons.ConditionExpressionParser):
    """moto's parser, which keeps the tree of each text: only the names and values that it is given differ from call to call."""

    _trees: dict[str, Any] = {}

    def parse(self) -> Any:
        text = self.condition_expression
        if not text:
            return super().parse()
        if text not in self._trees:
            if len(self._trees) >= _MAX_TEXTS:
                self._trees.clear()
            tree = self._tree()
            self._trees[text] = tree, self._find_literals(tree), self._find_expr_attr_values(tree)
        tree, names, values = self._trees[text]
        self.expr_attr_names_found.extend(names)
        self.expr_attr_values_found.extend(values)
        return self._make_op_condition(tree)

    def _tree(self) -> Any:
        """What moto's `parse` does before it makes something of it."""
        nodes = self._parse_paths(self._lex_condition_expression())
        for step in (self._apply_functions, self._apply_comparator, self._apply_in, self._apply_between):
            nodes = step(nodes)
        node, *rest = self._apply_parens_and_booleans(nodes)
        if rest:
            raise InvalidConditionExpression(f"Syntax error; token: {rest[0].text}")
        self._assert_no_redundant_parentheses(node)
        return node

    def _lookup_expression_attribute_value(self, name: str) -> Any:
        return {"": name}  # the tree is everybody's: the value is looked up when the condition is made

    def _lookup_expression_attribute_name(self, name: str) -> str:
        return name

    def _make_operand(self, node: Any) -> Any:
        if node.kind == self.Kind.EXPRESSION_ATTRIBUTE_VALUE:
            return comparisons.AttributeValue(_given(self.expression_attribute_values, node.text, "value"))
        if node.kind == self.Kind.PATH:
            names = self.expression_attribute_names
            path = [_given(names, each.text, "name") if each.text[0] == "#" else each.value for each in node.children]
            return comparisons.AttributePath(path)
        return super()._make_operand(node)


def _given(placeholders: dict[str, Any] | None, placeholder: str, what: str) -> Any:
    if placeholders is None or placeholder not in placeholders:
        raise InvalidConditionExpression(_NOT_DEFINED.format(what, what, placeholder))
    return placeholders[placeholder]


def correct_conditions() -> None:
    """Puts both corrections in moto's place, for good."""
    module: Any = comparisons
    if module.ConditionExpressionParser is ParsedOnce:
        return
    module.ConditionExpressionParser = ParsedOnce
    module.OpEqual.expr = _equal
    module.OpNotEqual.expr = lambda operation, item: not _equal(operation, item)
    for name in ("OpLessThan", "OpLessThanOrEqual", "OpGreaterThan", "OpGreaterThanOrEqual"):
        operator = getattr(module, name)
        operator.expr = _ordered(operator.expr)
    module.FuncBetween.expr = _between
    module.FuncIn.expr = _among


def _type(operand: Any, item: Any) -> str | None:
    """The type of what an operand stands for; None when it is not there."""
    if isinstance(operand, comparisons.FuncSize):
        measured = ("S", "SS", "NS", "B", "BS", "L", "M")
        return "N" if operand.attr.get_type(item) in measured else None
    found: str | None = operand.get_type(item)
    return found


def _same(left: Any, right: Any, item: Any) -> bool:
    kind = _type(left, item)
    return kind is not None and kind == _type(right, item) and bool(left.expr(item) == right.expr(item))


def _comparable(item: Any, *operands: Any) -> bool:
    kinds = {_type(operand, item) for operand in operands}
    return len(kinds) == 1 and kinds <= {"N", "S", "B"}


def _equal(operation: Any, item: Any) -> bool:
    return _same(operation.lhs, operation.rhs, item)


def _ordered(motos: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def ordered(operation: Any, item: Any) -> bool:
        return _comparable(item, operation.lhs, operation.rhs) and motos(operation, item)

    return ordered


def _between(function: Any, item: Any) -> bool:
    if not _comparable(item, function.attr, function.start, function.end):
        return False
    return bool(function.start.expr(item) <= function.attr.expr(item) <= function.end.expr(item))


def _among(function: Any, item: Any) -> bool:
    return any(_same(function.attr, value, item) for value in function.possible_values)
