"""Tries that are reserved before anything is evaluated, and locks that end."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from dev.cloud.local import LocalCloud
from wallet_api.attempts import GuardedItem
from wallet_api.attempts.model import MAX_TRIES
from wallet_api.attempts.use_cases import Attempts
from wallet_api.storage.errors import StorageFault

PERSON = "usr_01KAMS3Q0V5T1C9D9SZ3GZ2WQY"


class Secret:
    """One guarded item in the people's table."""

    def __init__(self, cloud: LocalCloud) -> None:
        self.attempts = Attempts(cloud.wallet.storage, cloud.clock)
        self.items = cloud.wallet.storage.bind(GuardedItem)
        with cloud.wallet.storage.atomic_write() as write:
            write.put(self.items(PERSON, "secret", **self.attempts.unused()), StorageFault())

    def bare(self) -> GuardedItem:
        return self.items(PERSON, "secret")

    def reserve(self) -> bool:
        with self.attempts.storage.trip() as trip:
            read = self.attempts.reserve(self.bare(), trip)
        return read() is not None

    def fail(self) -> None:
        self.attempts.lock_if_used_up(self.bare(), lambda _: None)

    def use_up(self) -> None:
        for _ in range(MAX_TRIES):
            assert self.reserve()
        self.fail()

    def succeed(self) -> None:
        with self.attempts.storage.atomic_write() as write:
            self.attempts.accept(self.bare(), write, StorageFault())


@pytest.fixture
def secret(cloud: LocalCloud) -> Secret:
    return Secret(cloud)


def test_fifty_guesses_at_once_reserve_no_more_than_the_tries_there_are(secret: Secret) -> None:
    """A12."""
    with ThreadPoolExecutor(50) as pool:
        reserved = list(pool.map(lambda _: secret.reserve(), range(50)))
    assert sum(reserved) == MAX_TRIES


def test_a_lock_ends_by_itself_and_the_next_one_is_longer(secret: Secret, cloud: LocalCloud) -> None:
    """A14."""
    secret.use_up()
    cloud.clock.advance("59s")
    assert not secret.reserve()
    cloud.clock.advance("2s")
    secret.use_up()
    cloud.clock.advance("61s")
    assert not secret.reserve()
    cloud.clock.advance("60s")
    assert secret.reserve()


def test_a_success_ends_all_counting(secret: Secret, cloud: LocalCloud) -> None:
    secret.use_up()
    cloud.clock.advance("61s")
    assert secret.reserve()
    secret.succeed()
    secret.use_up()
    cloud.clock.advance("61s")
    assert secret.reserve(), "the lock after a success is a first one again"


def test_a_right_answer_ends_the_lock_that_its_own_copies_made(secret: Secret) -> None:
    """A button that is tapped many times sends the right code many times at once."""
    secret.use_up()
    secret.succeed()
    assert secret.reserve()


def test_tries_that_were_used_up_by_a_process_that_died_are_locked_by_the_next_and_come_back(
    secret: Secret, cloud: LocalCloud
) -> None:
    for _ in range(MAX_TRIES):
        secret.reserve()
    assert not secret.reserve()
    secret.fail()
    cloud.clock.advance("61s")
    assert secret.reserve()


def test_many_who_fail_at_once_make_one_lock(secret: Secret, cloud: LocalCloud) -> None:
    for _ in range(MAX_TRIES):
        secret.reserve()
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(lambda _: secret.fail(), range(10)))
    cloud.clock.advance("61s")
    assert secret.reserve(), "ten locks would have lasted longer"


def test_somebody_who_is_not_there_has_no_tries_and_leaves_nothing_behind(cloud: LocalCloud) -> None:
    """A10: asking for nobody makes the same call and writes no item."""
    attempts = Attempts(cloud.wallet.storage, cloud.clock)
    nobody = cloud.wallet.storage.bind(GuardedItem)("usr_00000000000000000000000000", "secret")
    with attempts.storage.trip() as trip:
        read = attempts.reserve(nobody, trip)
    attempts.lock_if_used_up(nobody, lambda _: None)
    assert read() is None
    assert attempts.storage.get(type(nobody), nobody.pk, nobody.sk) is None
