"""What Lambda unpacks, made for this machine: the wallet as `./wallet package` packs it, and the floor packed alike.

`./wallet package` fetches the locked wheels for Lambda's processor. Here the same versions are copied out of the environment that
runs this, so that they load; or, for the Python that is deployed, fetched for this machine's processor. All else is the packager's
own: Chalice's bundle, pruning, bytecode that is not checked again.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path

from dev.lambda_zip import (
    DEPLOYED_PYTHON,
    Install,
    compile_bytecode,
    copy_installed,
    install_for_this_processor,
    prune,
)
from dev.packaging import build, find_interpreter
from dev.templates import ROOT

FLOOR = ("botocore", "jmespath", "python-dateutil", "six", "urllib3")


@dataclass(frozen=True)
class Maker:
    """Makes packages that an interpreter of this machine runs."""

    interpreter: str
    python: str
    install: Install

    @staticmethod
    def of_this_python() -> Maker:
        return Maker(sys.executable, "{}.{}".format(*sys.version_info[:2]), copy_installed)

    @staticmethod
    def of_the_deployed_python() -> Maker:
        """Raises CannotPackage when there is no such Python here."""
        return Maker(find_interpreter(DEPLOYED_PYTHON), DEPLOYED_PYTHON, install_for_this_processor)

    def wallet(self, work: Path) -> Path:
        """The unpacked package. Raises CannotPackage."""
        site = work / "wallet"
        build(work, site, "dev", self.interpreter, self.python, ROOT, self.install)
        return site

    def floor(self, work: Path) -> Path:
        """botocore with what it needs, of the locked versions, and nothing else. Raises CannotPackage."""
        site, lock = work / "floor", work / "requirements.txt"
        whole = (ROOT / "requirements.txt").read_text("utf-8")
        lock.write_text(
            "\n".join(found[0] for name in FLOOR if (found := re.search(_entry(name), whole, re.MULTILINE)))
        )
        self.install(lock, site, self.python)
        prune(site)
        compile_bytecode(site, self.interpreter)
        return site


def _entry(name: str) -> str:
    """A package's lines in a lock, with its hashes."""
    return rf"^{re.escape(name)}==.*\n(?:    --hash.*\n)*"
