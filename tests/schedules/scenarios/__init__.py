"""The schedules' scenarios: operations on what they share, and everything that their callers may be told.

A module of this package with `PAIRS` or `TRIPLES` of its own is run by being there.
"""

import importlib
import pkgutil

from tests.schedules.judge import Scenario

MODULES = [importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)]
PAIRS: list[Scenario] = [pair for module in MODULES for pair in getattr(module, "PAIRS", [])]
TRIPLES: list[Scenario] = [triple for module in MODULES for triple in getattr(module, "TRIPLES", [])]
