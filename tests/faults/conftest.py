"""How much of the matrix a run covers."""

from random import SystemRandom

import pytest

from tests.faults.matrix import Coverage

COVERAGE = pytest.StashKey[Coverage]()
PART = 10
"""Without `--whole`, one cell in so many is run."""


def pytest_configure(config: pytest.Config) -> None:
    seed = config.getoption("--seed", default=None)
    part = 1 if config.getoption("--whole", default=False) else PART
    config.stash[COVERAGE] = Coverage(SystemRandom().randrange(10**6) if seed is None else int(seed), part)


@pytest.fixture
def coverage(request: pytest.FixtureRequest) -> Coverage:
    """What this run covers."""
    return request.config.stash[COVERAGE]
