"""Transfers that arrive later beside each other, what takes them back, freezes, and what is paid with their money: one end each."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from tests.build import PIN, Someone
from tests.schedules.conductor import Conductor
from tests.schedules.scenario import PAID, PAID_TOO, SENT, SENT_TOO, SHORT, scenario
from tests.schedules.scenarios.ends import FROZEN, OUT, stop
from tests.schedules.stage import SEND, Act, Stage, yuan
from wallet_api.authorizations.model import PinShown
from wallet_api.ledger import chart
from wallet_api.transfers.model import Payee
from wallet_api.transfers.use_cases import Sending

TAKE_BACK = "POST /v1/transfers/{transfer_id}/cancel"
LATER, LATER_TOO, LATER_AGAIN = "transfer 0 scheduled", "transfer 1 scheduled", "transfer 0 scheduled again"
BACK, BACK_AGAIN = "transfer 0 canceled", "transfer 0 canceled again"
ARRIVED, TAKEN_BACK, NOBODY = "transfer_already_arrived", "transfer_already_canceled", "payee_unavailable"


def send_later(
    on: Stage, amount: int, key: str = "later", *, payer: Someone | None = None, payee: Someone | None = None, quoted: bool = False
) -> Act:  # fmt: skip
    """To arrive in two hours; Ada's to Bo unless it is said otherwise."""
    who, to = payer or on.ada, payee or on.bo
    sending = Sending(Payee(phone=to.phone), yuan(amount), None, on.quote_id if quoted else None, PinShown(PIN), "2h")
    asked = on.asked(who.id, key, SEND, f"{amount} later")
    return lambda _: on.wallet.transfers.send(on.customer(who), sending, asked)


def take_back(on: Stage, key: str = "take back", *, payer: Someone | None = None, transfer_id: str = "") -> Act:
    who, of = payer or on.ada, transfer_id or on.made["transfer"]
    asked = on.asked(who.id, key, TAKE_BACK, of)
    return lambda _: on.wallet.transfers.cancel(on.customer(who), of, asked)


def arrive(on: Stage) -> Act:
    """Its time has come, and the schedule runs."""

    def act(_: Conductor) -> None:
        _its_time_comes(on)
        on.wallet.transfers.settle_due()

    return act


def look(on: Stage) -> Act:
    """Its payer looks at it once its time has come."""

    def act(_: Conductor) -> None:
        _its_time_comes(on)
        on.wallet.transfers.get(on.customer(on.ada), on.made["transfer"])

    return act


def _its_time_comes(on: Stage) -> None:
    on.cloud.clock.freeze(on.wallet.transfers.require(on.made["transfer"]).delayed.arrives_at)


def stands(on: Stage, who: Someone, status: str) -> Act:
    """Somebody's wallet is closed, or open again."""

    def act(_: Conductor) -> None:
        with on.wallet.storage.atomic_write() as write:
            on.wallet.ledger.accounts._turn(chart.customer(who.id), status, write)

    return act


def on_its_way(amount: int = 30) -> Callable[[Stage], None]:
    """So many yuan of Ada's arrive at Bo's in a minute, and both have fresh sessions."""

    def before(on: Stage) -> None:
        made = send_later(on, amount, "before")(Conductor(min)).value
        on.made["transfer"] = made.id
        on.cloud.clock.freeze(made.arrives_at - timedelta(minutes=1))
        on.ada, on.bo = (_refreshed(on, each) for each in (on.ada, on.bo))

    return before


def _refreshed(on: Stage, who: Someone) -> Someone:
    session = on.wallet.sessions.refresh(who.refresh_token)
    return replace(who, token=session.access_token, refresh_token=session.refresh_token)


PAIRS = [
    scenario("send later and send later beyond the balance", lambda on: [send_later(on, 60, "a"), send_later(on, 60, "b")],
        (LATER, SHORT), (SHORT, LATER),
    ),
    scenario("send later and send later", lambda on: [send_later(on, 40, "a"), send_later(on, 40, "b")], (LATER, LATER_TOO)),
    scenario("send later and pay beyond the balance", lambda on: [send_later(on, 60), on.pay(on.ada, 60)], (LATER, SHORT), (SHORT, PAID)),
    scenario("send later and pay", lambda on: [send_later(on, 30), on.pay(on.ada, 60)], (LATER, PAID_TOO)),
    scenario("send later and freeze", lambda on: [send_later(on, 30), on.freeze(on.ada)], (LATER, "done"), ("wallet_frozen", "done")),
    scenario("send later and stop", lambda on: [send_later(on, 30), stop(on, on.ada)], (LATER, "done"), (OUT, "done"), alike=FROZEN),
    scenario("send later and freeze its payee", lambda on: [send_later(on, 30), on.freeze(on.bo)], (LATER, "done"), (NOBODY, "done")),
    scenario("replay and first to arrive later", lambda on: [send_later(on, 30), send_later(on, 30)],
        (LATER, LATER_AGAIN), (LATER_AGAIN, LATER),
    ),
    scenario("one quote for two that arrive later",
        lambda on: [send_later(on, 10, "a", quoted=True), send_later(on, 10, "b", quoted=True)],
        (LATER, "quote_used"), ("quote_used", LATER),
    ),
    scenario("take back and take back", lambda on: [take_back(on, "a"), take_back(on, "b")],
        (BACK, TAKEN_BACK), (TAKEN_BACK, BACK), before=on_its_way(),
    ),
    scenario("take back and the same again", lambda on: [take_back(on), take_back(on)],
        (BACK, BACK_AGAIN), (BACK_AGAIN, BACK), before=on_its_way(),
    ),
    scenario("take back and freeze", lambda on: [take_back(on), on.freeze(on.ada)], (BACK, "done"), before=on_its_way()),
    scenario("take back and stop", lambda on: [take_back(on), stop(on, on.ada)], (BACK, "done"), (OUT, "done"), before=on_its_way()),
    scenario("take back and close", lambda on: [take_back(on), stands(on, on.ada, "closed")], (BACK, "done"), before=on_its_way()),
    scenario("take back and send what comes back", lambda on: [take_back(on), on.send(on.ada, on.bo, 60)],
        (BACK, SENT_TOO), (BACK, SHORT), before=on_its_way(60),
    ),
    scenario("take back and send later what comes back", lambda on: [take_back(on), send_later(on, 60)],
        (BACK, LATER_TOO), (BACK, SHORT), before=on_its_way(60),
    ),
    scenario("arrive and take back", lambda on: [arrive(on), take_back(on)], ("done", ARRIVED), ("done", BACK), before=on_its_way()),
    scenario("look and take back", lambda on: [look(on), take_back(on)], ("done", ARRIVED), ("done", BACK), before=on_its_way()),
    scenario("arrive and arrive", lambda on: [arrive(on), arrive(on)], ("done", "done"), before=on_its_way()),
    scenario("arrive and look", lambda on: [arrive(on), look(on)], ("done", "done"), before=on_its_way()),
    scenario("arrive and freeze its payer", lambda on: [arrive(on), on.freeze(on.ada)], ("done", "done"), before=on_its_way()),
    scenario("arrive and freeze its payee", lambda on: [arrive(on), on.freeze(on.bo)], ("done", "done"), before=on_its_way()),
    scenario("arrive and close its payer", lambda on: [arrive(on), stands(on, on.ada, "closed")], ("done", "done"), before=on_its_way()),
    scenario("arrive and close its payee", lambda on: [arrive(on), stands(on, on.bo, "closed")], ("done", "done"), before=on_its_way()),
    scenario("arrive and send what arrives", lambda on: [arrive(on), on.send(on.bo, on.ada, 70)],
        ("done", SENT), ("done", SHORT), before=on_its_way(),
    ),
]  # fmt: skip

TRIPLES = [
    scenario(
        "arrive, take back and freeze",
        lambda on: [arrive(on), take_back(on), on.freeze(on.ada)],
        before=on_its_way(),
    ),
    scenario("arrive, arrive and look", lambda on: [arrive(on), arrive(on), look(on)], before=on_its_way()),
    scenario(
        "take back, take back and send later",
        lambda on: [take_back(on, "a"), take_back(on, "b"), send_later(on, 60)],
        before=on_its_way(60),
    ),
]
