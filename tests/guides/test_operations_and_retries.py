"""docs/guides/operations-and-retries.md: every block runs, whatever goes wrong in between."""

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.guides.newcomer import begun, guide, in_both_languages, run


@in_both_languages
def test_every_block_runs(api: Api, cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    """D2, D15."""
    names = begun(api, cloud, monkeypatch, language)
    run(guide("operations-and-retries.md", language), names)
    (theirs,) = api.get("/v1/wallet", token=names["me"]).ok(200)["balances"]
    assert theirs["amount"] == 100_00 - 12_50 - 6 * 100, "six wishes, each once"
