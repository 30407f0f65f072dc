"""A PIN attempt is counted before it is evaluated, and given back on every path that was no wrong PIN."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.ledger_world import ADA, BO, PIN, SHOP, World, cny, raising, refused
from wallet_api.authorizations.errors import PinBusy, PinLocked, WrongPin
from wallet_api.errors import Unauthenticated
from wallet_api.ledger import chart
from wallet_api.ledger.accounts import MAX_ATTEMPTS, StaleAccount
from wallet_api.ledger.entry import move
from wallet_api.ledger.errors import (
    IdempotencyKeyReused,
    InsufficientFunds,
)

WRONG = "135790"


def test_a_wrong_pin_stays_counted_and_leaves_the_key_free(two: World) -> None:
    """A12, A49."""
    wrong = refused(two, WrongPin, ADA, BO, 5_00, "k", pin=WRONG)
    assert wrong.facts == {"attempts_left": MAX_ATTEMPTS - 1}
    assert two.attempts(ADA) == 1
    assert not two.send(ADA, BO, 5_00, "k", pin=PIN).replayed
    assert two.attempts(ADA) == 0


def test_a_locked_pin_pays_nothing_even_when_it_is_right(two: World) -> None:
    """A14, A49."""
    for number in range(MAX_ATTEMPTS):
        refused(two, WrongPin, ADA, BO, 5_00, f"k{number}", pin=WRONG)
    refused(two, PinLocked, ADA, BO, 5_00, "k", pin=PIN)
    assert (two.attempts(ADA), two.balance(ADA)) == (MAX_ATTEMPTS, 100_00)


def test_fifty_wrong_pins_at_once_are_evaluated_five_times(two: World) -> None:
    """A12."""

    def guess(number: int) -> str:
        try:
            two.send(ADA, BO, 1, f"k{number}", pin=f"{number:03}{WRONG[:3]}")
        except (WrongPin, PinBusy, PinLocked) as no:
            return no.code
        return "paid"

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(guess, range(50)))
    assert answers.count(WrongPin.code) == MAX_ATTEMPTS
    assert answers.count("paid") == 0
    refused(two, PinLocked, ADA, BO, 1, "then", pin=PIN)


def test_a_success_gives_earlier_wrong_attempts_back(two: World) -> None:
    for number in range(3):
        refused(two, WrongPin, ADA, BO, 5_00, f"k{number}", pin=WRONG)
    two.send(ADA, BO, 5_00, "k", pin=PIN)
    assert two.attempts(ADA) == 0


@pytest.mark.parametrize(
    "end", ["success", "recorded refusal", "replay", "replayed refusal", "dead session", "reused key"]
)
def test_an_attempt_is_given_back_however_it_ends(two: World, end: str) -> None:
    """Nobody is locked out by what is not a wrong PIN, however often it happens."""
    two.send(ADA, BO, 1, "done")
    refused(two, InsufficientFunds, ADA, BO, 500_00, "refused")
    for number in range(MAX_ATTEMPTS + 2):
        if end == "success":
            two.send(ADA, BO, 1, f"k{number}", pin=PIN)
        elif end == "recorded refusal":
            refused(two, InsufficientFunds, ADA, BO, 500_00, f"k{number}", pin=PIN)
        elif end == "replay":
            assert two.send(ADA, BO, 1, "done", pin=PIN).replayed
        elif end == "replayed refusal":
            refused(two, InsufficientFunds, ADA, BO, 500_00, "refused", pin=PIN)
        elif end == "dead session":
            refused(two, Unauthenticated, ADA, BO, 1, f"k{number}", pin=PIN, session=raising(Unauthenticated()))
        else:
            refused(two, IdempotencyKeyReused, ADA, BO, 1, "done", fingerprint="g", pin=PIN)
        assert two.attempts(ADA) == 0


def test_what_changes_under_a_request_again_and_again_is_tried_thrice_and_then_later_under_the_same_key(
    two: World,
) -> None:
    tries: list[int] = []

    def changed() -> None:
        tries.append(two.attempts(ADA))
        raise StaleAccount

    stale = refused(two, StaleAccount, ADA, BO, 5_00, "k", pin=PIN, instead=changed)
    assert (stale.retry, stale.money_moved, len(tries)) == ("same_key", "no", 3)
    assert (two.attempts(ADA), two.balance(ADA)) == (0, 100_00), "no PIN was wrong, and no money moved"
    assert not two.send(ADA, BO, 5_00, "k", pin=PIN).replayed


def test_a_replay_or_a_dead_session_does_not_undo_wrong_attempts(two: World) -> None:
    """A12: what was not evaluated gives back its own attempt alone; a guess between two replays is not free."""
    two.send(ADA, BO, 1, "done")
    refused(two, WrongPin, ADA, BO, 1, "k", pin=WRONG)
    two.send(ADA, BO, 1, "done", pin=WRONG)
    refused(two, Unauthenticated, ADA, BO, 1, "l", pin=PIN, session=raising(Unauthenticated()))
    assert two.attempts(ADA) == 1


def test_an_entry_that_does_not_debit_the_payer_gives_the_attempt_back_too(two: World) -> None:
    """A payment from a bound card is confirmed with the same PIN."""
    with two.wallet.storage.trip() as trip:
        read = two.wallet.payment_pins.reserve("usr_ada", trip)
    payer = two.wallet.payment_pins.prove(read(), "usr_ada", PIN)
    two.book(move(cny(5), chart.bank("cards"), SHOP), payer=payer)
    assert two.attempts(ADA) == 0


def test_the_session_is_checked_before_anything_is_told_about_the_key(two: World) -> None:
    """M39, A42: neither an answer nor a refusal is repeated to a dead session."""
    two.send(ADA, BO, 1, "done")
    refused(two, InsufficientFunds, ADA, BO, 500_00, "refused")
    for key in ("done", "refused", "new"):
        refused(two, Unauthenticated, ADA, BO, 1, key, session=raising(Unauthenticated()))
