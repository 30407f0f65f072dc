"""The list of declines is closed and told in full: every rule about money that refuses, in both languages, on its page."""

from pathlib import Path
from typing import get_args

import pytest

from chalicelib.decline_texts import decline_texts
from chalicelib.messages import LOCALES
from chalicelib.routes import every
from wallet_api.declines import REASONS, TO_MERCHANTS, DeclineCode
from wallet_api.errors import Declined, WalletError

CODES: tuple[DeclineCode, ...] = get_args(DeclineCode)
CARRIES_A_REASON = {"payment_declined"}
"""What a till and a charge are told: the reason stands beside it, as much of it as a merchant may know."""
DOCS = Path(__file__).parents[2] / "docs"
PAGES = {"en": "declines.md", "zh-CN": "zh-declines.md"}


def test_every_rule_about_money_that_refuses_is_on_the_list() -> None:
    """M11: whoever adds a refusal adds its reason."""
    assert every(), "the routes bring every error with them"
    rules = {code for code, kind in WalletError.by_code.items() if issubclass(kind, Declined)}
    assert rules - set(CODES) == CARRIES_A_REASON
    assert {code for code in CODES if code not in WalletError.by_code} == {
        "risk_declined",
        "refund_declined",
        "refund_not_received",
        "withdrawal_declined",
        "withdrawal_not_received",
        "withdrawal_returned",
        *TO_MERCHANTS,
    }


@pytest.mark.parametrize("code", CODES)
def test_every_decline_says_what_happened_and_what_to_do_next_in_both_languages(code: DeclineCode) -> None:
    """M11."""
    texts = decline_texts()[code]
    assert set(texts) == {"says", "next"}
    assert all(set(each) == set(LOCALES) and all(each.values()) for each in texts.values())
    for locale in LOCALES:
        page = (DOCS / PAGES[locale]).read_text(encoding="utf-8")
        assert f"| `{code}` | {REASONS[code]} | {texts['says'][locale]} | {texts['next'][locale]} |" in page, locale


def test_no_text_is_left_over() -> None:
    assert set(decline_texts()) == set(CODES)
