"""What may become a password."""

from datetime import UTC, datetime, timedelta

import pytest

from wallet_api.passwords.errors import PasswordRefused
from wallet_api.passwords.model import admit, age_of, normalised

COMMON = frozenset({"password", "dragon", "123456", "iloveyou", "woaini"})


def why(password: str, *personal: str) -> str | None:
    """The code of the reason why a password is refused; None when it is not."""
    try:
        admit(password, COMMON, personal, "/password")
    except PasswordRefused as refused:
        (problem,) = refused.problems
        return problem.code
    return None


@pytest.mark.parametrize(
    "password",
    [
        "aaaaaaaaaaaaaaab",
        "correct horse battery",
        "горошина-лодка",
        "蓝莓和马都很喜欢电池",
        "🐎🔋🫐🐎🔋🫐🐎🔋",
        "7 4 1 9 3 0 2",
    ],
)
def test_any_characters_make_a_password(password: str) -> None:
    """A2: no composition rule; length counts code points, so emoji and Chinese count as one each."""
    assert why(password) is None


def test_eight_code_points_are_enough_since_a_second_factor_is_always_asked() -> None:
    """A1."""
    assert why("qmv4 t8z") is None
    assert why("qmv4 t8") == "password_too_short"
    assert why("e\u0301" * 7) == "password_too_short", "a composed letter is one"


def test_a_password_has_at_most_128_code_points() -> None:
    """A3."""
    assert why("xy4 " * 32) is None
    assert why("xy4 " * 32 + "x") == "password_too_long"


@pytest.mark.parametrize(
    "password",
    [
        "password", "Password1", "P@ssw0rd!", "pa$$w0rd", "p-a-s-s-w-o-r-d", "passwordpassword", "dragon2024!",
        "12345678", "123456123456", "abcdefgh", "qwertyuiop", "1qaz2wsx", "zyxwvuts", "88888888", "19900101",
        "I love you", "woaini520", "aa123456!", "P@ssword-123456", "dragon7dragon7",
    ],
)  # fmt: skip
def test_what_attackers_try_first_is_refused_with_the_reason(password: str) -> None:
    """A5."""
    assert why(password) == "password_common"


def test_a_common_word_inside_a_long_password_is_no_reason() -> None:
    assert why("dragon#93847562910") is None
    assert why("my dragon eats batteries") is None


def test_the_persons_own_contacts_are_no_password() -> None:
    """A5: the phone number or the name in the e-mail address, wherever in it."""
    assert why("xx3812345678xx", "3812345678") == "password_holds_contact"
    assert why("Li.Na-loves-tea", "li.na") == "password_holds_contact"
    assert why("ok-then-so-be-it", "ok") is None, "two letters are in half of all words"


def test_a_password_is_worth_a_reminder_after_ninety_days() -> None:
    """A6, O11: to the microsecond, over the ends of months and a leap day, and not when the clock was put back."""
    for set_at in (datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC), datetime(2027, 12, 1, tzinfo=UTC)):
        assert not age_of(set_at, set_at - timedelta(seconds=2)).reminder
        assert not age_of(set_at, set_at + timedelta(days=90)).reminder
        assert age_of(set_at, set_at + timedelta(days=90, microseconds=1)).reminder


def test_the_products_name_is_no_password() -> None:
    """A5."""
    assert why("Wallet123!") == "password_holds_product"
    assert why("我的数字钱包2026") == "password_holds_product"
    assert why("wallet full of old receipts") is None


def test_one_password_typed_on_two_keyboards_is_one() -> None:
    """A4: NFKC."""
    assert normalised("cafe\u0301-ｈｏｒｓｅ") == normalised("café-horse")
