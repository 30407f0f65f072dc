"""Two that move money, and one key that is sent twice."""

from tests.schedules.scenario import (
    ARRIVED,
    ARRIVED_AGAIN,
    BACK,
    BACK_AGAIN,
    BACK_TOO,
    PAID,
    PAID_AGAIN,
    PAID_TOO,
    SENT,
    SENT_AGAIN,
    SENT_TOO,
    SHORT,
    scenario,
)

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
]  # fmt: skip
