"""Who may not any more: freezes and sessions that end beside what they stop."""

from tests.build import Someone
from tests.schedules.conductor import Conductor
from tests.schedules.scenario import ARRIVED, BACK, PAID, SENT, scenario
from tests.schedules.stage import Act, Stage


def stop(on: Stage, who: Someone) -> Act:
    """Somebody stops their own wallet, which ends their sessions as well."""

    def act(_: Conductor) -> None:
        on.wallet.freezes.freeze(on.customer(who))

    return act


OUT = "session_ended"
FROZEN = {"wallet_frozen": OUT}
"""A payment that read the session before the freeze is told of the freeze."""

PAIRS = [
    scenario(
        "stop and pay", lambda on: [stop(on, on.ada), on.pay(on.ada, 60)],
        ("done", PAID), ("done", OUT), alike=FROZEN,
    ),
    scenario("stop and send", lambda on: [stop(on, on.ada), on.send(on.ada, on.bo, 60)], ("done", SENT), ("done", OUT), alike=FROZEN),
    scenario("stop and send to", lambda on: [stop(on, on.bo), on.send(on.ada, on.bo, 60)], ("done", SENT), ("done", "payee_unavailable")),
    scenario("stop and refund", lambda on: [stop(on, on.ada), on.refund(60, "r")], ("done", BACK)),
    scenario("stop and top up", lambda on: [stop(on, on.ada), on.top_up(30, "t")], ("done", ARRIVED), ("done", OUT), alike=FROZEN),
    scenario("stop and stop", lambda on: [stop(on, on.ada), stop(on, on.ada)], ("done", "done")),
    scenario("freeze and pay", lambda on: [on.freeze(on.ada), on.pay(on.ada, 60)], ("done", PAID), ("done", "wallet_frozen")),
    scenario(
        "freeze and refund", lambda on: [on.freeze(on.ada), on.refund(60, "r")], ("done", BACK),
    ),
    scenario(
        "freeze and send to", lambda on: [on.freeze(on.bo), on.send(on.ada, on.bo, 60)],
        ("done", SENT), ("done", "payee_unavailable"),
    ),
    scenario("sign out and pay", lambda on: [on.sign_out(), on.pay(on.ada, 60)], ("done", PAID), ("done", "session_ended")),
]  # fmt: skip
