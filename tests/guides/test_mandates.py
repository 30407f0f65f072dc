"""docs/guides/mandates.md: every snippet runs, in its order, and does what the text says."""

import re
from pathlib import Path
from typing import Any

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import PIN, a_merchant, a_person, balance_of, key, refused
from tests.mandates.agreeing import charge

GUIDE = (Path(__file__).parents[2] / "docs" / "guides" / "mandates.md").read_text("utf-8")
SNIPPETS = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)


def test_every_snippet_of_the_guide_runs(api: Api, cloud: LocalCloud) -> None:
    shop, ada = a_merchant(cloud), a_person(api, cloud, balance=500_00)

    def call(method: str, path: str, body: Any = None) -> Any:
        return api.call(method, path, json=body, token=shop.key, key=key()).ok()

    def customer(method: str, path: str, body: Any = None) -> Any:
        return api.call(method, path, json=body, token=ada.token, key=key()).ok()

    ask, agree, pay, less = SNIPPETS
    place: dict[str, Any] = {"call": call, "customer": customer, "pin": PIN}
    exec(ask, place)
    mandate_id = place["mandate"]["id"]
    refused(charge(api, shop, mandate_id), 409, "mandate_not_confirmed")
    exec(agree, place)
    exec(pay, place)
    assert (place["payment"]["status"], balance_of(api, ada)) == ("succeeded", 451_00)
    lower, revoke = less.splitlines()
    exec(lower, place)
    assert refused(charge(api, shop, mandate_id, 1_01), 402, "mandate_limit_exceeded")["left"]["amount"] == 1_00
    exec(revoke, place)
    refused(charge(api, shop, mandate_id, 1), 402, "mandate_revoked")


def test_every_code_that_the_guide_names_is_one() -> None:
    from chalicelib.mandate_views import NOT_CHARGEABLE

    rows = [line for line in GUIDE.splitlines() if line.startswith("| `")]
    named = {code for row in rows for code in re.findall(r"`(\w+)`", row.split("|")[1])}
    assert {error.code for error in NOT_CHARGEABLE} - named == {"mandate_currency_differs"}
    assert named <= {error.code for error in NOT_CHARGEABLE}
