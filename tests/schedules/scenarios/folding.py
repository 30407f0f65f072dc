"""Folding beside what it folds."""

from tests.schedules.scenario import BACK, PAID, scenario

PAIRS = [
    scenario("fold and refund", lambda on: [on.fold(), on.refund(60, "r")], ("done", BACK)),
    scenario("fold and pay", lambda on: [on.fold(), on.pay(on.ada, 60)], ("done", PAID)),
    scenario("fold and fold", lambda on: [on.fold(), on.fold()], ("done", "done")),
]  # fmt: skip
