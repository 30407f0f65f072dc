"""The issuer's code for a top-up, beside itself, beside wrong ones and beside the end of its time: the card pays once or not at all."""

from tests.banking import NEEDS_CODE, wrong
from tests.build import code_to
from tests.schedules.conductor import Conductor
from tests.schedules.scenario import ARRIVED, scenario
from tests.schedules.stage import Act, Stage
from wallet_api.gateways.acquirer import CardDetails
from wallet_api.ledger.operations import Decided
from wallet_api.top_ups.model import CONFIRM_WITHIN

BIND, CONFIRM = "POST /v1/cards", "POST /v1/top_ups/{top_up_id}/confirm"
EXPIRED, WRONG = "confirmation_expired", "wrong_confirmation_code"


def asked_for_a_code(on: Stage) -> None:
    """Ada's other card pays once its issuer has seen a code, which she was sent."""
    details = CardDetails(NEEDS_CODE, 12, 2099, "Ada", on.ada.phone)
    cards, ada = on.wallet.cards, on.customer(on.ada)
    card = cards.bind(ada, details, on.asked(on.ada.id, "bind", BIND, "card")).value
    cards.verify(ada, card.id, code_to(on.cloud, on.ada.phone))
    on.card_id = card.id
    on.made["top_up"] = on.top_up(30, "asked")(Conductor(min)).value.id
    on.made["code"] = code_to(on.cloud, on.ada.phone)


def confirm(on: Stage, *, guess: bool = False) -> Act:
    """No key names it: the top-up's own state does."""
    on.endpoints.add(CONFIRM)
    code = wrong(on.made["code"]) if guess else on.made["code"]
    return lambda _: Decided(on.wallet.top_ups.confirm(on.customer(on.ada), on.made["top_up"], code))


def expire(on: Stage) -> Act:
    """The code's time is over, and the schedule asks the acquirer."""

    def act(_: Conductor) -> None:
        on.cloud.clock.freeze(on.wallet.top_ups._require(on.made["top_up"]).created_at + CONFIRM_WITHIN)
        on.wallet.top_ups.settle_due()

    return act


PAIRS = [
    scenario("confirm and confirm", lambda on: [confirm(on), confirm(on)], (ARRIVED, ARRIVED), before=asked_for_a_code),
    scenario(
        "confirm and a wrong code", lambda on: [confirm(on), confirm(on, guess=True)],
        (ARRIVED, ARRIVED), (ARRIVED, WRONG), before=asked_for_a_code,
    ),
    scenario("confirm and expire", lambda on: [confirm(on), expire(on)], (ARRIVED, "done"), (EXPIRED, "done"), before=asked_for_a_code),
    scenario("expire and expire", lambda on: [expire(on), expire(on)], ("done", "done"), before=asked_for_a_code),
    scenario("confirm and freeze", lambda on: [confirm(on), on.freeze(on.ada)], (ARRIVED, "done"), before=asked_for_a_code),
    scenario("confirm and unbind", lambda on: [confirm(on), on.unbind()], (ARRIVED, "done"), before=asked_for_a_code),
    scenario("confirm and pay what arrives", lambda on: [confirm(on), on.pay(on.ada, 130)],
        (ARRIVED, "payment 1 succeeded"), (ARRIVED, "insufficient_funds"), before=asked_for_a_code,
    ),
]  # fmt: skip

TRIPLES = [
    scenario("confirm, confirm and expire", lambda on: [confirm(on), confirm(on), expire(on)], before=asked_for_a_code),
]
