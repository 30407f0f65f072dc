"""docs/guides/refunds.md: every block runs, in its order, and does what the text says."""

import re
from typing import get_args

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import cny
from tests.guides.newcomer import begun, guide, in_both_languages, run
from wallet_api.gateways.sandbox_acquirer import REFUNDS
from wallet_api.refund_requests.model import ANSWER_WITHIN, Reason
from wallet_api.refunds.model import Status

NAME = "refunds.md"
GUIDE = guide(NAME, "").read_text("utf-8")


@in_both_languages
def test_every_block_of_the_guide_runs(
    api: Api, cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    names = begun(api, cloud, monkeypatch, language)
    run(guide(NAME, language), names)
    assert names["request"]["amount"] == cny(7_50)
    assert names["approved"]["approved_amount"] == cny(7_00)
    assert (names["shown"]["destination"], names["shown"]["status"]) == ("card", "succeeded")
    (yuan,) = api.get("/v1/wallet", token=names["me"]).ok(200)["balances"]
    assert yuan["amount"] == 100_00 - 12_50 + 5_00


def test_what_the_guide_lists_is_all_there_is() -> None:
    assert set(re.findall(r"^\| `(\w+)` \| ", GUIDE, re.MULTILINE)) == {*get_args(Status), "88801", "88806"}
    assert {int(amount) for amount in re.findall(r"`(888\d\d)`", GUIDE)} == set(REFUNDS)
    reasons = re.search(r'"reason": "(\w+)", +# or ([\w, ]+)', GUIDE)
    assert reasons is not None
    assert {reasons[1], *reasons[2].split(", ")} == set(get_args(Reason))
    assert f"You have {ANSWER_WITHIN.total_seconds() / 3600:.0f} hours" in GUIDE
