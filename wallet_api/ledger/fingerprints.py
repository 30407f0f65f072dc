"""Fingerprints: whether two long lists agree, found out without keeping either.

A ledger's lines are expected by its entries and found in its statements, in two orders, and there may be millions. Each side is
added up as keyed hashes modulo a prime, so that what both sides have cancels out, whatever the order (a multiset hash: Clarke,
Devadas, van Dijk, Gassend, Suh, ASIACRYPT 2003). Balances are compared the same way: an account's weight times what is stored,
less its weight times each line. The key is drawn anew for every run, so nobody can choose errors that cancel each other out; that
some do by chance is as likely as 1 in 2^127. Sums are kept in parts: those that differ say where to look a second time.
"""

from __future__ import annotations

import secrets
from hashlib import blake2b
from zlib import crc32

from msgspec import Struct, field

from wallet_api.ledger.lines import Line

PARTS = 1024
_PRIME = 2**127 - 1

Place = tuple[str, str]
"""Partition key and sort key."""


def part_of(*names: str) -> int:
    """The part that a place, or an account and a currency, belongs to."""
    return crc32("\0".join(names).encode()) % PARTS


class Fingerprints(Struct):
    """Sums that are all zero when lines are as their entries say, balances are the sums of their lines, and what is held
    of somebody's money is what the journal has set aside of it.
    """

    key: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    lines: list[int] = field(default_factory=lambda: [0] * PARTS)
    balances: list[int] = field(default_factory=lambda: [0] * PARTS)
    held: list[int] = field(default_factory=lambda: [0] * PARTS)

    @property
    def prime(self) -> int:
        """What sums are taken modulo of."""
        return _PRIME

    def weight(self, *names: str) -> int:
        """What a number of this name counts, in sums that others keep."""
        return self._hash(names)

    def expect(self, line: Line) -> None:
        """An entry says that there is this line."""
        self._line((line.pk, line.sk), line, 1)

    def find(self, place: Place, line: Line) -> None:
        """A statement has this line at this place; it counts in its account's balance as well."""
        self._line(place, line, -1)
        self._balance(line.account, line.money.currency, -line.money.amount)

    def store(self, account: str, currency: str, amount: int) -> None:
        """An account's item holds this balance."""
        self._balance(account, currency, amount)

    def hold(self, account: str, currency: str, amount: int) -> None:
        """An account's item shows this as held, or, taken away, the journal has set it aside."""
        part = part_of(account, currency)
        self.held[part] = (self.held[part] + amount * self._hash((account, currency))) % _PRIME

    def differing_lines(self) -> list[int]:
        """The parts in which a line is missing, too many, or another one than expected."""
        return [part for part, sum_ in enumerate(self.lines) if sum_]

    def differing_balances(self) -> list[int]:
        """The parts in which a balance is not the sum of its lines."""
        return [part for part, sum_ in enumerate(self.balances) if sum_]

    def differing_held(self) -> list[int]:
        """The parts in which what is held is not what was set aside."""
        return [part for part, sum_ in enumerate(self.held) if sum_]

    def _line(self, place: Place, line: Line, times: int) -> None:
        part = part_of(*place)
        said = (place, line.account, line.entry_id, line.kind, line.subject, line.at, line.money, line.other)
        self.lines[part] = (self.lines[part] + times * self._hash((*said, line.operation))) % _PRIME

    def _balance(self, account: str, currency: str, amount: int) -> None:
        part = part_of(account, currency)
        self.balances[part] = (self.balances[part] + amount * self._hash((account, currency))) % _PRIME

    def _hash(self, said: tuple[object, ...]) -> int:
        # A tuple's repr quotes its texts, so that no two tuples read the same.
        return int.from_bytes(blake2b(repr(said).encode(), digest_size=16, key=self.key).digest(), "big")
