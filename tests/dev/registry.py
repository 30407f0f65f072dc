"""Package registries on loopback: one that has a package, and others as registries are on a bad day."""

import base64
import hashlib
import io
import json
import socket
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

NAME, VERSION = "tiny-tool", "1.0.0"


def tarball(program: str) -> bytes:
    """A package with one program that says something."""
    files = {
        "package/package.json": json.dumps({"name": NAME, "version": VERSION, "bin": {NAME: "tool.js"}}),
        "package/tool.js": f"#!/usr/bin/env node\nconsole.log({program!r});\n",
    }
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, text in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(text), 0o755
            archive.addfile(entry, io.BytesIO(text.encode()))
    return packed.getvalue()


def integrity(packed: bytes) -> str:
    return "sha512-" + base64.b64encode(hashlib.sha512(packed).digest()).decode()


def lock(into: Path, version: str = VERSION, packed: bytes = b"", node: str = ">=4") -> Path:
    """Writes a set of tools, `tools`, with one package of these bytes; returns the directory of sets."""
    place = into / "tools"
    place.mkdir(parents=True, exist_ok=True)
    wanted = {"devDependencies": {NAME: version}}
    entry = {"version": version, "integrity": integrity(packed), "dev": True, "bin": {NAME: "tool.js"}}
    packages = {"": {"name": "tools", **wanted}, f"node_modules/{NAME}": {**entry, "engines": {"node": node}}}
    (place / "package.json").write_text(json.dumps({"name": "tools", "private": True, **wanted}))
    (place / "package-lock.json").write_text(
        json.dumps({"name": "tools", "lockfileVersion": 3, "requires": True, "packages": packages})
    )
    return into


@dataclass
class Registry:
    """What a registry has, or the status that it answers everything with; and what it was asked for."""

    has: bytes = b""
    status: int = 200
    only: str = ""
    """When given, the status is for paths that hold this alone."""
    asked: list[str] = field(default_factory=list)


@contextmanager
def serving(registry: Registry) -> Iterator[str]:
    """Serves a registry; yields its URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            registry.asked.append(self.path)
            bad = registry.status != 200 and registry.only in self.path
            body = registry.has if self.path.endswith(".tgz") else json.dumps(self.told()).encode()
            self.send_response(registry.status if bad else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def told(self) -> Any:
            if self.path.startswith("/-/"):
                return {}
            where = f"http://127.0.0.1:{server.server_port}/{NAME}-{VERSION}.tgz"
            dist = {"tarball": where, "integrity": integrity(registry.has)}
            told = {"name": NAME, "version": VERSION, "bin": {NAME: "tool.js"}, "dist": dist}
            return {"name": NAME, "dist-tags": {"latest": VERSION}, "versions": {VERSION: told}}

        def log_message(self, *_said: Any) -> None:
            """Nothing: the tests ask what was asked."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def silent() -> Iterator[str]:
    """A registry that takes every connection and never answers; yields its URL."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(64)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


@contextmanager
def shut() -> Iterator[str]:
    """The URL of a registry that refuses connections: nobody listens, and nobody else can take the port meanwhile."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"
