"""`./wallet trigger payment.succeeded`: makes an event happen in the running `./wallet serve`, the way it happens to anybody.

Nothing is made up: a person registers, binds a card and tops up where one is needed, and the seeded merchant asks. What takes days
moves the sandbox's clock, and says so.
"""

import argparse
import sys
import time
from collections.abc import Callable, Mapping

from dev.client import Api
from dev.hands import REFUSED_BY_THE_BANK, REFUSED_BY_THE_CARD, REVIEWED_AND_BLOCKED, REVIEWED_LONG, SENT_BACK, Hands
from dev.listen import NotThere, seeded_key

PATIENCE_SECONDS = 30

TRIGGERS: Mapping[str, Callable[[Hands], str]] = {
    "mandate.canceled": lambda hands: hands.mandate("canceled"),
    "mandate.confirmed": lambda hands: hands.mandate(),
    "mandate.created": lambda hands: hands.mandate("created"),
    "mandate.lowered": lambda hands: hands.mandate("lowered"),
    "mandate.revoked": lambda hands: hands.mandate("revoked"),
    "merchant.payout_schedule.changed": lambda hands: hands.rescheduled(),
    "payment.authorized": lambda hands: hands.confirmed(capture="manual"),
    "payment.canceled": lambda hands: hands.canceled(),
    "payment.created": lambda hands: hands.payment(),
    "payment.failed": lambda hands: hands.confirmed(REVIEWED_AND_BLOCKED),
    "payment.processing": lambda hands: hands.confirmed(REVIEWED_LONG),
    "payment.requires_action": lambda hands: hands.coded(),
    "payment.succeeded": lambda hands: hands.confirmed(),
    "payout.created": lambda hands: hands.payout(),
    "payout.failed": lambda hands: hands.payout(REFUSED_BY_THE_BANK),
    "payout.paid": lambda hands: hands.payout(),
    "payout.returned": lambda hands: hands.payout(SENT_BACK, "25h", "25h"),
    "refund.created": lambda hands: hands.refunded_to_card(),
    "refund.failed": lambda hands: hands.refunded_to_card(REFUSED_BY_THE_CARD),
    "refund.succeeded": lambda hands: hands.refunded(),
    "refund_request.approved": lambda hands: hands.refund_request("approve"),
    "refund_request.canceled": lambda hands: hands.refund_request("cancel"),
    "refund_request.created": lambda hands: hands.refund_request(),
    "refund_request.declined": lambda hands: hands.refund_request("decline"),
    "refund_request.escalated": lambda hands: hands.escalated(),
    "webhook_endpoint.test": lambda hands: hands.tested(),
}
"""By an event's type, what makes it happen; gives the id of the object that it happens to."""


def event_of(hands: Hands, kind: str, subject: str) -> str:
    """The event's id, as soon as the merchant is told of it. Raises NotThere."""
    began = time.monotonic()
    while time.monotonic() - began < PATIENCE_SECONDS:
        found = hands.ask("GET", f"/v1/events?type={kind}&object_id={subject}", token=hands.key)["data"]
        if found:
            return str(found[0]["id"])
        time.sleep(0.05)
    raise NotThere(f"{subject} is there, and no {kind} of it within {PATIENCE_SECONDS} seconds.")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="./wallet trigger", description=__doc__)
    parser.add_argument("type", choices=TRIGGERS, metavar="TYPE", help=", ".join(TRIGGERS))
    parser.add_argument("--port", type=int, default=8000, help="where ./wallet serve listens; default 8000")
    options = parser.parse_args(arguments)
    api = Api(options.port)
    try:
        hands = Hands(api, seeded_key(api))
        subject = TRIGGERS[options.type](hands)
        print(f"{options.type}  {subject}  {event_of(hands, options.type, subject)}")
    except NotThere as missing:
        print(missing, file=sys.stderr)
        return 1
    finally:
        api.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
