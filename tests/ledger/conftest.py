"""Two people on the ledger."""

import pytest

from tests.ledger_world import ADA, BO, PIN, World


@pytest.fixture
def two(world: World) -> World:
    """Ada with 100 yuan and a PIN; Bo with nothing."""
    world.open(ADA, pin=PIN)
    world.open(BO)
    world.fund(ADA, 100_00)
    return world
