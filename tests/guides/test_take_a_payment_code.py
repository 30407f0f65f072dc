"""docs/guides/take-a-payment-code-at-the-till.md: every snippet runs, in its order, and its vectors are right."""

import re
from datetime import datetime
from pathlib import Path
from typing import Any

from dev.client import Answer, Api
from dev.cloud.local import LocalCloud
from dev.payment_codes import derived, ndef
from tests.build import a_merchant, a_person, key
from tests.handset import a_handset

GUIDE = (Path(__file__).parents[2] / "docs/guides/take-a-payment-code-at-the-till.md").read_text("utf-8")


def test_every_snippet_runs(api: Api, cloud: LocalCloud) -> None:
    """M4, D2."""
    ada = a_person(api, cloud, balance=1_000_00)
    phone = a_handset(api, cloud, ada)

    def call(method: str, path: str, body: Any = None, *, token: str, key: str = "") -> Answer:
        return api.call(method, path, json=body, token=token, key=key or _fresh())

    _fresh = key
    snippets = re.findall(r"^```python\n(.*?)^```", GUIDE, re.DOTALL | re.MULTILINE)
    assert len(snippets) >= 7
    place: dict[str, Any] = {
        "call": call,
        "shop": a_merchant(cloud).key,
        "customer": ada.token,
        "show": phone.code,
        "wait": lambda seconds: cloud.clock.advance(f"{seconds}s"),
        "now": cloud.clock.now,
    }
    for snippet in snippets:
        exec(snippet, place)


def test_the_vectors_are_what_a_phone_shows() -> None:
    (alias, secret) = re.findall(r"alias `([0-9]{9})` and the secret `([A-Z2-7]+)`", GUIDE)[0]
    vectors = re.findall(r"^\| (\d{4}-\d\d-\d\dT\S+Z) \| (\d{18}) \|$", GUIDE, re.MULTILINE)
    assert len(vectors) == 5
    for at, code in vectors:
        assert derived(secret, alias, datetime.fromisoformat(at)) == code
    assert f"`{ndef(vectors[0][1]).hex()}`" in GUIDE
