"""How a schedule's scenario is written, and what callers are told in many of them."""

from collections.abc import Callable, Mapping, Sequence

from tests.schedules.judge import Scenario
from tests.schedules.stage import Act, Stage

SHORT, GUESSED, LOCKED = "insufficient_funds", "wrong_payment_pin", "payment_pin_locked"
PAID, PAID_TOO, PAID_AGAIN = "payment 0 succeeded", "payment 1 succeeded", "payment 0 succeeded again"
SENT, SENT_TOO, SENT_AGAIN = "transfer 0 succeeded", "transfer 1 succeeded", "transfer 0 succeeded again"
BACK, BACK_TOO, BACK_AGAIN = "refund 0 succeeded", "refund 1 succeeded", "refund 0 succeeded again"
ARRIVED, ARRIVED_AGAIN = "topup 0 succeeded", "topup 0 succeeded again"


def scenario(
    name: str,
    acts: Callable[[Stage], Sequence[Act]],
    *legal: tuple[str, ...],
    before: Callable[[Stage], None] = lambda _: None,
    alike: Mapping[str, str] | None = None,
) -> Scenario:
    return Scenario(name.replace(" ", "_"), acts, frozenset(legal) or None, before, alike or {})
