"""The template of each stage, packaged once for all tests of it."""

import json
from pathlib import Path

import pytest

from dev.packaging import STAGES, package_template
from dev.templates import Template
from tests.infra.packaged import expanded_by_sam


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    out = tmp_path_factory.mktemp("package")
    return {stage: package_template(out / stage, stage) for stage in STAGES}


@pytest.fixture(params=STAGES)
def template(request: pytest.FixtureRequest, written: dict[str, Path]) -> Template:
    found: Template = json.loads(written[request.param].read_text())
    return found


@pytest.fixture
def expanded(template: Template) -> Template:
    """The same as CloudFormation makes it, after SAM."""
    return expanded_by_sam(template)
