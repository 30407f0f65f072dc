"""One key, one decision: whatever is asked again, at once, or under the same key for something else."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.faults.injector import Faults
from tests.ledger_world import ADA, BO, PIN, World, cny, raising, refused
from wallet_api.errors import Forbidden, NotFound, OutcomeUnknown, Unauthenticated, Unavailable, WalletError
from wallet_api.ledger.errors import (
    IdempotencyKeyReused,
    InsufficientFunds,
)

WRONG = "135790"


def test_the_same_key_again_gives_the_same_answer_and_moves_nothing(two: World, faults: Faults) -> None:
    """M17, M38, M41: answered in the first trip; no PIN is looked at."""
    first = two.send(ADA, BO, 5_00, "k", pin=PIN)
    faults.clear()
    again = two.send(ADA, BO, 5_00, "k", pin=WRONG)
    assert (first.replayed, again.replayed) == (False, True)
    assert first.value == again.value
    assert (two.balance(ADA), two.attempts(ADA)) == (95_00, 0)


def test_a_key_lives_longer_than_dynamodbs_token(two: World) -> None:
    """M17, M43: ten minutes are the token's; the operation's record is for ever."""
    first = two.send(ADA, BO, 5_00, "k")
    two.cloud.clock.advance("400d")
    assert two.send(ADA, BO, 5_00, "k").value == first.value
    assert two.balance(ADA) == 95_00


def test_the_same_key_for_something_else_is_refused_and_the_first_stands(two: World) -> None:
    """M38, M39: another body or another endpoint."""
    first = two.send(ADA, BO, 5_00, "k", pin=PIN)
    refused(two, IdempotencyKeyReused, ADA, BO, 6_00, "k", fingerprint="other", pin=PIN)
    assert two.send(ADA, BO, 5_00, "k").value == first.value
    with two.wallet.storage.trip() as trip:
        read = two.ledger.decision_on(two.operation(ADA, "k", kind="payment"), trip)
    with pytest.raises(IdempotencyKeyReused):
        read()
    assert (two.balance(ADA), two.attempts(ADA)) == (95_00, 0)


def test_another_callers_same_key_is_another_key(two: World) -> None:
    """M39."""
    two.send(ADA, BO, 5_00, "k")
    two.send(BO, ADA, 1_00, "k")
    assert (two.balance(ADA), two.balance(BO)) == (96_00, 4_00)


def test_a_refusal_is_kept_and_said_again_word_for_word(two: World) -> None:
    """M38, M42: funds that arrive afterwards change nothing; a new attempt needs a new key."""
    first = refused(two, InsufficientFunds, ADA, BO, 500_00, "k", pin=PIN)
    two.fund(ADA, 1000_00)
    again = refused(two, InsufficientFunds, ADA, BO, 500_00, "k", pin=PIN)
    assert (first.facts, first.recorded) == ({"needed": cny(500_00)}, None)
    assert again.facts == first.facts
    assert again.recorded is not None
    assert again.recorded.request_id.startswith("req_")
    assert again.recorded.locale == "en"
    two.send(ADA, BO, 500_00, "l", pin=PIN)
    assert (two.balance(ADA), two.balance(BO), two.attempts(ADA)) == (600_00, 500_00, 0)


def test_of_many_at_once_under_one_key_one_moves_money_and_all_hear_of_it(two: World) -> None:
    """M15, M38: races are answered from the item that won, whatever the others had read."""
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: two.send(ADA, BO, 5_00, "k"), range(24)))
    assert len({answer.value for answer in answers}) == 1
    assert sum(not answer.replayed for answer in answers) == 1
    assert (two.balance(ADA), two.balance(BO)) == (95_00, 5_00)


def test_a_race_of_different_requests_under_one_key_has_one_winner(two: World) -> None:
    """M38: the loser that read nothing learns from the old item that the key is another's."""

    def send(number: int) -> str:
        try:
            return two.send(ADA, BO, 1_00 + number, "k", fingerprint=f"f{number}").value
        except IdempotencyKeyReused:
            return "reused"

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(16)))
    assert answers.count("reused") == 15
    assert two.verified().entries == 2


def test_a_success_that_came_first_is_what_a_late_refusal_answers(two: World) -> None:
    """A refusal is a conditional put of its own: if it loses, the winner is answered."""
    won: list[str] = []

    def first() -> None:
        won.append(two.send(ADA, BO, 90_00, "k").value)
        raise InsufficientFunds(needed=cny(90_00))

    late = two.send(ADA, BO, 90_00, "k", pin=PIN, instead=first)
    assert late.replayed
    assert [late.value] == won
    assert (two.balance(ADA), two.attempts(ADA)) == (10_00, 0)


def test_a_proof_that_a_copy_of_the_request_used_up_is_answered_with_what_the_copy_did(two: World) -> None:
    """M38, M41: "used already, no money moved" would be told of a key under which money moved."""
    won: list[str] = []

    def first() -> None:
        won.append(two.send(ADA, BO, 90_00, "k").value)
        raise Forbidden

    late = two.send(ADA, BO, 90_00, "k", instead=first)
    assert late.replayed
    assert [late.value] == won


def test_a_proof_that_fails_says_that_no_money_moved_only_while_its_key_can_be_read(two: World, faults: Faults) -> None:
    """A copy of the request may have been faster; when nothing tells, nobody claims to know."""

    def first() -> None:
        faults.always("BatchGetItem", "throttled")
        raise Forbidden

    refused(two, OutcomeUnknown, ADA, BO, 90_00, "k", instead=first)


def test_a_success_that_came_first_is_what_a_late_success_answers(two: World) -> None:
    """M15, M38: both have read that nothing was decided; the money moves once."""
    won: list[str] = []

    def first() -> None:
        won.append(two.send(ADA, BO, 5_00, "k").value)

    late = two.send(ADA, BO, 5_00, "k", pin=PIN, instead=first)
    assert late.replayed
    assert [late.value] == won
    assert (two.balance(ADA), two.balance(BO), two.attempts(ADA)) == (95_00, 5_00, 0)


def test_a_refusal_that_came_first_is_what_a_late_success_answers(two: World) -> None:
    def first() -> None:
        refused(two, InsufficientFunds, ADA, BO, 5_00, "k", instead=raising(InsufficientFunds(needed=cny(1))))

    again = refused(two, InsufficientFunds, ADA, BO, 5_00, "k", pin=PIN, instead=first)
    assert again.recorded is not None
    assert (two.balance(ADA), two.attempts(ADA)) == (100_00, 0)


@pytest.mark.parametrize(
    "error", [Forbidden(), NotFound(), Unavailable(), OutcomeUnknown(), Unauthenticated()], ids=repr
)
def test_what_is_not_a_decision_leaves_the_key_free(two: World, error: WalletError) -> None:
    refused(two, type(error), ADA, BO, 5_00, "k", pin=PIN, instead=raising(error))
    assert (two.attempts(ADA), two.balance(ADA)) == (0, 100_00)
    assert not two.send(ADA, BO, 5_00, "k", pin=PIN).replayed


def test_a_decision_that_moves_no_money_is_decided_once_as_well(two: World) -> None:
    """A created payment: the key is the record's, and no entry is made."""

    def create() -> None:
        with two.wallet.storage.atomic_write() as write:
            two.ledger.record(two.operation("mer_m", "k"), write, subject="pay_1", answer={"status": "open"})

    create()
    with pytest.raises(Exception, match="succeeded"):
        create()
    with two.wallet.storage.trip() as trip:
        read = two.ledger.decision_on(two.operation("mer_m", "k"), trip)
    decision = read()
    assert decision is not None
    assert (decision.subject, decision.entry, decision.answer) == ("pay_1", None, {"status": "open"})
