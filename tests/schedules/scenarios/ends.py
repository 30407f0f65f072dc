"""Who may not any more: freezes and sessions that end beside what they stop."""

from tests.schedules.scenario import BACK, PAID, SENT, scenario

PAIRS = [
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
