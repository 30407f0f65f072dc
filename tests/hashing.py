"""argon2 is slow on purpose, some 30 ms of one core a password, and tests register thousands of people. They do it with the
same code at argon2's least cost; what a deployed wallet keeps is looked at in `tests/passwords`.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from unittest.mock import patch

from argon2 import PasswordHasher

from wallet_api.passwords import use_cases

as_deployed: Callable[[], PasswordHasher] = use_cases._hasher
_least = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@contextmanager
def hashing(hasher: Callable[[], PasswordHasher] = lambda: _least) -> Iterator[None]:
    """Every password of this process is hashed so meanwhile."""
    with patch.object(use_cases, "_hasher", hasher):
        use_cases._nobodys_hash.cache_clear()
        yield
    use_cases._nobodys_hash.cache_clear()
