"""docs/licences.md: what is carried to Lambda, and under which licence each part may be."""

from collections.abc import Callable
from importlib import metadata

from dev.lambda_zip import locked
from dev.templates import ROOT

ALLOWED = ("Apache", "BSD", "MIT", "Unlicense", "CC0", "PSF", "Python Software Foundation", "ISC", "Public Domain")
"""What may be carried beside code under Apache-2.0 without asking anybody."""

PAGE = """# Licences

Made by `./wallet documents` from the locked packages' own metadata. The wallet itself is Apache-2.0.

## What the functions carry

| package | version | licence |
|---|---|---|
{rows}

Chalice's own runtime files, which `chalice package` copies in, are Apache-2.0.

## What the pages carry

| part | licence |
|---|---|
| Swagger UI (`web/docs/swagger-ui*`) | Apache-2.0; the licences of what is inside it stand in `web/docs/swagger-ui-bundle.js.LICENSE.txt` |
"""


def pages() -> dict[str, Callable[[], str]]:
    """By the file's name, what makes it."""
    return {"docs/licences.md": licences_md}


def carried() -> dict[str, str]:
    """The packages that are locked for the functions, with their versions."""
    return locked(ROOT / "requirements.txt")


def licence_of(name: str) -> str:
    """What a package says of itself: the SPDX expression, the classifiers, or the first line of its licence field."""
    told = metadata.metadata(name)
    if "License-Expression" in told:
        return str(told["License-Expression"])
    classified = [each.rpartition(" :: ")[2] for each in told.get_all("Classifier") or [] if "License ::" in each]
    plain = str(told["License"]).partition("\n")[0] if "License" in told else "unknown"
    return ", ".join(sorted(set(classified))) or plain


def licences_md() -> str:
    """docs/licences.md."""
    rows = [f"| {name} | {version} | {licence_of(name)} |" for name, version in sorted(carried().items())]
    return PAGE.format(rows="\n".join(rows))
