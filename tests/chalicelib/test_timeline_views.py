"""Every step that there can be has its words, in both languages, and says who took it."""

import re
from pathlib import Path
from typing import get_args

from chalicelib.timeline_views import Who, step_texts, timeline_view
from wallet_api.payments import model as payments
from wallet_api.refund_requests import model as requests
from wallet_api.refunds import model as refunds
from wallet_api.timeline import Step
from wallet_api.top_ups import model as top_ups
from wallet_api.transfers import model as transfers

ROOT = Path(__file__).parents[2] / "wallet_api"


def possible() -> set[str]:
    """Named in the code, or made of a state."""
    text = "".join((ROOT / each / "model.py").read_text("utf-8") for each in ("transactions", "top_ups"))
    found = set(re.findall(r'"((?:payment|top_up)\.[a-z_]+)"', text)) | {
        "top_up.compensated",
        "top_up.charge_reversed",
    }
    found |= {f"payment.{status}" for status in payments.ENDS}
    found |= {f"top_up.{status}" for status in get_args(top_ups.Status) if status in ("succeeded", "failed")}
    steps = re.findall(r'step\([^"]*"([a-z_]+)"', (ROOT / "refunds/model.py").read_text("utf-8"))
    found |= {f"refund.{name}" for name in (*steps, "expected", "returned", "failed", "kept", "on_balance")}
    steps = re.findall(r'step\([^"]*"([a-z_]+)"', (ROOT / "withdrawals/model.py").read_text("utf-8"))
    ways = ("expected", "kept", "on_balance", "corrected", "borne", "recovered")
    found |= {f"withdrawal.{name}" for name in (*steps, *ways)}
    steps = re.findall(r'step\([^"]*"([a-z_]+)"', (ROOT / "transfers/model.py").read_text("utf-8"))
    found |= {f"transfer.{name}" for name in (*steps, *get_args(transfers.Status), "kept", "on_balance")}
    found -= {"transfer.scheduled"}  # it says when it is expected
    found |= {f"refund.diverted_{why}" for why in get_args(refunds.Diverted)}
    found |= {f"refund_request.{status}" for status in get_args(requests.Status) if status != "open"}
    return found | {"refund_request.created", "refund_request.answer", "refund_request.settled"}


def test_every_step_has_its_words_and_nothing_else_has() -> None:
    assert set(step_texts()) == possible()


def test_every_step_says_who_took_it_in_both_languages() -> None:
    for what, told in step_texts().items():
        assert set(told) == {"who", "en", "zh-CN"}, what
        assert told["who"] in get_args(Who), what
        assert (told["en"][-1], told["zh-CN"][-1]) == (".", "。"), what


def test_a_step_that_has_not_happened_has_no_time() -> None:
    (view,) = timeline_view([Step(None, "refund.expected", "ref_1")], "en")
    assert (view.at, view.who, view.text) == (None, "bank", "The money is expected on the card by then.")
