"""Three at once."""

from tests.schedules.scenario import scenario

TRIPLES = [
    scenario("pay, send and refund", lambda on: [on.pay(on.ada, 130), on.send(on.ada, on.bo, 60), on.refund(100, "r")]),
    scenario("three refunds", lambda on: [on.refund(60, "a"), on.refund(60, "b"), on.refund(40, "c")]),
    scenario("fold, fold and refund", lambda on: [on.fold(), on.fold(), on.refund(60, "r")]),
    scenario("replay, first and cancel", lambda on: [on.pay(on.ada, 60, "k"), on.pay(on.ada, 60, "k"), on.cancel(60)]),
    scenario("replay, first and another pay", lambda on: [on.pay(on.ada, 60, "k"), on.pay(on.ada, 60, "k"), on.pay(on.ada, 70)]),
    scenario("replay, first and what arrives", lambda on: [on.pay(on.ada, 130, "k"), on.pay(on.ada, 130, "k"), on.refund(60, "r")]),
    scenario("a circle of debits", lambda on: [on.send(on.ada, on.bo, 80), on.send(on.bo, on.ada, 90), on.pay(on.ada, 130)]),
    scenario("replay, first and unbind", lambda on: [on.top_up(30, "k"), on.top_up(30, "k"), on.unbind()]),
    scenario("two guesses and pay", lambda on: [on.guess("a"), on.guess("b"), on.pay(on.ada, 60)]),
    scenario("freeze, pay and refund", lambda on: [on.freeze(on.ada), on.pay(on.ada, 130), on.refund(60, "r")]),
    scenario("freeze, replay and first", lambda on: [on.freeze(on.ada), on.send(on.ada, on.bo, 30), on.send(on.ada, on.bo, 30)]),
]  # fmt: skip
