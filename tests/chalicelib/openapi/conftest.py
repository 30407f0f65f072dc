"""The document of the whole API."""

from typing import Any

import pytest

from chalicelib import openapi
from chalicelib.routes import every


@pytest.fixture(scope="session")
def document() -> Any:
    return openapi.document([each for routes in every() for each in routes.endpoints], "https://wallet.example")
