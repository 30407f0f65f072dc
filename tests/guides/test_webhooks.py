"""docs/guides/webhooks.md: every block runs, in its order, and does what the text says."""

import socket
import time
from pathlib import Path
from typing import Any

import pytest

from dev import trigger
from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.guides.test_guides import blocks

PATH = Path(__file__).parents[2] / "docs" / "guides" / "webhooks.md"


def free_port() -> str:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return str(found.getsockname()[1])


def test_every_block_of_the_guide_runs(api: Api, cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """D3: as a newcomer runs it, with what `./wallet serve` seeds and a server of their own."""
    cloud.seed()
    monkeypatch.setenv("WALLET", api.url)
    monkeypatch.setenv("WALLET_KEY", cloud.seeded["merchant_key"])
    monkeypatch.setattr(time, "sleep", lambda _seconds: cloud.pump.drain())
    place: dict[str, Any] = {}
    exec(blocks(PATH.with_name("accept-a-payment.md"))[0][1], place)
    port = free_port()
    try:
        for language, block in blocks(PATH):
            if language == "python":
                exec(compile(block.replace("3000", port), PATH.name, "exec"), place)
                place.get("Hook", type).log_message = lambda *_: None
                continue
            (verb, kind) = block.removeprefix("./wallet ").split()
            assert verb == "trigger"
            assert trigger.main(["--port", str(api.port), kind]) == 0
    finally:
        place["server"].shutdown()
        place["server"].server_close()

    headers, body = place["received"][0]
    for spoilt in (body + b" ", b"{}"):
        with pytest.raises(ValueError, match="not signed"):
            place["verified"](place["secret"], headers, spoilt)
    seen = len(place["seen"])
    for sent in place["received"][3:5]:
        place["take"](place["verified"](place["secret"], *sent))
    assert len(place["seen"]) == seen == 3, "a replay has the id of what it replays"
