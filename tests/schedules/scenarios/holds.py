"""Money that is set aside: whoever ends a hold, one does, and what is set aside is not there to be spent."""

from tests.schedules.scenario import PAID, SHORT, scenario

TAKEN, TAKEN_AGAIN, VOIDED = "payment 0 succeeded", "payment 0 succeeded again", "payment 0 canceled"
CAPTURED, GONE, LATE = "payment_already_captured", "payment_canceled", "capture_too_late"
HELD, HELD_AGAIN = "payment 0 authorized", "payment 0 authorized again"

PAIRS = [
    scenario("capture and capture", lambda on: [on.capture(10, "a"), on.capture(None, "b")], (TAKEN, CAPTURED), (CAPTURED, TAKEN)),
    scenario(
        "capture and void", lambda on: [on.capture(10), on.void()], (TAKEN, "payment_already_paid"), (GONE, VOIDED),
    ),
    scenario("void and void", lambda on: [on.void("a"), on.void("b")], (VOIDED, GONE), (GONE, VOIDED)),
    scenario("capture and lapse", lambda on: [on.capture(10), on.lapse()], (TAKEN, "done"), (LATE, "done")),
    scenario("void and lapse", lambda on: [on.void(), on.lapse()], (VOIDED, "done"), (GONE, "done")),
    scenario("lapse and lapse", lambda on: [on.lapse(), on.lapse()], ("done", "done")),
    scenario("replay and first capture", lambda on: [on.capture(10), on.capture(10)], (TAKEN, TAKEN_AGAIN), (TAKEN_AGAIN, TAKEN)),
    scenario("replay and first void", lambda on: [on.void(), on.void()],
        (VOIDED, VOIDED + " again"), (VOIDED + " again", VOIDED),
    ),
    scenario("replay and first hold", lambda on: [on.hold(on.ada, 60), on.hold(on.ada, 60)], (HELD, HELD_AGAIN), (HELD_AGAIN, HELD)),
    scenario(
        "hold and pay beyond the balance", lambda on: [on.hold(on.ada, 60), on.pay(on.ada, 60)],
        (HELD, SHORT), (SHORT, PAID),
    ),
    scenario("one hold is confirmed under two keys", lambda on: [on.hold(on.ada, 60), on.hold(on.ada, 60, "another")],
        (HELD, "payment_already_confirmed"), ("payment_already_confirmed", HELD),
    ),
    scenario("freeze and void", lambda on: [on.freeze(on.ada), on.void()], ("done", VOIDED)),
    scenario("freeze and capture", lambda on: [on.freeze(on.ada), on.capture(10)], ("done", TAKEN)),
    scenario("freeze and hold", lambda on: [on.freeze(on.ada), on.hold(on.ada, 60)], ("done", HELD), ("done", "wallet_frozen")),
    scenario("void and pay what comes back", lambda on: [on.void(), on.pay(on.ada, 130)],
        (VOIDED, "payment 1 succeeded"), (VOIDED, SHORT),
    ),
    scenario("fold and capture", lambda on: [on.fold(), on.capture(10)], ("done", TAKEN)),
]  # fmt: skip

TRIPLES = [
    scenario("capture, void and lapse", lambda on: [on.capture(10), on.void(), on.lapse()]),
    scenario("capture, void and freeze", lambda on: [on.capture(10), on.void(), on.freeze(on.ada)]),
]
