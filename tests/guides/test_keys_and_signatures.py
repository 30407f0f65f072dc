"""The guide to keys and signatures: its snippets run, in the order in which they stand."""

import re
from pathlib import Path
from typing import Any

from dev.client import Answer, Api
from dev.cloud.local import LocalCloud
from tests.build import a_person, key
from wallet_api.merchants.model import Scope
from wallet_api.signatures.model import Reason

GUIDE = (Path(__file__).parents[2] / "docs/guides/keys-and-signatures.md").read_text("utf-8")


def test_every_snippet_runs(api: Api, cloud: LocalCloud) -> None:
    """D1."""

    def call(method: str, path: str, body: Any = None, *, token: str) -> Answer:
        return api.call(method, path, json=body, token=token, key=key())

    def send(request: Any) -> Answer:
        path = request.url.partition(f":{api.port}")[2]
        return api.call(request.method, path, body=request.body, headers=request.headers)

    host = f"127.0.0.1:{api.port}"
    told = {
        "call": call,
        "send": send,
        "person": a_person(api, cloud).token,
        "host": host,
        "base_url": f"http://{host}",
    }
    snippets = re.findall(r"^```python\n(.*?)^```", GUIDE, re.DOTALL | re.MULTILINE)
    assert len(snippets) >= 7
    names: dict[str, Any] = {**told, "now": cloud.clock.now}
    for snippet in snippets:
        exec(snippet, names)


def test_every_reason_is_explained() -> None:
    assert set(re.findall(r"^\| `(\w+)` \| ", GUIDE, re.MULTILINE)) - {"reason"} == set(Reason.__args__)  # type: ignore[attr-defined]
    scopes = set(Scope.__args__)  # type: ignore[attr-defined]
    assert set(re.findall(r"\"(\w+:(?:read|write))\"", GUIDE)) <= scopes
