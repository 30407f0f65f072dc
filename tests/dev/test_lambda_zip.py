"""The zip: small, quick to import, and the same bytes for the same commit."""

import gzip
import json
import os
import py_compile
import sys
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest

from dev.lambda_zip import (
    CannotPackage,
    compile_bytecode,
    copy_installed,
    install_dependencies,
    locked,
    platforms,
    prune,
    write_zip,
)
from tests.dev.registry import silent


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site-packages in small: one module, one used and one unused service, an endpoints file."""
    site = tmp_path / "site"
    data = site / "botocore" / "data"
    described = {
        "documentation": "<p>Many words.</p>",
        "shapes": {"Note": {"members": {"documentation": {"shape": "Text", "documentation": "<p>More.</p>"}}}},
    }
    for service in ("dynamodb", "ec2"):
        for told in ("2011-12-05", "2012-08-10"):
            (data / service / told).mkdir(parents=True)
            packed = gzip.compress(json.dumps(described).encode())
            (data / service / told / "service-2.json.gz").write_bytes(packed)
            (data / service / told / "examples-1.json").write_text("{}")
    partition = {"partition": "aws", "regions": {"eu-west-1": {}}, "services": {"dynamodb": {}, "ec2": {}}}
    (data / "endpoints.json").write_text(json.dumps({"partitions": [partition]}))
    (site / "module.py").write_text("ANSWER = 42\n")
    (site / "module.pyi").write_text("ANSWER: int\n")
    return site


def test_an_index_that_never_answers_is_waited_for_as_long_as_the_limit_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lock = tmp_path / "requirements.txt"
    lock.write_text(f"tiny==1.0 --hash=sha256:{'0' * 64}\n")
    with silent() as url:
        monkeypatch.setenv("PIP_INDEX_URL", f"{url}/simple")
        with pytest.raises(CannotPackage, match="the package index did not answer in 3 s"):
            install_dependencies(lock, tmp_path / "site", "3.13", 3)


def test_only_the_services_that_are_used_are_described(site: Path) -> None:
    prune(site)
    assert sorted(path.name for path in (site / "botocore/data").iterdir()) == ["dynamodb", "endpoints.json"]
    (partition,) = json.loads((site / "botocore/data/endpoints.json").read_text())["partitions"]
    assert partition == {"partition": "aws", "regions": {"eu-west-1": {}}, "services": {"dynamodb": {}}}
    assert not (site / "module.pyi").exists()


def test_of_a_service_stays_what_a_client_needs_and_no_text_for_readers(site: Path) -> None:
    prune(site)
    (newest,) = (site / "botocore/data/dynamodb").iterdir()
    assert newest.name == "2012-08-10"
    assert [path.name for path in newest.iterdir()] == ["service-2.json"]
    kept = json.loads((newest / "service-2.json").read_text())
    assert kept == {"shapes": {"Note": {"members": {"documentation": {"shape": "Text"}}}}}, (
        "a member may have that name"
    )


def test_bytecode_is_never_checked_against_its_source(site: Path) -> None:
    """PEP 552: bit 0 of the flags says hash-based, bit 1 says check the source; files in a zip have no useful times."""
    compile_bytecode(site, sys.executable)
    compiled = (site / "__pycache__" / f"module.{sys.implementation.cache_tag}.pyc").read_bytes()
    assert int.from_bytes(compiled[4:8], "little") == 0b01
    assert b"/var/task" in compiled
    assert os.fsencode(site) not in compiled
    assert py_compile.PycInvalidationMode.UNCHECKED_HASH.value == 3


def test_zipping_twice_gives_the_same_bytes(site: Path, tmp_path: Path) -> None:
    first = write_zip(site, tmp_path / "first.zip").read_bytes()
    for path in site.rglob("*"):
        os.utime(path, (1, 1))
    assert write_zip(site, tmp_path / "second.zip").read_bytes() == first
    with zipfile.ZipFile(tmp_path / "first.zip") as archive:
        assert archive.namelist() == sorted(archive.namelist())
        assert {entry.external_attr >> 16 for entry in archive.infolist()} == {0o100644}


def test_what_is_copied_is_what_is_locked_without_scripts_and_bytecode(tmp_path: Path) -> None:
    lock = tmp_path / "requirements.txt"
    lock.write_text(f"six=={version('six')} \\\n    --hash=sha256:00\n# via nobody\n")
    copy_installed(lock, tmp_path / "site")
    assert (tmp_path / "site/six.py").exists()
    assert not list((tmp_path / "site").rglob("*.pyc"))


@pytest.mark.parametrize("line", ["six==0.0.1", "no-such-package==1.0"])
def test_what_is_installed_in_another_version_is_not_packaged(tmp_path: Path, line: str) -> None:
    lock = tmp_path / "requirements.txt"
    lock.write_text(line + "\n")
    with pytest.raises(CannotPackage, match="is locked"):
        copy_installed(lock, tmp_path / "site")


def test_a_lock_is_read_with_its_hashes_and_markers(tmp_path: Path) -> None:
    lock = tmp_path / "requirements.txt"
    lock.write_text("a-b==1.2 \\\n    --hash=sha256:00\nc==3.post1 ; python_version < '3.12'\n    # via c==9\n")
    assert locked(lock) == {"a-b": "1.2", "c": "3.post1"}


def test_no_wheel_needs_a_newer_glibc_than_lambda_has() -> None:
    assert platforms("aarch64")[0] == "manylinux_2_34_aarch64"
    assert all(each.endswith("aarch64") for each in platforms("aarch64"))
