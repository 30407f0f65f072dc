"""The guide to keys and signatures: its blocks run, in the order in which they stand."""

import re
from typing import get_args

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.guides.newcomer import begun, guide, in_both_languages, run
from wallet_api.merchants.model import Scope
from wallet_api.signatures.model import Reason

NAME = "keys-and-signatures.md"
GUIDE = guide(NAME, "").read_text("utf-8")


@pytest.mark.present
@in_both_languages
def test_every_block_runs(api: Api, cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    """D1."""
    names = begun(api, cloud, monkeypatch, language)
    run(guide(NAME, language), names)
    assert names["unsigned"]["money_moved"] == "no"


def test_every_reason_is_explained() -> None:
    assert set(re.findall(r"^\| `(\w+)` \| ", GUIDE, re.MULTILINE)) - {"reason"} == set(get_args(Reason))
    scopes = set(get_args(Scope))
    assert set(re.findall(r"\"(\w+:(?:read|write))\"", GUIDE)) <= scopes
