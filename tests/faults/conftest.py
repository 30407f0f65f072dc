"""How much of the matrix a run covers."""

import pytest

from tests.faults.matrix import Coverage

COVERAGE = pytest.StashKey[Coverage]()
PART = 20
"""Without `--whole`, one cell in so many is run: the same ones each time, others with `--seed`."""


def pytest_configure(config: pytest.Config) -> None:
    seed = config.getoption("--seed", default=None)
    part = 1 if config.getoption("--whole", default=False) else PART
    config.stash[COVERAGE] = Coverage(int(seed or 0), part)


@pytest.fixture
def coverage(request: pytest.FixtureRequest) -> Coverage:
    """What this run covers."""
    return request.config.stash[COVERAGE]
