"""docs/guides/take-a-payment-code-at-the-till.md: every block runs, in its order, and its vectors are right."""

import re
from datetime import datetime

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from dev.payment_codes import derived, ndef
from tests.guides.newcomer import begun, guide, in_both_languages, run

NAME = "take-a-payment-code-at-the-till.md"
GUIDE = guide(NAME, "").read_text("utf-8")


@in_both_languages
def test_every_block_runs(api: Api, cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    """M4, D2."""
    names = begun(api, cloud, monkeypatch, language)
    run(guide(NAME, language), names)
    assert names["paid"]["status"] == "succeeded"


def test_the_vectors_are_what_a_phone_shows() -> None:
    (alias, secret) = re.findall(r"alias `([0-9]{9})` and the secret `([A-Z2-7]+)`", GUIDE)[0]
    vectors = re.findall(r"^\| (\d{4}-\d\d-\d\dT\S+Z) \| (\d{18}) \|$", GUIDE, re.MULTILINE)
    assert len(vectors) == 5
    for at, code in vectors:
        assert derived(secret, alias, datetime.fromisoformat(at)) == code
    assert f"`{ndef(vectors[0][1]).hex()}`" in GUIDE
