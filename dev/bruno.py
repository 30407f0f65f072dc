"""`./wallet contract bruno`: the collection that the API serves, opened by Bruno's own tools and run from top to bottom.

What is served at `/docs/bruno.json` is written as Bruno keeps a collection in a folder, and Bruno's command line walks the
journey against a sandbox: each request has to answer as the journey says.
"""

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dev import npm

INSTALL_SECONDS = 600
"""Five hundred packages."""
_OPEN = """
const fs = require("fs"), path = require("path");
const { stringifyRequest, stringifyFolder, stringifyEnvironment } = require("@usebruno/filestore");
const [, , from, to] = process.argv, told = JSON.parse(fs.readFileSync(from)), as = { format: "bru" };
const safe = (name) => name.replace(/[\\/\\\\?*:<>|"]/g, "-");
fs.mkdirSync(path.join(to, "environments"), { recursive: true });
fs.writeFileSync(path.join(to, "bruno.json"), JSON.stringify({ version: "1", name: told.name, type: "collection" }));
for (const folder of told.items) {
  const place = path.join(to, safe(folder.name));
  fs.mkdirSync(place);
  fs.writeFileSync(path.join(place, "folder.bru"), stringifyFolder({ meta: { name: folder.name, seq: folder.seq } }, as));
  for (const each of folder.items) fs.writeFileSync(path.join(place, `${safe(each.name)}.bru`), stringifyRequest(each, as));
}
for (const each of told.environments) {
  fs.writeFileSync(path.join(to, "environments", `${each.name}.bru`), stringifyEnvironment(each, as));
}
"""


def main() -> int:
    """Returns 0 when the collection can be opened and each step answers as it says. Raises NotRun and npm.Failed."""
    tools = npm.install("bruno", INSTALL_SECONDS)
    with tempfile.TemporaryDirectory() as scratch:
        steps = walk(tools, Path(scratch))
    print(f"bruno: {npm.version('bruno', '@usebruno/cli')} opens the collection and walks all {steps} steps")
    return 0


def walk(tools: Path, place: Path, change: Callable[[Any], None] | None = None) -> int:
    """Opens the served collection with the tools that are installed, and walks; the number of steps. Raises npm.Failed.

    `change` is made to the collection before.
    """
    from dev.client import Api
    from dev.cloud.local import LocalCloud
    from dev.server import Server

    with LocalCloud.start("moto") as cloud:
        server = Server(cloud.gateway).start()
        try:
            cloud.seed()
            cloud.pump.start()
            served = Api(server.port).get("/docs/bruno.json").ok(200)
            served["environments"][0]["variables"][0]["value"] = server.url
            if change is not None:
                change(served)
            (place / "served.json").write_text(json.dumps(served), "utf-8")
            (place / "open.cjs").write_text(_OPEN, "utf-8")
            npm.run(["node", "open.cjs", "served.json", "wallet"], place, env={"NODE_PATH": str(tools.parent)})
            npm.run([str(tools / "bru"), "run", "journey", "--env", "sandbox", "--bail"], place / "wallet")
        finally:
            server.stop()
    return len(served["items"][0]["items"])
