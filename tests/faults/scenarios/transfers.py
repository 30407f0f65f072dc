"""Money from person to person."""

from dev.client import Answer
from tests.build import PIN, cny, key, send
from tests.faults.scenario import AMOUNT, MADE, Act, Scenario, all_attempts_are_given_back
from tests.faults.stage import Stage


def _transfer(stage: Stage) -> Act:
    return lambda idem: send(stage.api, stage.ada, stage.bo, AMOUNT, idem=idem)


def _too_large_transfer(stage: Stage) -> Act:
    return lambda idem: send(stage.api, stage.ada, stage.bo, 4_000_00, idem=idem)


def _guessed_transfer(stage: Stage) -> Act:
    send(stage.api, stage.ada, stage.bo, AMOUNT).ok(201)
    assert stage.attempts(stage.ada) == 0
    return lambda idem: send(stage.api, stage.ada, stage.bo, AMOUNT, pin="111222", idem=idem)


def _repetition(stage: Stage) -> Act:
    idem = key()
    first = send(stage.api, stage.ada, stage.bo, AMOUNT, idem=idem).ok(201)
    assert send(stage.api, stage.ada, stage.bo, AMOUNT, pin="111222").status == 403
    assert stage.attempts(stage.ada) == 1

    def act(_: str) -> Answer:
        answer = send(stage.api, stage.ada, stage.bo, AMOUNT, idem=idem)
        assert answer.status != 201 or answer.json == first
        return answer

    return act


def _quoted_transfer(stage: Stage) -> Act:
    asked = {"operation": "transfer", "amount": cny(AMOUNT), "payee": {"user_id": stage.bo.id}}
    quote = stage.api.post("/v1/fee_quotes", asked, token=stage.ada.token, key=key()).ok(201)
    body = {
        "to": {"user_id": stage.bo.id}, "amount": cny(AMOUNT), "authorization": {"pin": PIN}, "quote_id": quote["id"]
    }  # fmt: skip

    def act(idem: str) -> Answer:
        return stage.api.post("/v1/transfers", body, token=stage.ada.token, key=idem)

    stage.again = lambda: act(key())
    return act


def _quote_is_used(stage: Stage, _answers: list[Answer]) -> None:
    assert stage.again is not None
    again = stage.again()
    assert (again.status, again.json["code"]) == (409, "quote_used"), again.text


def _every_guess_counts(stage: Stage, answers: list[Answer]) -> None:
    """A12: whatever breaks, no wrong PIN is free."""
    guesses = sum(answer.status == 403 for answer in answers)
    assert stage.attempts(stage.ada) >= guesses, (stage.attempts(stage.ada), guesses)


def _guess_counts(stage: Stage, _answers: list[Answer]) -> None:
    """A12: a repetition gives back the attempt that it took itself, once, however often it has to say so."""
    assert stage.attempts(stage.ada) >= 1


SCENARIOS = (
    Scenario("POST /v1/transfers", "succeeds", _transfer, MADE, 1, check=all_attempts_are_given_back),
    Scenario("POST /v1/transfers", "is too large", _too_large_transfer, ((402, "insufficient_funds"),), check=all_attempts_are_given_back),
    Scenario("POST /v1/transfers", "guesses", _guessed_transfer, ((403, "wrong_payment_pin"),), check=_every_guess_counts),
    Scenario("POST /v1/transfers", "is repeated after a guess", _repetition, MADE, decided=True, check=_guess_counts),
    Scenario("POST /v1/transfers", "as quoted", _quoted_transfer, MADE, 1, check=_quote_is_used),
)  # fmt: skip
