"""The eighteen digits: RFC 6238 by the letter, good for a minute, once."""

import hashlib
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from msgspec.structs import replace

from wallet_api.devices.model import Device
from wallet_api.payment_codes.model import (
    DIGITS,
    LIFE,
    PERIOD_SECONDS,
    PREFIX,
    Owner,
    Secret,
    code_of,
    is_alive,
    matched_step,
    new_alias,
    parts_of,
    step_at,
)
from wallet_api.people.model import Person
from wallet_api.sessions.model import Session

SHARED = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZA"
"""The seed of RFC 6238, appendix B, for HMAC-SHA-256."""
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def otp_at(moment: datetime) -> str:
    return code_of("123456789", SHARED, step_at(moment))[-7:]


def test_the_one_time_password_is_pyotps() -> None:
    totp = pyotp.TOTP(SHARED, digits=7, digest=hashlib.sha256, interval=20)
    for seconds in range(0, 200, 7):
        moment = NOON + timedelta(seconds=seconds)
        assert otp_at(moment) == totp.at(moment)


def test_the_truncation_is_that_of_the_vectors_in_the_standard() -> None:
    """RFC 6238, appendix B: with the step that its times have, the last seven of the eight digits that it lists."""
    for step, eight in ((1, "46119246"), (0x23523EC, "68084774"), (0x273EF07, "91819424"), (0x3F940AA, "90698825")):
        assert code_of("123456789", SHARED, step)[-7:] == eight[-7:]


def test_a_code_is_eighteen_digits_with_its_parts() -> None:
    code = code_of("012345678", SHARED, 1)
    assert (len(code), DIGITS) == (18, 18)
    assert code.startswith(PREFIX)
    assert parts_of(code) == ("012345678", code[-7:])


@pytest.mark.parametrize(
    "text", ["", "4" * 18, "47" + "1" * 15, "47" + "1" * 17, "４７" + "1" * 16, "47" + "1" * 15 + "\n"]
)
def test_what_is_no_code_of_ours_has_no_parts(text: str) -> None:
    assert parts_of(text) is None


def test_an_alias_is_nine_digits_and_another_each_time() -> None:
    aliases = {new_alias() for _ in range(200)}
    assert len(aliases) > 190
    assert {len(each) for each in aliases} == {9}


def test_a_code_is_good_for_sixty_seconds_and_not_one_more() -> None:
    """P35: the whole stretch in which it is taken, whatever the phone's clock, is a minute."""
    shown = datetime.fromtimestamp(step_at(NOON) * PERIOD_SECONDS, UTC)
    otp, good = otp_at(shown), 0
    for tenths in range(-1500, 1500):
        good += matched_step(SHARED, otp, 0, shown + timedelta(milliseconds=100 * tenths)) is not None
    assert good == 600


def test_a_phone_may_be_a_step_behind_or_ahead_and_no_further() -> None:
    for off, taken in ((-40, False), (-20, True), (0, True), (20, True), (40, False)):
        found = matched_step(SHARED, otp_at(NOON + timedelta(seconds=off)), 0, NOON)
        assert (found is not None) is taken


def test_a_step_that_was_used_is_used_with_all_before_it() -> None:
    """RFC 6238 section 5.2, and P35."""
    used = step_at(NOON)
    assert matched_step(SHARED, otp_at(NOON), used - 1, NOON) == used
    assert matched_step(SHARED, otp_at(NOON), used, NOON) is None
    assert matched_step(SHARED, otp_at(NOON - timedelta(seconds=20)), used, NOON) is None
    assert matched_step(SHARED, otp_at(NOON + timedelta(seconds=20)), used, NOON) == used + 1


DEVICE = Device(id="dev_1")
SESSION = Session("ses_1", "usr_1", DEVICE, NOON, NOON, NOON + timedelta(days=90), "", "")
PERSON = Person("usr_1", NOON, "en", (), b"")
SECRET = Secret("pcs_1", "123456789", "usr_1", "dev_1", "ses_1", 1, NOON, NOON, NOON + LIFE)
OWNER = Owner(SESSION, PERSON, None, NOON, 0)


@pytest.mark.parametrize(
    "owner",
    [
        replace(OWNER, session=None),
        replace(OWNER, session=replace(SESSION, device=replace(DEVICE, id="dev_2"))),
        replace(OWNER, session=replace(SESSION, ends_at=NOON)),
        replace(OWNER, person=None),
        replace(OWNER, person=replace(PERSON, frozen_since=NOON)),
        replace(OWNER, password_set_at=NOON + timedelta(microseconds=1)),
        replace(OWNER, password_set_at=None),
    ],
)
def test_a_secret_dies_with_each_thing_that_it_was_given_out_under(owner: Owner) -> None:
    """P35."""
    assert is_alive(SECRET, OWNER, NOON)
    assert not is_alive(SECRET, owner, NOON)


def test_a_secret_lives_for_seven_days_and_not_a_moment_more() -> None:
    lasting = replace(OWNER, session=replace(SESSION, refreshed_at=NOON + timedelta(days=6)))
    assert is_alive(SECRET, lasting, NOON + LIFE - timedelta(microseconds=1))
    assert not is_alive(SECRET, lasting, NOON + LIFE)
