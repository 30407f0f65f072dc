"""The closed list of declines: kinds, and what of them a merchant is told."""

from typing import get_args

from wallet_api.declines import REASONS, DeclineCode, Reason, decline_code_of, told_to_merchants
from wallet_api.gateways.acquirer import ChargeDecline
from wallet_api.payments.use_cases.reviewing import RISK

CODES: tuple[DeclineCode, ...] = get_args(DeclineCode)


def test_what_ends_a_top_up_or_a_payment_for_good_is_on_the_list() -> None:
    assert set(get_args(ChargeDecline)) <= set(CODES)
    assert RISK in CODES


def test_every_decline_has_a_kind_and_every_kind_a_decline() -> None:
    assert list(REASONS) == list(CODES)
    assert set(REASONS.values()) == set(get_args(Reason))


def test_a_merchant_learns_nothing_of_the_person_beyond_money_and_limits() -> None:
    told = {
        told_to_merchants(code) for code in CODES if REASONS[code] in ("wallet", "proof", "card", "payee", "network")
    }
    assert told == {"declined_by_wallet"}
    assert told_to_merchants("daily_limit_reached") == "limit_exceeded"
    assert told_to_merchants("insufficient_funds") == "insufficient_funds"
    assert decline_code_of("declined_by_wallet") is None
