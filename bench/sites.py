"""What Lambda unpacks, made for this machine: the wallet as `./wallet package` packs it, and the floor packed alike.

`./wallet package` fetches the locked wheels for Lambda's processor; here the same versions are copied out of the environment
that runs this, so that they load. All else is the packager's own: Chalice's bundle, pruning, bytecode that is not checked again.
"""

from __future__ import annotations

import re
import shutil
import sys
from importlib.metadata import distribution
from pathlib import Path

from dev.lambda_zip import compile_bytecode, prune
from dev.packaging import copy_project, run_chalice
from dev.templates import ROOT

FLOOR = ("botocore", "jmespath", "python-dateutil", "six", "urllib3")


def wallet_site(work: Path) -> Path:
    """The unpacked package."""
    workshop, site = work / "workshop", work / "wallet"
    copy_project(ROOT, workshop)
    made = run_chalice(workshop, "dev")
    _install(re.findall(r"^([a-z0-9][a-z0-9.\-]*)==", (ROOT / "requirements.txt").read_text(), re.MULTILINE), site)
    shutil.unpack_archive(made / "deployment.zip", site)
    return _finished(site)


def floor_site(work: Path) -> Path:
    """botocore with what it needs, and nothing else."""
    site = work / "floor"
    _install(FLOOR, site)
    return _finished(site)


def _install(names: list[str] | tuple[str, ...], site: Path) -> None:
    for name in names:
        for file in distribution(name).files or []:
            source = Path(str(file.locate()))
            if ".." not in file.parts and "__pycache__" not in file.parts and source.is_file():
                target = site / str(file)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, target)


def _finished(site: Path) -> Path:
    prune(site)
    compile_bytecode(site, sys.executable)
    return site
