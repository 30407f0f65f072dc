"""The scenarios: operations on what they share, and everything that their callers may be told."""

from collections.abc import Callable, Sequence

from tests.schedules.judge import Scenario
from tests.schedules.stage import Act, Stage

SHORT, GUESSED, LOCKED = "insufficient_funds", "wrong_payment_pin", "payment_pin_locked"
PAID, PAID_TOO, PAID_AGAIN = "payment 0 succeeded", "payment 1 succeeded", "payment 0 succeeded again"
SENT, SENT_TOO, SENT_AGAIN = "transfer 0", "transfer 1", "transfer 0 again"
BACK, BACK_TOO, BACK_AGAIN = "refund 0 succeeded", "refund 1 succeeded", "refund 0 succeeded again"
ARRIVED, ARRIVED_AGAIN = "topup 0 succeeded", "topup 0 succeeded again"


def scenario(
    name: str,
    acts: Callable[[Stage], Sequence[Act]],
    *legal: tuple[str, ...],
    before: Callable[[Stage], None] = lambda _: None,
) -> Scenario:
    return Scenario(name.replace(" ", "_"), acts, frozenset(legal) or None, before)


PAIRS = [
    # Two debits of one wallet that has money for one, or for both.
    scenario("pay and pay beyond the balance", lambda on: [on.pay(on.ada, 60), on.pay(on.ada, 70)],
        (PAID, SHORT), (SHORT, PAID),
    ),
    scenario("pay and pay", lambda on: [on.pay(on.ada, 60), on.pay(on.ada, 40)], (PAID, PAID_TOO)),
    scenario(
        "two people pay one payment", lambda on: [on.pay(on.ada, 40), on.pay(on.bo, 40)],
        (PAID, "payment_paid_by_another"), ("payment_paid_by_another", PAID),
    ),
    scenario(
        "pay and send beyond the balance", lambda on: [on.pay(on.ada, 60), on.send(on.ada, on.bo, 60)],
        (PAID, SHORT), (SHORT, SENT),
    ),
    scenario(
        "send and send in opposite directions", lambda on: [on.send(on.ada, on.bo, 80), on.send(on.bo, on.ada, 90)],
        (SENT, SENT_TOO), (SENT, SHORT),
    ),
    # Money that arrives while other money leaves.
    scenario("pay and refund", lambda on: [on.pay(on.ada, 130), on.refund(60, "r")], (PAID, BACK_TOO), (SHORT, BACK)),
    scenario(
        "send and pay what arrives", lambda on: [on.send(on.bo, on.ada, 50), on.pay(on.ada, 130)],
        (SENT, PAID_TOO), (SENT, SHORT),
    ),
    scenario("refund and refund beyond", lambda on: [on.refund(60, "a"), on.refund(60, "b")],
        (BACK, "refund_exceeds_payment"), ("refund_exceeds_payment", BACK),
    ),
    scenario("refund and refund", lambda on: [on.refund(33, "a"), on.refund(33, "b")], (BACK, BACK_TOO)),
    scenario(
        "cancel and confirm", lambda on: [on.cancel(60), on.pay(on.ada, 60)],
        ("payment 0 canceled", "payment_canceled"), ("payment_already_paid", PAID),
    ),
    scenario(
        "unbind and top up", lambda on: [on.unbind(), on.top_up(30, "t")], ("done", ARRIVED), ("done", "card_not_found")
    ),
    scenario(
        "one quote for two transfers",
        lambda on: [on.send(on.ada, on.bo, 10, "a", quoted=True), on.send(on.ada, on.bo, 10, "b", quoted=True)],
        (SENT, "quote_used"), ("quote_used", SENT),
    ),
    # One key, sent twice.
    scenario("replay and first pay", lambda on: [on.pay(on.ada, 60, "k"), on.pay(on.ada, 60, "k")],
        (PAID, PAID_AGAIN), (PAID_AGAIN, PAID),
    ),
    scenario(
        "replay and first pay that is refused", lambda on: [on.pay(on.ada, 130, "k"), on.pay(on.ada, 130, "k")],
        (SHORT, SHORT),
    ),
    scenario("replay and first transfer", lambda on: [on.send(on.ada, on.bo, 30), on.send(on.ada, on.bo, 30)],
        (SENT, SENT_AGAIN), (SENT_AGAIN, SENT),
    ),
    scenario("replay and first refund", lambda on: [on.refund(40, "k"), on.refund(40, "k")],
        (BACK, BACK_AGAIN), (BACK_AGAIN, BACK),
    ),
    scenario("replay and first top up", lambda on: [on.top_up(30, "k"), on.top_up(30, "k")],
        (ARRIVED, ARRIVED_AGAIN), (ARRIVED_AGAIN, ARRIVED),
    ),
    # The PIN's counter.
    scenario("guess and pay", lambda on: [on.guess(), on.pay(on.ada, 60)], (GUESSED, PAID)),
    scenario(
        "last guess and pay", lambda on: [on.guess(), on.pay(on.ada, 60)],
        (GUESSED, PAID), (GUESSED, LOCKED), before=lambda on: on.guessed(4),
    ),
    scenario(
        "last guess and another guess", lambda on: [on.guess("a"), on.guess("b")],
        (GUESSED, LOCKED), (LOCKED, GUESSED), before=lambda on: on.guessed(4),
    ),
    # Folding beside what it folds.
    scenario("fold and refund", lambda on: [on.fold(), on.refund(60, "r")], ("done", BACK)),
    scenario("fold and pay", lambda on: [on.fold(), on.pay(on.ada, 60)], ("done", PAID)),
    scenario("fold and fold", lambda on: [on.fold(), on.fold()], ("done", "done")),
    # Who may not any more.
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
