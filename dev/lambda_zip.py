"""What goes into the zip that Lambda unpacks, and how it is made small, quick to import and always the same.

A cold start compiles every module that comes without bytecode and reads botocore's descriptions of services; both are
paid here instead, once.
"""

import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

DEPLOYED_PYTHON = "3.13"

# botocore describes 441 services; these are the ones that wallet_api calls (tests/infra/test_template.py compares).
SERVICES = frozenset({"dynamodb", "kms", "secretsmanager", "ses", "sesv2", "sns", "sqs", "sts"})

# Lambda's Python 3.13 runs on Amazon Linux 2023, whose glibc is 2.34.
PLATFORMS = (*(f"manylinux_2_{minor}_aarch64" for minor in range(34, 16, -1)), "manylinux2014_aarch64")

# Only read when a package is built or checked for types.
UNUSED = ("bin", "pycparser", "*.pyi", "py.typed", "tests", "include")

THE_FIRST_MOMENT_OF_ZIP = (1980, 1, 1, 0, 0, 0)


class CannotPackage(Exception):
    """What stands in the way, in a sentence."""


def install_dependencies(lock: Path, site: Path, python: str) -> None:
    """Installs the locked wheels for Lambda's processor and Python, each checked against its hash."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    command += ["--target", str(site), "--no-compile", "--no-deps", "--require-hashes", "--only-binary", ":all:"]
    command += ["--implementation", "cp", "--python-version", python]
    for platform in PLATFORMS:
        command += ["--platform", platform]
    if (lock.parent / "wheels").is_dir():
        command += ["--find-links", str(lock.parent / "wheels")]
    done = subprocess.run([*command, "-r", str(lock)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise CannotPackage(f"{lock.name} could not be installed for Python {python} on arm64:\n{done.stderr}")


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
    _slim_endpoints(data / "endpoints.json")


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
