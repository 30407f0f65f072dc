"""docs/guides/reconciliation.md: every snippet runs, in its order, and says what is so."""

import re
from pathlib import Path
from typing import Any, get_args

from dev.client import Answer, Api
from dev.cloud.local import LocalCloud
from tests.build import a_merchant, key
from tests.settling import earn, next_day, with_account
from wallet_api.gateways.sandbox_bank import MAGIC_ENDINGS
from wallet_api.payouts.model import Status
from wallet_api.reconciliation.model import BANK_COLUMNS, COLUMNS, BreakKind

GUIDE = (Path(__file__).parents[2] / "docs/guides/reconciliation.md").read_text("utf-8")


def test_every_snippet_runs(api: Api, cloud: LocalCloud) -> None:
    """D4."""
    shop = with_account(cloud, a_merchant(cloud))
    earn(api, cloud, shop)
    next_day(cloud)
    earn(api, cloud, shop)
    cloud.clock.advance("24h")

    def call(method: str, path: str, body: Any = None) -> Answer:
        return api.call(method, path, json=body, token=shop.key, key=key())

    place: dict[str, Any] = {"call": call}
    snippets = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)
    assert len(snippets) == 4
    for snippet in snippets:
        exec(snippet, place)
    assert len(place["sales"]) == 1


def test_what_the_tables_list_is_all_there_is() -> None:
    assert set(re.findall(r"^\| `(\w+)` \| (?:set aside|the bank)", GUIDE, re.MULTILINE)) == set(get_args(Status))
    named = set(re.findall(r"`(\w+)`", GUIDE))
    assert {*COLUMNS, *BANK_COLUMNS, *get_args(BreakKind), *MAGIC_ENDINGS} <= named | {"currency"}
