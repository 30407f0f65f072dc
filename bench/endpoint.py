"""An endpoint in a process of its own that gives recorded answers over HTTP, so that its own time is not counted."""

from __future__ import annotations

import base64
import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

from bench.recorded import Tape

ROOT = Path(__file__).resolve().parent.parent
_TARGET, _LENGTH = b"x-amz-target:", b"content-length:"


@contextmanager
def answering(tape: Tape) -> Iterator[str]:
    """The URL at which the tape's answers are given while the block lasts."""
    told = {name: [status, headers, base64.b64encode(body).decode()] for name, (status, headers, body) in tape.told()}
    command = [sys.executable, "-m", "bench.endpoint"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        if process.stdin is None or process.stdout is None:
            raise OSError("the endpoint has no pipes")
        process.stdin.write(json.dumps(told).encode() + b"\n")
        process.stdin.flush()
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        process.kill()


def main() -> None:
    told = json.loads(sys.stdin.readline())
    answers = {name.encode(): _response(*answer) for name, answer in told.items()}
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(listener.getsockname()[1], flush=True)
        while True:
            connection, _ = listener.accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            Thread(target=_serve, args=(connection, answers), daemon=True).start()


def _response(status: int, headers: dict[str, str], body: str) -> bytes:
    lines = [f"HTTP/1.1 {status} X", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode() + base64.b64decode(body)


def _serve(connection: socket.socket, answers: dict[bytes, bytes]) -> None:
    with connection, connection.makefile("rb") as stream:
        target, length = b"", 0
        while line := stream.readline():
            if line == b"\r\n":
                stream.read(length)
                connection.sendall(answers[target])
            elif line.lower().startswith(_TARGET):
                target = line.partition(b":")[2].strip().rpartition(b".")[2]
            elif line.lower().startswith(_LENGTH):
                length = int(line.partition(b":")[2])


if __name__ == "__main__":
    main()
