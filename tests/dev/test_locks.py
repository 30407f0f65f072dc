"""The locks: hashed, complete for plain pip, and silent about the machine that made them."""

import re

import pytest

from dev.locks import NAMES
from dev.templates import ROOT


@pytest.mark.parametrize("name", NAMES)
def test_every_package_is_pinned_and_hashed(name: str) -> None:
    text = (ROOT / f"{name}.txt").read_text()
    packages = [block for block in re.split(r"\n(?=\S)", text) if not block.startswith("#")]
    assert packages
    for block in packages:
        assert re.match(r"[\w.\-]+(\[[\w,]+\])?==\S+", block), block
        assert "--hash=sha256:" in block, block


@pytest.mark.parametrize("name", NAMES)
def test_no_lock_names_a_host_or_a_directory(name: str) -> None:
    text = (ROOT / f"{name}.txt").read_text()
    assert not re.search(r"https?://|--find-links|--index-url|(?<!\w)/\w", text.replace("./wallet lock", ""))


def test_what_the_functions_import_comes_in_the_same_version_everywhere() -> None:
    def pins(name: str) -> set[str]:
        return set(re.findall(r"^[\w.\-]+==[^ \\]+", (ROOT / f"{name}.txt").read_text(), re.MULTILINE))

    assert pins("requirements") <= pins("requirements-serve") <= pins("requirements-test")


def test_the_local_cloud_is_not_shipped() -> None:
    shipped = (ROOT / "requirements.txt").read_text()
    for name in ("chalice", "moto", "waitress", "boto3", "pytest"):
        assert f"\n{name}==" not in shipped
