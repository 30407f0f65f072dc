"""From when on an account is paid to, and what can be one."""

from datetime import UTC, datetime, timedelta

import pytest

from wallet_api.errors import Invalid
from wallet_api.settlement_accounts.model import COOL_DOWN, Details, SettlementAccount, usable_from

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ACCOUNT = SettlementAccount("mer_1", "Bank", "3456", b"", b"", b"", NOW, NOW)


def test_the_first_account_is_paid_to_at_once_and_another_after_the_cool_down() -> None:
    assert usable_from(None, NOW) == NOW
    assert usable_from(ACCOUNT, NOW) == NOW + COOL_DOWN
    assert ACCOUNT.is_usable(NOW)
    assert not ACCOUNT.is_usable(NOW - timedelta(microseconds=1))


def test_what_is_secret_does_not_show_when_it_is_printed() -> None:
    """D9."""
    shown = repr(Details("Bank", "Tea Ltd", "8110701012800123456"))
    assert "Tea Ltd" not in shown
    assert "8110701012800123456" not in shown


@pytest.mark.parametrize("details", [("", "Tea", "12345678"), ("Bank", "", "12345678"), ("Bank", "Tea", "1234567"),
                                     ("Bank", "Tea", "1234 5678"), ("Bank", "Tea", "１２３４５６７８")])  # fmt: skip
def test_what_is_no_account_is_refused(details: tuple[str, str, str]) -> None:
    with pytest.raises(Invalid):
        Details(*details)
