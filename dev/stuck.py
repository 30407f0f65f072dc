"""`./wallet ops stuck`: what of a deployed wallet has no end yet, the oldest first: top-ups, withdrawals, payments under review,
refunds, payouts, and transfers whose time to arrive has come; then whatever fails each time it is tried, of every kind of work that
the schedules do.

What is open stays as it is until the acquirer, the bank or whoever reviews has said how it ended; nothing is ever given back on a
guess. Its id is the reference that they know it by. Of each kind up to eight hundred are read, those first that are to be looked at
next. What FAILS is put off, an hour at most: the log of its function says why, and it goes on by itself once that is mended.
Exit status 1 when something is older than `--older-than`, or has failed for ten minutes.
"""

import argparse
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import AttributeDeserializationError

from dev.merchants import Opener, deployed
from dev.speaking import deployed_wallet, sorry
from wallet_api.clock import rfc3339
from wallet_api.errors import Unavailable
from wallet_api.money import Money
from wallet_api.settings import SettingsIncomplete
from wallet_api.storage.due import WOKEN_AFTER, DueWork, Failing
from wallet_api.storage.errors import StorageFault
from wallet_api.wallet import Wallet

EVER = timedelta(days=3650)
"""So far ahead whatever is still to be looked at is due."""
OPEN = ("processing", "created", "pending", "requires_action")
Row = tuple[datetime, str, str, Money]


def main(arguments: list[str] | None = None, opener: Opener | None = None) -> int:
    options = _options(arguments)
    try:
        wallet = (opener or deployed)(options.function, options.region)
        rows = sorted(open_ones(wallet), key=lambda row: row[:2])
        failing = sorted(failing_ones(wallet), key=lambda each: each.since)
    except (BotoCoreError, ClientError, SettingsIncomplete) as error:
        return sorry(f"The function {options.function!r} could not be read: {error}", 2)
    except (Unavailable, StorageFault) as error:
        return sorry(f"The tables could not be read to their end ({error}): run it again.", 2)
    now, longest = wallet.clock.now(), timedelta(hours=options.older_than)
    late = 0
    for since, reference, status, amount in rows:
        is_late = now - since > longest
        late += is_late
        print(f"{'LATE' if is_late else '    '}  {reference}  {status:15}  since {rfc3339(since)}  {amount}")
    print(f"{len(rows)} without an end, {late} of them for more than {options.older_than} hours.")
    for each in failing:
        when = f"since {rfc3339(each.since)}  tried {each.failures} times, again at {each.again_at}"
        print(f"FAILS {each.id}  {each.kind:15}  {when}")
    if failing:
        print(f"{len(failing)} cannot be brought on; the logs say why.")
    long = any(now - each.since >= WOKEN_AFTER for each in failing)
    return 1 if late or long else 0


def open_ones(wallet: Wallet) -> Iterator[Row]:
    """Everything that waits for somebody outside to say how it ended: since when, its id, its state, its amount."""
    capabilities = (wallet.top_ups, wallet.withdrawals, wallet.payments, wallet.refunds, wallet.payouts)
    stores: tuple[Any, ...] = tuple(each.store for each in capabilities)
    for store in stores:
        for reference in store.work.by(wallet.clock.now() + EVER):
            with wallet.storage.trip() as trip:
                found = store.find(reference, trip)
            try:
                each = found()
            except (AttributeDeserializationError, LookupError, TypeError, ValueError):
                continue  # What cannot even be read is among what fails.
            if each is not None and each.status in OPEN:
                yield getattr(each, "authorized_at", None) or each.created_at, each.id, each.status, each.amount
    yield from _late_transfers(wallet)


def _late_transfers(wallet: Wallet) -> Iterator[Row]:
    """Transfers that should have arrived, or come back, since when: nobody outside is asked about them, so there should be none."""
    now = wallet.clock.now()
    for reference in wallet.transfers.store.work.by(now):
        with suppress(AttributeDeserializationError, LookupError, TypeError, ValueError):
            each = wallet.transfers.require(reference)
            if each.delayed is not None and each.is_due(now):
                yield each.delayed.arrives_at, each.id, each.status, each.amount


def failing_ones(wallet: Wallet) -> Iterator[Failing]:
    """Every piece of work that failed when it was tried last."""
    for work in works(wallet):
        yield from work.failing()


def works(wallet: Wallet) -> tuple[DueWork, ...]:
    """Every kind of work that schedules do."""
    settled = (
        wallet.top_ups,
        wallet.withdrawals,
        wallet.transfers,
        wallet.payments,
        wallet.refunds,
        wallet.refund_requests,
        wallet.payouts,
    )
    stores: tuple[Any, ...] = (*(each.store for each in settled), wallet.payouts.days.store)
    deliveries = wallet.deliveries.store
    others = (deliveries.work, deliveries.job_work, wallet.confirmation_dispatch.store.work, wallet.notifications.work)
    return (*(store.work for store in stores), *others)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = deployed_wallet("./wallet ops stuck", __doc__)
    parser.add_argument("--older-than", type=int, default=4, metavar="HOURS", help="what counts as late; default 4")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
