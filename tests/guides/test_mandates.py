"""docs/guides/mandates.md: every block runs, in its order, and does what the text says."""

import re

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import Shop, refused
from tests.guides.newcomer import begun, guide, in_both_languages, run
from tests.guides.test_guides import blocks
from tests.mandates.agreeing import charge

NAME = "mandates.md"
GUIDE = guide(NAME, "").read_text("utf-8")


@in_both_languages
def test_every_block_of_the_guide_runs(
    api: Api, cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    names = begun(api, cloud, monkeypatch, language)
    shop = Shop(cloud.seeded["merchant_id"], cloud.seeded["merchant_key"])
    path = guide(NAME, language)
    ask, *rest = blocks(path)
    run(path, names, [ask])
    mandate_id = names["mandate"]["id"]
    refused(charge(api, shop, mandate_id), 409, "mandate_not_confirmed")
    run(path, names, rest)
    refused(charge(api, shop, mandate_id, 1), 402, "mandate_revoked")


def test_every_code_that_the_guide_names_is_one() -> None:
    from chalicelib.mandate_views import NOT_CHARGEABLE

    rows = [line for line in GUIDE.splitlines() if line.startswith("| `")]
    named = {code for row in rows for code in re.findall(r"`(\w+)`", row.split("|")[1])}
    assert {error.code for error in NOT_CHARGEABLE} - named == {"mandate_currency_differs"}
    assert named <= {error.code for error in NOT_CHARGEABLE}
