"""Everything that moves money, or is decided under a key on the way to it, as it ends when nothing breaks.

Every endpoint that requires an Idempotency-Key has at least one scenario; a test compares the two lists. A module of this
package with `SCENARIOS` of its own is part of the matrix by being there.
"""

import importlib
import pkgutil

from tests.faults.scenario import Scenario

MODULES = [importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)]
SCENARIOS: tuple[Scenario, ...] = tuple(scenario for module in MODULES for scenario in module.SCENARIOS)
