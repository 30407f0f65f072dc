"""The wallet in two processes: the engine, which lives, and the API server, which is killed and started again."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from dev.client import Api

ROOT = Path(__file__).resolve().parent.parent
READY_WITHIN_SECONDS = 60


class NotReady(Exception):
    """A process does not answer."""


class Port:
    """A port that is given to nobody else while it is held, whether a server of ours listens on it or is being started."""

    def __init__(self) -> None:
        self._held = socket.socket()
        # As servers do: who says so may listen where another only stands, and is passed over where ports are given out.
        self._held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._held.bind(("127.0.0.1", 0))
        self.number = int(self._held.getsockname()[1])
        if sys.platform != "linux":
            # Elsewhere nobody may listen where another stands.
            self.close()

    def close(self) -> None:
        self._held.close()


class Process:
    """A program of this repository that listens on a port; `start` waits until it answers. `close` it at the end."""

    def __init__(self, module: str, path: str, *options: str) -> None:
        self._port = Port()
        self.port = self._port.number
        self._path = path
        self._command = [sys.executable, "-m", module, "--port", str(self.port), *options]
        self._running: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self._running = subprocess.Popen(self._command, cwd=ROOT, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + READY_WITHIN_SECONDS
        while time.monotonic() < deadline:
            if self._running.poll() is not None:
                raise NotReady(f"{' '.join(self._command)} ended with {self._running.returncode}")
            if self._answers():
                return
            time.sleep(0.1)
        raise NotReady(f"{' '.join(self._command)} does not answer")

    def _answers(self) -> bool:
        api = Api(self.port)
        try:
            return api.get(self._path).status == 200
        except OSError:
            return False
        finally:
            api.close()

    def kill(self) -> None:
        """SIGKILL: nothing is finished, nothing is said."""
        if self._running is not None:
            self._running.send_signal(signal.SIGKILL)
            self._running.wait()
            self._running = None

    def close(self) -> None:
        """Kills it, and gives its port back."""
        self.kill()
        self._port.close()
