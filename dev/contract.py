"""`./wallet contract`: what holds the API to its document with strangers' tools, one after the other.

`clients` generates clients and walks the demo with one; `lint` has the document read by Redocly's linter; `page` looks at the
reference page in a browser; `bruno` walks the served collection with Bruno's own command line; `codes` has our QR codes read
by an EMVCo parser from npm; `audit` asks whether a locked package has a known vulnerability. Without arguments all are run.
What cannot be done on this machine says so (`not run:` and why), and is no failure.
"""

import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

LINTER = "@redocly/cli@2.77.0"
URL = "http://127.0.0.1:8000"


def document() -> Any:
    """The OpenAPI document of this code."""
    from chalicelib import openapi
    from chalicelib.routes import ALL

    return openapi.document([each for routes in ALL for each in routes.endpoints], URL)


def clients() -> int:
    from dev.generated_client import main

    return main(document())


def lint() -> int:
    """Holds the document to Redocly's recommended rules; a warning is a failure."""
    from dev import npm

    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        (place / "openapi.json").write_text(json.dumps(document()), "utf-8")
        try:
            tools = npm.install(place, LINTER)
            told = json.loads(npm.run([str(tools / "redocly"), "lint", "openapi.json", "--format", "json"], place))
        except npm.NotHere as why:
            print(f"lint: not run: {why}")
            return 0
        except npm.Failed as said:
            print(f"lint: {said}", file=sys.stderr)
            return 1
    found = [f"{each['ruleId']}: {each['message']}" for each in told["problems"]]
    print("\n".join(found) or f"lint: {LINTER} finds nothing")
    return int(bool(found))


def bruno() -> int:
    from dev.bruno import main

    return main()


def page() -> int:
    from dev.reference_page import main

    return main()


def audit() -> int:
    from dev.audit import main

    return main()


def codes() -> int:
    from dev.read_codes import main

    return main()


PARTS: dict[str, Callable[[], int]] = {
    "clients": clients,
    "lint": lint,
    "page": page,
    "bruno": bruno,
    "codes": codes,
    "audit": audit,
}


def main(chosen: Sequence[str]) -> int:
    """Runs the chosen parts, or all; returns 1 when one fails and 2 for an unknown name."""
    if unknown := set(chosen) - set(PARTS):
        print(f"wallet: no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}", file=sys.stderr)
        return 2
    failed = [name for name, run in PARTS.items() if name in (chosen or PARTS) and run()]
    if failed:
        print(f"wallet: failed: {', '.join(failed)}", file=sys.stderr)
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
