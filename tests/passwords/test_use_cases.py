"""Passwords as they are kept and proven."""

import logging
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher

from dev.cloud.local import LocalCloud
from tests.build import PASSWORD, a_person
from tests.client import Api
from tests.hashing import as_deployed, hashing
from wallet_api.passwords import use_cases
from wallet_api.passwords.errors import PasswordRefused, WrongPassword
from wallet_api.passwords.model import is_common
from wallet_api.passwords.store import PASSWORD as PLACE
from wallet_api.passwords.use_cases import Passwords, Try

PERSON = "usr_01KAMS3Q0V5T1C9D9SZ3GZ2WQY"


@pytest.fixture(autouse=True)
def _hashing_as_deployed() -> Iterator[None]:
    with hashing(as_deployed):
        yield


@pytest.fixture
def passwords(cloud: LocalCloud) -> Passwords:
    return Passwords.open(
        cloud.wallet.storage, cloud.clock, cloud.wallet.second_factors.attempts, cloud.wallet.notifications
    )


def keep(passwords: Passwords, password_hash: str) -> None:
    with passwords.storage.atomic_write() as write:
        passwords.add(PERSON, password_hash, write)


def reserved(passwords: Passwords, person_id: str = PERSON) -> Try:
    with passwords.storage.trip() as trip:
        read = passwords.reserve(person_id, trip)
    return read()


def test_a_password_is_kept_as_argon2id_with_enough_memory_and_its_own_salt(passwords: Passwords) -> None:
    """A7: m >= 19 MiB, t = 2, p = 1."""
    one, two = passwords.digest(PASSWORD, []), passwords.digest(PASSWORD, [])
    assert re.match(r"\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22,}\$", one)
    assert one != two


def test_whoever_registers_has_such_a_hash(api: Api, cloud: LocalCloud, passwords: Passwords) -> None:
    """A7: over HTTP, as a deployed wallet keeps it."""
    someone = a_person(api, cloud, pin=None)
    kept = passwords.storage.get(passwords.items, someone.id, PLACE)
    assert kept is not None
    assert kept.password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


@pytest.mark.parametrize("password", ["x y4" * 16, "🐎🔋 蓝莓 " * 18, "e\u0301 horse battery"])
def test_long_and_many_scripted_passwords_work_whole(passwords: Passwords, password: str) -> None:
    """A3, A4: nothing is cut off, and another way to type é is the same password."""
    keep(passwords, passwords.digest(password, []))
    passwords.prove(reserved(passwords), password.replace("e\u0301", "é"))
    with pytest.raises(WrongPassword):
        passwords.prove(reserved(passwords), password[:-1])


def test_the_shipped_list_refuses_what_every_list_holds(passwords: Passwords) -> None:
    """A5."""
    for password in (
        "12345678",
        "password1",
        "iloveyou",
        "sunshine1",
        "woaini1314",
        "qwerty123",
        "football",
        "11111111",
    ):
        with pytest.raises(PasswordRefused):
            passwords.digest(password, [])


def test_ten_thousand_leaked_passwords_are_refused() -> None:
    """A5: the 3000 most frequent and more, as they are and with a year and a sign behind them."""
    stems = use_cases._common()
    assert len(stems) > 9_000
    long = [stem for stem in stems if len(stem) >= 8]
    assert len(long) > 2_500
    assert [stem for stem in long if not is_common(stem, stems)] == []
    words = [stem for stem in stems if stem.isalpha() and len(stem) >= 4]
    assert [word for word in words if not is_common(f"{word.casefold()}2024!", stems)] == []
    for own in (PASSWORD, "correct horse battery", "my dragon eats batteries", "7 4 1 9 3 0 2"):
        assert not is_common(own.casefold(), stems), own


def test_nobodys_password_costs_one_evaluation_like_anybodys(
    passwords: Passwords, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A10: unknown, wrong, locked and right are one argon2 run each."""
    keep(passwords, passwords.digest(PASSWORD, []))
    use_cases._nobodys_hash()
    runs: list[str] = []
    original = use_cases._matches

    def counted(stored: str, password: str) -> Any:
        runs.append(stored)
        return original(stored, password)

    monkeypatch.setattr(use_cases, "_matches", counted)
    for person, password in ((PERSON, "wrong"), ("usr_00000000000000000000000000", PASSWORD)):
        with pytest.raises(WrongPassword):
            passwords.prove(reserved(passwords, person), password)
    with pytest.raises(WrongPassword):
        passwords.prove(Try(PERSON, None), PASSWORD)
    passwords.prove(reserved(passwords), PASSWORD)
    assert len(runs) == 4


def test_a_hash_that_cannot_be_read_is_a_wrong_password_and_an_alarm(
    passwords: Passwords, caplog: pytest.LogCaptureFixture
) -> None:
    """A9: argon2's InvalidHashError is no VerificationError."""
    keep(passwords, "{SSHA}legacy")
    with caplog.at_level(logging.ERROR), pytest.raises(WrongPassword):
        passwords.prove(reserved(passwords), PASSWORD)
    assert "cannot be read" in caplog.text


def test_a_hash_with_old_parameters_is_made_anew_at_the_next_sign_in(passwords: Passwords) -> None:
    """A7."""
    keep(passwords, PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD))
    tried = reserved(passwords)
    passwords.prove(tried, PASSWORD)
    passwords.rehash(tried, PASSWORD)
    kept = passwords.storage.get(passwords.items, PERSON, PLACE)
    assert kept is not None
    assert "m=19456,t=2,p=1" in kept.password_hash
    passwords.prove(reserved(passwords), PASSWORD)


def test_a_password_that_was_changed_since_it_was_proven_is_never_accepted(passwords: Passwords) -> None:
    """A42: a sign-in that was begun with the old password does not end with a session."""
    keep(passwords, passwords.digest(PASSWORD, []))
    with passwords.storage.trip() as trip:
        read = passwords.set_at(PERSON, trip)
    set_at = read()
    assert set_at is not None
    with pytest.raises(WrongPassword), passwords.storage.atomic_write() as write:
        passwords.accept(PERSON, set_at - timedelta(seconds=1), write)
