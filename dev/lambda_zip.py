"""What goes into the zip that Lambda unpacks, and how it is made small, quick to import and always the same.

A cold start compiles every module that comes without bytecode and reads botocore's descriptions of services; both are
paid here instead, once.
"""

import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from dev import limits

DEPLOYED_PYTHON = "3.13"

# botocore describes 441 services; these are the ones that wallet_api calls (tests/infra/test_template.py compares).
SERVICES = frozenset({"dynamodb", "kms", "secretsmanager", "ses", "sesv2", "sns", "sqs", "sts"})

INSTALL_SECONDS = 600
"""How long an index may take to give all that a lock names."""

Install = Callable[[Path, Path, str], None]
"""Puts what a lock names into a directory, for a version of Python."""

# Only read when a package is built or checked for types, or by older Pythons: pynamodb and msgspec find all they need in the
# deployed one's typing, and its import is 2 % of a cold start.
UNUSED = ("bin", "pycparser", "*.pyi", "py.typed", "tests", "include", "typing_extensions.py")

THE_FIRST_MOMENT_OF_ZIP = (1980, 1, 1, 0, 0, 0)


class CannotPackage(Exception):
    """What stands in the way, in a sentence."""


def platforms(machine: str) -> tuple[str, ...]:
    """The kinds of wheels that run on a processor: Lambda's Python 3.13 runs on Amazon Linux 2023, whose glibc is 2.34."""
    return (*(f"manylinux_2_{minor}_{machine}" for minor in range(34, 16, -1)), f"manylinux2014_{machine}")


def install_dependencies(lock: Path, site: Path, python: str, seconds: float = INSTALL_SECONDS) -> None:
    """Installs the locked wheels for Lambda's processor and Python, each checked against its hash. Raises CannotPackage."""
    _install(lock, site, python, "aarch64", seconds)


def install_for_this_processor(lock: Path, site: Path, python: str) -> None:
    """The same for this machine, so that the package can be run here."""
    _install(lock, site, python, os.uname().machine, INSTALL_SECONDS)


def _install(lock: Path, site: Path, python: str, machine: str, seconds: float) -> None:
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    command += ["--retries", "1"]
    command += ["--target", str(site), "--no-compile", "--no-deps", "--require-hashes", "--only-binary", ":all:"]
    command += ["--implementation", "cp", "--python-version", python]
    for platform in platforms(machine):
        command += ["--platform", platform]
    if (lock.parent / "wheels").is_dir():
        command += ["--find-links", str(lock.parent / "wheels")]
    what = f"{lock.name} could not be installed for Python {python} on {machine}"
    try:
        done = limits.run([*command, "-r", str(lock)], seconds)
    except limits.Overran:
        raise CannotPackage(f"{what}: the package index did not answer in {seconds:g} s") from None
    if done.returncode:
        raise CannotPackage(f"{what}:\n{done.stderr}")


def copy_installed(lock: Path, site: Path, python: str = "") -> None:
    """Copies the locked packages out of the environment that runs this: no index is asked, and they load here.

    Raises CannotPackage when one is missing, or is not the locked version.
    """
    del python
    for name, version in locked(lock).items():
        try:
            found = distribution(name)
        except PackageNotFoundError:
            raise CannotPackage(f"{name} {version} is locked and not installed here") from None
        if found.version != version:
            raise CannotPackage(f"{name} {version} is locked, and {found.version} is installed here")
        copy_files(found.files or (), site)


def copy_files(files: Sequence[Any], site: Path) -> None:
    """Copies a package's files, but for scripts and bytecode."""
    for file in files:
        source = Path(str(file.locate()))
        if ".." not in file.parts and "__pycache__" not in file.parts and source.is_file():
            target = site / str(file)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)


def locked(lock: Path) -> dict[str, str]:
    """The versions of the packages that a lock names."""
    return dict(re.findall(r"^([a-z0-9][\w.\-]*)==([^ ;\\]+)", lock.read_text("utf-8"), re.MULTILINE))


def prune(site: Path) -> None:
    """Takes out what no function reads."""
    for pattern in UNUSED:
        for found in sorted(site.rglob(pattern) if "*" in pattern or "." in pattern else site.glob(pattern)):
            if found.is_dir():
                shutil.rmtree(found)
            else:
                found.unlink()
    data = site / "botocore" / "data"
    for service in sorted(path for path in data.iterdir() if path.is_dir()):
        if service.name not in SERVICES:
            shutil.rmtree(service)
        else:
            _slim_service(service)
    _slim_endpoints(data / "endpoints.json")


def _slim_service(service: Path) -> None:
    """Keeps the newest version, without its examples; its texts for readers are four fifths of what a client parses as it is made."""
    *older, newest = sorted(path for path in service.iterdir() if path.is_dir())
    for version in older:
        shutil.rmtree(version)
    (newest / "examples-1.json").unlink(missing_ok=True)
    for packed in sorted(newest.glob("*.json.gz")):
        described = json.loads(gzip.decompress(packed.read_bytes()))
        packed.with_suffix("").write_text(json.dumps(_untold(described), ensure_ascii=False, separators=(",", ":")))
        packed.unlink()


def _untold(value: Any) -> Any:
    """Without documentation. A member of that name is no text, and stays."""
    if isinstance(value, list):
        return [_untold(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {name: _untold(each) for name, each in value.items() if name != "documentation" or not isinstance(each, str)}


def _slim_endpoints(path: Path) -> None:
    """Keeps all partitions and regions, and of their services those that are used."""
    endpoints = json.loads(path.read_text())
    for partition in endpoints["partitions"]:
        partition["services"] = {name: what for name, what in partition["services"].items() if name in SERVICES}
    path.write_text(json.dumps(endpoints, separators=(",", ":")))


def compile_bytecode(site: Path, interpreter: str) -> None:
    """Compiles everything for the interpreter's version, never to be checked against its source again.

    One process, sorted, with a fixed hash seed: the order in which objects are made shows in the bytes.
    """
    compiler = (
        "import compileall, py_compile, sys\n"
        "sys.exit(not compileall.compile_dir(sys.argv[1], quiet=1, stripdir=sys.argv[1], prependdir='/var/task',"
        " workers=1, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH))"
    )
    env = {"PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1", "PATH": "/usr/bin:/bin"}
    subprocess.run([interpreter, "-W", "ignore", "-c", compiler, str(site)], env=env, check=True)


def write_zip(site: Path, target: Path) -> Path:
    """Zips `site` in the order of names, without its times and owners."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(site.rglob("*"), key=lambda found: found.relative_to(site).as_posix()):
            if path.is_file():
                entry = zipfile.ZipInfo(path.relative_to(site).as_posix(), THE_FIRST_MOMENT_OF_ZIP)
                entry.external_attr = (0o100755 if path.suffix == ".so" else 0o100644) << 16
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, path.read_bytes(), compresslevel=9)
    return target
