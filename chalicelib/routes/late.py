"""Routes whose files are imported when they are first asked for.

One function serves the whole API, and each of its containers some of it. The files of all capabilities, with the slices that only they
use, would be a tenth of each cold start, and functions that read streams never need any. So the packager writes down which file
serves what, and the packaged function registers just that; without such a list all files are imported at once.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import cast

from chalice.app import Chalice, Request, Response

from chalicelib import routes
from chalicelib.http import answered

PLACES = Path(__file__).with_name("places.json")


def register(app: Chalice, places: Path = PLACES) -> None:
    """Registers every endpoint: by the packager's list where there is one, else by importing them all."""
    if not places.exists():
        for each in routes.every():
            app.register_blueprint(each)
        return
    for capability, endpoints in json.loads(places.read_text("utf-8")).items():
        for at, (method, path) in enumerate(endpoints):
            app.route(path, methods=[method], content_types=[], name=f"{method} {path}")(_late(app, capability, at))


def write(places: Path) -> None:
    """Writes which capability serves what: `{"cards": [["POST", "/v1/cards"], …], …}`, in the order of its file."""
    found = {name: [[each.method, each.path] for each in routes.of(name).endpoints] for name in routes.CAPABILITIES}
    places.write_text(json.dumps(found) + "\n", "utf-8")


def _late(app: Chalice, capability: str, at: int) -> Callable[..., Response]:
    def view(**path_values: str) -> Response:
        # There always is one while a view works.
        request = cast(Request, app.current_request)
        return answered(routes.of(capability).endpoints[at], request, path_values)

    return view
