"""Everything that moves money, or is decided under a key on the way to it, as it ends when nothing breaks.

Every endpoint that requires an Idempotency-Key has at least one scenario; a test compares the two lists.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from dev.client import Answer
from tests.banking import (
    APPROVES,
    APPROVES_UNIONPAY,
    DECLINES,
    LATER_APPROVES,
    LATER_DECLINES,
    NEEDS_CODE,
    bind,
    top_up,
)
from tests.build import PIN, a_merchant, cny, code_to, key, send
from tests.faults.stage import Stage
from tests.shopping import a_paid_payment, a_payment, ask, cancel, confirm, refund
from wallet_api.errors import Unavailable
from wallet_api.storage.errors import StorageFault

Act = Callable[[str], Answer | None]
"""One request under an Idempotency-Key, sent as often as one likes; None for work that nobody waits for."""

AMOUNT = 1_00


@dataclass(frozen=True)
class Scenario:
    """`ends` are status and code of the final answer (a code of "" for a success), `moves` the entries there are then.

    `charges`: the acquirer takes part, so there are as many entries as it charged, and the schedule may be what ends it.
    `decided`: the key was decided before, so the money has moved already.
    """

    endpoint: str
    name: str
    prepare: Callable[[Stage], Act]
    ends: tuple[tuple[int, str], ...]
    moves: int = 0
    decided: bool = False
    charges: bool = False
    check: Callable[[Stage, list[Answer]], None] = lambda stage, answers: None

    @property
    def id(self) -> str:
        """The scenario's name among all."""
        return f"{self.endpoint} {self.name}"


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


def _all_attempts_are_given_back(stage: Stage, _answers: list[Answer]) -> None:
    """Faults may leave an attempt counted; the next payment that goes through gives it back."""
    send(stage.api, stage.ada, stage.bo, AMOUNT).ok(201)
    assert stage.attempts(stage.ada) == 0


def _request_for_payment(stage: Stage) -> Act:
    order = key()
    return lambda idem: ask(stage.api, stage.shop, AMOUNT, idem=idem, order_id=order)


def _request_for_a_known_order(stage: Stage) -> Act:
    order = key()
    ask(stage.api, stage.shop, AMOUNT, order_id=order).ok(201)
    return lambda idem: ask(stage.api, stage.shop, AMOUNT, idem=idem, order_id=order)


def _payment(stage: Stage) -> Act:
    payment = a_payment(stage.api, stage.shop, AMOUNT)
    return lambda idem: confirm(stage.api, stage.ada, payment["id"], idem=idem)


def _too_large_payment(stage: Stage) -> Act:
    payment = a_payment(stage.api, stage.shop, 4_000_00)
    return lambda idem: confirm(stage.api, stage.ada, payment["id"], idem=idem)


def _taken_payment(stage: Stage) -> Act:
    payment = a_payment(stage.api, stage.shop, AMOUNT)
    confirm(stage.api, stage.bo, payment["id"]).ok(200)
    return lambda idem: confirm(stage.api, stage.ada, payment["id"], idem=idem)


def _cancellation(stage: Stage) -> Act:
    payment = a_payment(stage.api, stage.shop, AMOUNT)
    return lambda idem: cancel(stage.api, stage.shop, payment["id"], idem=idem)


def _late_cancellation(stage: Stage) -> Act:
    payment = a_paid_payment(stage.api, stage.shop, stage.ada, AMOUNT)
    return lambda idem: cancel(stage.api, stage.shop, payment["id"], idem=idem)


def _refund(amount: int | None) -> Callable[[Stage], Act]:
    def prepare(stage: Stage) -> Act:
        payment = a_paid_payment(stage.api, stage.shop, stage.ada, AMOUNT)
        return lambda idem: refund(stage.api, stage.shop, payment["id"], amount, idem=idem)

    return prepare


def _quote(stage: Stage) -> Act:
    body = {"operation": "transfer", "amount": cny(AMOUNT), "payee": {"phone": stage.bo.phone}}
    return lambda idem: stage.api.post("/v1/fee_quotes", body, token=stage.ada.token, key=idem)


def _binding(stage: Stage) -> Act:
    stage.cloud.clock.advance("25h")  # a day has twenty bindings
    stage.fresh()
    return lambda idem: bind(stage.api, stage.ada, APPROVES_UNIONPAY, idem=idem)


def _top_up(number: str) -> Callable[[Stage], Act]:
    def prepare(stage: Stage) -> Act:
        card_id = stage.card(number)
        return lambda idem: top_up(stage.api, stage.ada, card_id, AMOUNT, idem=idem)

    return prepare


def _confirmed_top_up(stage: Stage) -> Act:
    made = _top_up(NEEDS_CODE)(stage)(key())
    assert made is not None
    path = f"/v1/top_ups/{made.ok(201)['id']}/confirm"
    body = {"code": code_to(stage.cloud, stage.ada.phone)}
    return lambda _: stage.api.post(path, body, token=stage.ada.token)


def _schedule(number: str) -> Callable[[Stage], Act]:
    def prepare(stage: Stage) -> Act:
        made: Any = _top_up(number)(stage)(key())
        assert made.ok(201)["status"] == "processing"
        stage.cloud.clock.advance("2m")
        stage.fresh()

        def act(_: str) -> None:
            with suppress(Unavailable, StorageFault):
                stage.wallet.top_ups.settle_due()

        return act

    return prepare


def _folding(stage: Stage) -> Act:
    stage.shop, wrong = a_merchant(stage.cloud), stage.wrongs()
    assert not wrong
    start = stage.read()
    payment = a_paid_payment(stage.api, stage.shop, stage.ada, AMOUNT)
    refund(stage.api, stage.shop, payment["id"]).ok(201)
    stage.read()
    batch = stage.journal[start:]

    def act(_: str) -> None:
        stage.wallet.folding.fold(batch)

    return act


CONFIRM = "POST /v1/payments/{payment_id}/confirm"
CANCEL = "POST /v1/payments/{payment_id}/cancel"
CREATED, PAID = ((201, ""),), ((200, ""),)
DECLINED = ((402, "card_declined"), (201, "failed"))
"""A decline that the schedule learned of first is answered as the failed top-up it is."""
CHARGED = ((201, ""), (201, "failed"))
"""A charge that never reached the acquirer ends as a failed top-up."""
CONFIRMED = ((200, ""), (402, "confirmation_expired"))
"""Nobody confirmed it before its time was over."""
GIVEN_BACK = _all_attempts_are_given_back

SCENARIOS = (
    Scenario("POST /v1/transfers", "succeeds", _transfer, CREATED, 1, check=GIVEN_BACK),
    Scenario("POST /v1/transfers", "is too large", _too_large_transfer, ((402, "insufficient_funds"),), check=GIVEN_BACK),
    Scenario("POST /v1/transfers", "guesses", _guessed_transfer, ((403, "wrong_payment_pin"),), check=_every_guess_counts),
    Scenario("POST /v1/transfers", "is repeated after a guess", _repetition, CREATED, decided=True, check=_guess_counts),
    Scenario("POST /v1/transfers", "as quoted", _quoted_transfer, CREATED, 1, check=_quote_is_used),
    Scenario("POST /v1/payments", "succeeds", _request_for_payment, CREATED),
    Scenario("POST /v1/payments", "for a known order", _request_for_a_known_order, ((409, "order_id_taken"),)),
    Scenario(CONFIRM, "succeeds", _payment, PAID, 1, check=GIVEN_BACK),
    Scenario(CONFIRM, "is too large", _too_large_payment, ((402, "insufficient_funds"),), check=GIVEN_BACK),
    Scenario(CONFIRM, "comes second", _taken_payment, ((409, "payment_paid_by_another"),), check=GIVEN_BACK),
    Scenario(CANCEL, "succeeds", _cancellation, PAID),
    Scenario(CANCEL, "comes too late", _late_cancellation, ((409, "payment_already_paid"),)),
    Scenario("POST /v1/refunds", "of all", _refund(None), CREATED, 1),
    Scenario("POST /v1/refunds", "of a part", _refund(30), CREATED, 1),
    Scenario("POST /v1/refunds", "of too much", _refund(2_00), ((409, "refund_exceeds_payment"),)),
    Scenario("POST /v1/fee_quotes", "succeeds", _quote, CREATED),
    Scenario("POST /v1/cards", "succeeds", _binding, CREATED),
    Scenario("POST /v1/top_ups", "is approved", _top_up(APPROVES), CHARGED, charges=True),
    Scenario("POST /v1/top_ups", "is declined", _top_up(DECLINES), DECLINED, charges=True),
    Scenario("POST /v1/top_ups", "is approved later", _top_up(LATER_APPROVES), CHARGED, charges=True),
    Scenario("POST /v1/top_ups", "needs a code", _top_up(NEEDS_CODE), CHARGED, charges=True),
    Scenario("POST /v1/top_ups/{top_up_id}/confirm", "succeeds", _confirmed_top_up, CONFIRMED, charges=True),
    Scenario("schedule", "learns of an approval", _schedule(LATER_APPROVES), (), charges=True),
    Scenario("schedule", "learns of a decline", _schedule(LATER_DECLINES), (), charges=True),
    Scenario("stream", "of a new shop is folded", _folding, ()),
)  # fmt: skip
