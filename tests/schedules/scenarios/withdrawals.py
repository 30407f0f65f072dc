"""Withdrawals beside each other, beside payments, freezes and cards that go: what is not there is not sent, and what is there once."""

from datetime import timedelta

from tests.build import PIN, code_to
from tests.schedules.conductor import Conductor
from tests.schedules.scenario import PAID, PAID_TOO, SHORT, scenario
from tests.schedules.scenarios.ends import FROZEN, OUT, stop
from tests.schedules.stage import QUOTE, Act, Stage, yuan
from tests.withdrawing import LATER_DECLINES, LATER_TAKES
from wallet_api.authorizations.model import PinShown
from wallet_api.fees.use_cases import QuoteRequest
from wallet_api.gateways.acquirer import CardDetails
from wallet_api.withdrawals.model import Asking
from wallet_api.withdrawals.use_cases import Wish

WITHDRAW, BIND = "POST /v1/withdrawals", "POST /v1/cards"
SENT, SENT_TOO, SENT_AGAIN = "withdrawal 0 succeeded", "withdrawal 1 succeeded", "withdrawal 0 succeeded again"

MEANWHILE = {"withdrawal 0 processing again": SENT_AGAIN, "withdrawal 0 processing": SENT}
"""A copy that comes while the acquirer is asked is told how it stands then."""


def withdraw(on: Stage, amount: int, key: str = "withdraw", *, quoted: bool = False) -> Act:
    wish = Wish(Asking(yuan(amount), on.card_id, on.made["quote"] if quoted else None), PinShown(PIN))
    asked = on.asked(on.ada.id, key, WITHDRAW, f"{amount}")
    return lambda _: on.wallet.withdrawals.create(on.customer(on.ada), wish, asked)


def settle(on: Stage) -> Act:
    """The schedule asks the acquirer."""

    def act(_: Conductor) -> None:
        on.wallet.withdrawals.settle_due()

    return act


def quoted(on: Stage) -> None:
    """Ada knows what a withdrawal costs."""
    asked = on.asked(on.ada.id, "price", QUOTE, "withdrawal")
    request = QuoteRequest("withdrawal", yuan(30), card_id=on.card_id)
    on.made["quote"] = on.wallet.fees.quote(on.customer(on.ada), request, asked).value.id


def _unanswered(on: Stage, number: str) -> None:
    details = CardDetails(number, 12, 2099, "Ada", on.ada.phone)
    cards, ada = on.wallet.cards, on.customer(on.ada)
    card = cards.bind(ada, details, on.asked(on.ada.id, "bind", BIND, "card")).value
    cards.verify(ada, card.id, code_to(on.cloud, on.ada.phone))
    first, on.card_id = on.card_id, card.id
    assert withdraw(on, 30, "before")(Conductor(min)).value.status == "processing"
    on.card_id = first
    on.cloud.clock.advance(timedelta(minutes=2))


def will_arrive(on: Stage) -> None:
    """30 yuan are on their way to another card of Ada's, which takes them; the acquirer knows by now."""
    _unanswered(on, LATER_TAKES)


def will_come_back(on: Stage) -> None:
    """The same, and the card takes nothing."""
    _unanswered(on, LATER_DECLINES)


PAIRS = [
    scenario("withdraw and withdraw beyond the balance", lambda on: [withdraw(on, 60, "a"), withdraw(on, 60, "b")],
        (SENT, SHORT), (SHORT, SENT),
    ),
    scenario("withdraw and withdraw", lambda on: [withdraw(on, 40, "a"), withdraw(on, 40, "b")], (SENT, SENT_TOO)),
    scenario("withdraw and pay beyond the balance", lambda on: [withdraw(on, 60), on.pay(on.ada, 60)], (SENT, SHORT), (SHORT, PAID)),
    scenario("withdraw and pay", lambda on: [withdraw(on, 30), on.pay(on.ada, 60)], (SENT, PAID_TOO)),
    scenario("withdraw and freeze", lambda on: [withdraw(on, 30), on.freeze(on.ada)], (SENT, "done"), ("wallet_frozen", "done")),
    scenario("withdraw and stop", lambda on: [withdraw(on, 30), stop(on, on.ada)], (SENT, "done"), (OUT, "done"), alike=FROZEN),
    scenario("withdraw and unbind", lambda on: [withdraw(on, 30), on.unbind()], (SENT, "done"), ("card_not_found", "done")),
    scenario("replay and first withdrawal", lambda on: [withdraw(on, 30), withdraw(on, 30)],
        (SENT, SENT_AGAIN), (SENT_AGAIN, SENT), alike=MEANWHILE,
    ),
    scenario("one quote for two withdrawals",
        lambda on: [withdraw(on, 30, "a", quoted=True), withdraw(on, 30, "b", quoted=True)],
        (SENT, "quote_used"), ("quote_used", SENT), before=quoted,
    ),
    scenario("settle and settle a withdrawal", lambda on: [settle(on), settle(on)], ("done", "done"), before=will_arrive),
    scenario("settle and settle one that comes back", lambda on: [settle(on), settle(on)], ("done", "done"), before=will_come_back),
    scenario("settle a withdrawal and freeze", lambda on: [settle(on), on.freeze(on.ada)], ("done", "done"), before=will_come_back),
    scenario("settle a withdrawal and unbind", lambda on: [settle(on), on.unbind()], ("done", "done"), before=will_come_back),
    scenario("settle a withdrawal and pay what comes back", lambda on: [settle(on), on.pay(on.ada, 70)],
        ("done", PAID), ("done", SHORT), before=will_come_back,
    ),
    scenario("settle a withdrawal and withdraw what comes back", lambda on: [settle(on), withdraw(on, 99)],
        ("done", SENT), ("done", SHORT), before=will_come_back,
    ),
]  # fmt: skip

TRIPLES = [
    scenario(
        "withdraw, withdraw and freeze", lambda on: [withdraw(on, 60, "a"), withdraw(on, 30, "b"), on.freeze(on.ada)]
    ),
    scenario(
        "settle, settle and withdraw", lambda on: [settle(on), settle(on), withdraw(on, 99)], before=will_come_back
    ),
]
