"""docs/guides/webhooks.md: every block runs, in its order, and does what the text says."""

from contextlib import closing

import pytest

from bench.processes import Port
from dev import trigger
from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.guides.newcomer import begun, guide, in_both_languages
from tests.guides.test_guides import blocks


@pytest.mark.present
@in_both_languages
def test_every_block_of_the_guide_runs(
    api: Api, cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    """D3: as a newcomer runs it, with what `./wallet serve` seeds and a server of their own."""
    place, path = begun(api, cloud, monkeypatch, language, whole=False), guide("webhooks.md", language)
    with closing(Port()) as port:
        try:
            for kind, block in blocks(path):
                if kind == "python":
                    exec(compile(block.replace("3000", str(port.number)), path.name, "exec"), place)
                    place.get("Hook", type).log_message = lambda *_: None
                    continue
                (verb, event) = block.removeprefix("./wallet ").split()
                assert verb == "trigger"
                assert trigger.main(["--port", str(api.port), event]) == 0
        finally:
            place["server"].shutdown()
            place["server"].server_close()

    headers, body = place["received"][0]
    for spoilt in (body + b" ", b"{}"):
        with pytest.raises(ValueError, match=r"not signed|不是用我们的密钥签名"):
            place["verified"](place["secret"], headers, spoilt)
    seen = len(place["seen"])
    for sent in place["received"][3:5]:
        place["take"](place["verified"](place["secret"], *sent))
    assert len(place["seen"]) == seen == 3, "a replay has the id of what it replays"
