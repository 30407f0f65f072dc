"""docs/guides/delayed-transfers.md: every block runs, in its order, and the tables name all that there is."""

import re

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.guides.newcomer import begun, guide, in_both_languages, run
from wallet_api.transfers.errors import TransferArrived, TransferCanceled, TransferFailed
from wallet_api.transfers.model import DELAYS

NAME = "delayed-transfers.md"
GUIDE = guide(NAME, "").read_text("utf-8")


@in_both_languages
def test_every_block_of_the_guide_runs(
    api: Api, cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    names = begun(api, cloud, monkeypatch, language)
    run(guide(NAME, language), names)


def test_every_delay_and_every_refusal_is_named() -> None:
    named = set(re.findall(r"^\| `(\w+)`", GUIDE, re.MULTILINE))
    assert {"none", *DELAYS, *(each.code for each in (TransferArrived, TransferCanceled, TransferFailed))} <= named
