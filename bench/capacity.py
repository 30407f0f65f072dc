"""What DynamoDB bills for a call: sizes of items, read and write units, dollars.

The rules are those of the Developer Guide, "DynamoDB item sizes and formats" and "Read and write operations": a write unit
for every begun kilobyte of the larger of the item before and after, a read unit for every begun 4 KB read consistently and
half of one read eventually, both doubled in a transaction, a condition check like a write. What a write changes in an index is
written there once more, undoubled.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

from dev import templates

Raw = Mapping[str, Mapping[str, Any]]

WRITE_UNIT_BYTES = 1024
READ_UNIT_BYTES = 4096
TRANSACTION = 2

REGION_OF_PRICES = "us-east-1"
"""The prices below are those of on-demand tables there since 1 November 2024."""
DOLLARS_PER_MILLION_WRITE_UNITS = Fraction("0.625")
DOLLARS_PER_MILLION_READ_UNITS = Fraction("0.125")


def value_size(value: Mapping[str, Any]) -> int:
    """Bytes of one attribute's value."""
    ((kind, content),) = value.items()
    if kind == "S":
        return len(content.encode())
    if kind == "N":
        return _number_size(content)
    if kind == "M":
        return 3 + sum(len(name.encode()) + value_size(inner) + 1 for name, inner in content.items())
    if kind == "L":
        return 3 + sum(value_size(inner) + 1 for inner in content)
    return len(content) if kind == "B" else 1


def _number_size(text: str) -> int:
    """About a byte for two significant digits, one more, and one for a minus; the larger where the guide is vague."""
    digits = text.lstrip("-").replace(".", "").strip("0")
    return -(-len(digits) // 2) + 1 + text.startswith("-")


def item_size(item: Raw | None) -> int:
    """Bytes of a whole item, its attributes' names included; nothing for no item."""
    return sum(len(name.encode()) + value_size(value) for name, value in (item or {}).items())


def write_units(before: Raw | None, after: Raw | None) -> int:
    """Units of writing one item outside a transaction; a write that changes nothing costs one as well."""
    return max(1, -(-max(item_size(before), item_size(after)) // WRITE_UNIT_BYTES))


def read_units(size: int, *, consistent: bool = True) -> Fraction:
    """Units of reading so many bytes; reading what is not there costs as much as the smallest item."""
    whole = max(1, -(-size // READ_UNIT_BYTES))
    return Fraction(whole) if consistent else Fraction(whole, 2)


@dataclass(frozen=True)
class Index:
    """A global secondary index: its keys, and whether it holds whole items."""

    keys: tuple[str, ...]
    whole: bool

    def row(self, item: Raw | None) -> dict[str, Any] | None:
        """What the index holds of an item; None for one that lacks the index's keys."""
        if item is None or not all(name in item for name in self.keys):
            return None
        return {name: value for name, value in item.items() if self.whole or name in ("pk", "sk", *self.keys)}

    def write_units(self, before: Raw | None, after: Raw | None) -> int:
        """Units that the index is charged for: none when its row stays what it was, two writes when the row moves."""
        old, new = self.row(before), self.row(after)
        if old == new:
            return 0
        moved = old is not None and new is not None and any(old[name] != new[name] for name in self.keys)
        return write_units(old, None) + write_units(None, new) if moved else write_units(old, new)


@cache
def indexes() -> dict[str, list[Index]]:
    """The indexes of each table, as infra/resources.yaml makes them."""
    return {
        spec["TableName"]: [
            Index(
                tuple(key["AttributeName"] for key in index["KeySchema"]),
                index["Projection"]["ProjectionType"] == "ALL",
            )
            for index in spec.get("GlobalSecondaryIndexes", [])
        ]
        for spec in templates.table_specs(stage="local")
    }


def index_write_units(table: str, before: Raw | None, after: Raw | None) -> int:
    """Units that one write costs in all indexes of its table."""
    return sum(index.write_units(before, after) for index in indexes().get(table, []))


def dollars_per_million(read: Fraction, write: int) -> Fraction:
    """What a million of such requests cost for reading and writing, on demand; storage and Lambda are not in it."""
    return read * DOLLARS_PER_MILLION_READ_UNITS + write * DOLLARS_PER_MILLION_WRITE_UNITS
