"""`./wallet contract audit`: whether a locked package has a known vulnerability.

PyPI is asked, and OSV about whatever PyPI tells nothing of: an index that stands in for PyPI often has no advisories. A source that
does not answer within its limit is not asked about the other locks. What nobody could be asked about is told, by the number of
packages, and is no success: it says `not run`.
"""

import json
import re
import sys
from typing import Any

from dev import limits
from dev.lambda_zip import locked
from dev.templates import ROOT

LOCKS = ("requirements", "requirements-serve", "requirements-test", "requirements-contract")
SOURCES = ("pypi", "osv")
SECONDS = 120
"""How long a source may take to tell about all of a lock's packages."""


def main() -> int:
    """Asks about what the functions carry, and about what serves, tests and generates; 1 when one is known to be vulnerable.

    Returns UNREACHABLE when none is, and somebody could not be asked.
    """
    sources = list(SOURCES)
    found = [_vulnerable(name, sources) for name in LOCKS]
    if any(vulnerable for vulnerable, _ in found):
        return 1
    return limits.UNREACHABLE if any(unknown for _, unknown in found) else 0


def _vulnerable(name: str, sources: list[str]) -> tuple[bool, bool]:
    """Tells what is known of a lock's packages: whether one is vulnerable, and whether one is unknown."""
    unknown = {_canonical(package) for package in locked(ROOT / f"{name}.txt")}
    found: dict[str, list[dict[str, Any]]] = {}
    asked: list[str] = []
    for source in tuple(sources):
        if unknown and (told := _told(name, source, sources)) is not None:
            audited = {_canonical(each["name"]): each["vulns"] for each in told if "vulns" in each}
            found |= {package: vulns for package, vulns in audited.items() if vulns}
            asked += [f"{len(unknown & set(audited))} by {source}"] if unknown & set(audited) else []
            unknown -= set(audited)
    for package, vulns in sorted(found.items()):
        for each in vulns:
            mended = ", ".join(each["fix_versions"]) or "no version"
            print(f"{name}: {package} is vulnerable: {each['id']}, mended in {mended}")
    if asked:
        print(f"{name}: {' and '.join(asked)}; {len(found)} of these are known to be vulnerable")
    if unknown:
        print(f"{name}: not run for {len(unknown)} packages: neither PyPI nor OSV could be asked about them")
    return bool(found), bool(unknown)


def _told(name: str, source: str, sources: list[str]) -> list[dict[str, Any]] | None:
    """What pip-audit says of each package; None when its source cannot be reached. One that is silent is taken out of `sources`."""
    command = [sys.executable, "-m", "pip_audit", "--vulnerability-service", source, "--format", "json"]
    command += ["--disable-pip", "--require-hashes", "--progress-spinner", "off", "-r", str(ROOT / f"{name}.txt")]
    try:
        done = limits.run(command, SECONDS)
    except limits.Overran:
        print(f"{name}: {source} did not answer in {SECONDS} s")
        sources.remove(source)
        return None
    try:
        told: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        return None
    return told


def _canonical(package: str) -> str:
    """https://packaging.python.org/en/latest/specifications/name-normalization/"""
    return re.sub(r"[-_.]+", "-", package).lower()
