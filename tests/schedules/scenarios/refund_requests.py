"""A customer asks for money back: whoever answers, takes it back or runs out of time, one of them does."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from tests.schedules.conductor import Conductor
from tests.schedules.scenario import scenario
from tests.schedules.stage import Act, Stage, yuan
from wallet_api.ledger.operations import Decided
from wallet_api.refund_requests.errors import RequestMoved
from wallet_api.refund_requests.use_cases import Wish
from wallet_api.refunds.model import LEASE

ASK, APPROVE = "POST /v1/refund_requests", "POST /v1/refund_requests/{request_id}/approve"
OPEN = "refundrequest 0 open"
GIVEN, GIVEN_AGAIN = "refundrequest 0 approved", "refundrequest 0 approved again"
REFUSED, GONE = "refundrequest 0 declined", "refundrequest 0 canceled"
ENDED, TOO_MUCH, TAKEN = "refund_request_ended", "refund_exceeds_payment", "refund_request_open"
BACK, BACK_TOO = "refund 0 succeeded", "refund 1 succeeded"


def ask(on: Stage, amount: int, key: str = "ask", card_id: str | None = None) -> Act:
    """Ada asks for a part of what she paid."""
    wish = Wish(on.paid, yuan(amount), "damaged", None, "balance" if card_id is None else "card", card_id or None)
    asked = on.asked(on.ada.id, key, ASK, f"{amount}")
    return lambda _: on.wallet.refund_requests.create(on.customer(on.ada), wish, asked)


def open_request(amount: int = 60, *, to: str | None = None) -> Callable[[Stage], None]:
    """There is a request; `to` is "charged" for the card that her money came from, "bound" for one that was never charged."""

    def before(on: Stage) -> None:
        cards: dict[str | None, str | None] = {None: None, "bound": on.card_id, "charged": ""}
        made = ask(on, amount, "ask first", cards[to])(Conductor(min))
        on.made["request"] = made.value.id

    return before


def approve(on: Stage, key: str = "approve", amount: int | None = None) -> Act:
    asked = on.asked(on.shop.id, key, APPROVE, f"{amount}")
    wanted = None if amount is None else yuan(amount)
    return lambda _: on.wallet.refund_requests.approve(on.merchant, on.made["request"], wanted, asked)


def decline(on: Stage) -> Act:
    return lambda _: Decided(on.wallet.refund_requests.decline(on.merchant, on.made["request"], "used"))


def take_back(on: Stage) -> Act:
    return lambda _: Decided(on.wallet.refund_requests.cancel(on.customer(on.ada), on.made["request"]))


def escalate(on: Stage) -> Act:
    """The merchant's time is over, and the schedule looks. The clock stands: time that passes is not what is tried here."""

    def act(_: Conductor) -> None:
        requests = on.wallet.refund_requests
        request = requests.found_again(on.made["request"])
        if request.status == "open":
            with suppress(RequestMoved):
                requests._escalate(request)

    return act


def settle(on: Stage) -> Act:
    """The schedule finds refunds that nobody has handed over, or whose end is not known."""

    def act(_: Conductor) -> None:
        on.cloud.clock.freeze(on.cloud.clock.now() + LEASE + timedelta(seconds=1))
        on.wallet.refunds.settle_due()

    return act


ASKED, TO_CARD, TO_BOUND = open_request(), open_request(to="charged"), open_request(to="bound")

PAIRS = [
    scenario("approve and decline", lambda on: [approve(on), decline(on)], (GIVEN, ENDED), (ENDED, REFUSED), before=ASKED),
    scenario("approve and take back", lambda on: [approve(on), take_back(on)], (GIVEN, ENDED), (ENDED, GONE), before=ASKED),
    scenario("decline and take back", lambda on: [decline(on), take_back(on)], (REFUSED, ENDED), (ENDED, GONE), before=ASKED),
    scenario("approve and approve", lambda on: [approve(on, "a"), approve(on, "b", 30)], (GIVEN, ENDED), (ENDED, GIVEN), before=ASKED),
    scenario("replay and first approve", lambda on: [approve(on), approve(on)], (GIVEN, GIVEN_AGAIN), (GIVEN_AGAIN, GIVEN), before=ASKED),
    scenario("approve and escalate", lambda on: [approve(on), escalate(on)], (GIVEN, "done"), before=ASKED),
    scenario("decline and escalate", lambda on: [decline(on), escalate(on)], (REFUSED, "done"), before=ASKED),
    scenario("take back and escalate", lambda on: [take_back(on), escalate(on)], (GONE, "done"), before=ASKED),
    scenario("escalate and escalate", lambda on: [escalate(on), escalate(on)], ("done", "done"), before=ASKED),
    # The merchant's own refund takes what was asked for, or leaves enough.
    scenario("approve and refund beyond", lambda on: [approve(on), on.refund(60, "r")], (GIVEN, TOO_MUCH), (TOO_MUCH, BACK), before=ASKED),
    scenario("approve and refund", lambda on: [approve(on), on.refund(33, "r")], (GIVEN, BACK_TOO), before=ASKED),
    scenario("escalate and refund", lambda on: [escalate(on), on.refund(100, "r")], ("done", BACK), before=ASKED),
    # One open request of a payment, and for no more than is left.
    scenario("ask and ask", lambda on: [ask(on, 60, "a"), ask(on, 30, "b")], (OPEN, TAKEN), (TAKEN, OPEN)),
    scenario("replay and first ask", lambda on: [ask(on, 60), ask(on, 60)], (OPEN, OPEN + " again"), (OPEN + " again", OPEN)),
    scenario("ask and refund", lambda on: [ask(on, 60), on.refund(60, "r")], (OPEN, BACK_TOO), (TOO_MUCH, BACK)),
    scenario("ask and take back", lambda on: [ask(on, 30), take_back(on)], (OPEN, "refundrequest 1 canceled"), (TAKEN, GONE), before=ASKED),
    # To a card.
    scenario("approve to a card and freeze", lambda on: [approve(on), on.freeze(on.ada)], (GIVEN, "done"), before=TO_CARD),
    scenario("approve to a card and refund beyond", lambda on: [approve(on), on.refund(60, "r")],
        (GIVEN, TOO_MUCH), (TOO_MUCH, BACK), before=TO_CARD,
    ),
    scenario("approve to a card and the schedule", lambda on: [approve(on), settle(on)], (GIVEN, "done"), before=TO_CARD),
    scenario("approve to a card and unbind it", lambda on: [approve(on), on.unbind()], (GIVEN, "done"), before=TO_BOUND),
    scenario("fold and approve to a card", lambda on: [on.fold(), approve(on)], ("done", GIVEN), before=TO_CARD),
]  # fmt: skip

TRIPLES = [
    scenario("approve, decline and take back", lambda on: [approve(on), decline(on), take_back(on)], before=ASKED),
    scenario("approve, escalate and refund", lambda on: [approve(on), escalate(on), on.refund(60, "r")], before=ASKED),
]
