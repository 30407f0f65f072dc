"""docs/guides/refunds.md: every snippet runs, in its order, and does what the text says."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import a_merchant, a_person, balance_of, cny, key
from tests.shopping import a_paid_payment
from wallet_api.gateways.sandbox_acquirer import REFUNDS
from wallet_api.refund_requests.model import ANSWER_WITHIN, Reason
from wallet_api.refunds.model import Status

GUIDE = (Path(__file__).parents[2] / "docs" / "guides" / "refunds.md").read_text("utf-8")
SNIPPETS = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)


def test_every_snippet_of_the_guide_runs(api: Api, cloud: LocalCloud) -> None:
    shop, ada = a_merchant(cloud), a_person(api, cloud, balance=100_00)
    payment = a_paid_payment(api, shop, ada, 20_00)

    def calls_of(token: str) -> Callable[..., Any]:
        def call(method: str, path: str, body: Any = None) -> Any:
            return api.call(method, path, json=body, token=token, key=key() if method == "POST" else None).ok()

        return call

    place: dict[str, Any] = {
        "merchant": calls_of(shop.key),
        "customer": calls_of(ada.token),
        "payment_id": payment["id"],
        "print": lambda *_: None,
    }
    for snippet in SNIPPETS:
        exec(snippet, place)
    assert place["request"]["amount"] == cny(15_00)
    assert place["approved"]["approved_amount"] == cny(7_00)
    assert (place["shown"]["destination"], place["shown"]["status"]) == ("card", "succeeded")
    assert balance_of(api, ada) == 100_00 - 20_00 + 5_00


def test_what_the_guide_lists_is_all_there_is() -> None:
    assert set(re.findall(r"^\| `(\w+)` \| ", GUIDE, re.MULTILINE)) == {*get_args(Status), "88801", "88806"}
    assert {int(amount) for amount in re.findall(r"`(888\d\d)`", GUIDE)} == set(REFUNDS)
    reasons = re.search(r'"reason": "(\w+)", +# or ([\w, ]+)', GUIDE)
    assert reasons is not None
    assert {reasons[1], *reasons[2].split(", ")} == set(get_args(Reason))
    assert f"You have {ANSWER_WITHIN.total_seconds() / 3600:.0f} hours" in GUIDE
