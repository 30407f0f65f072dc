"""Codes, cool-downs and windows."""

from datetime import timedelta

from wallet_api.one_time_codes.model import ALLOWANCES, Message, cool_down, fresh_code


def test_codes_are_six_digits_and_do_not_repeat_as_one_would_guess() -> None:
    """A19: 20 bits from the system's secure source."""
    codes = {fresh_code() for _ in range(2000)}
    assert all(len(code) == 6 and code.isascii() and code.isdigit() for code in codes)
    assert len(codes) > 1950
    assert any(code.startswith("0") for code in codes)


def test_each_message_makes_the_next_one_wait_twice_as_long() -> None:
    """A21."""
    assert [cool_down(sends) for sends in (1, 2, 3, 4)] == [timedelta(minutes=each) for each in (1, 2, 4, 8)]


def test_a_notice_to_an_owner_counts_like_the_code_it_stands_for() -> None:
    """A11: or counting would tell who has a wallet."""
    assert ALLOWANCES["already_registered"] == ALLOWANCES["registration"] == ALLOWANCES["contact_change"]
    assert ALLOWANCES["no_wallet"] == ALLOWANCES["password_reset"] == ALLOWANCES["unlock"]


def test_a_message_is_filled_in() -> None:
    assert Message("s", "{code} for {minutes} minutes").with_code("012345") == Message("s", "012345 for 10 minutes")
