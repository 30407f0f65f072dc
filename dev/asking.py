"""`./wallet ops ask REFERENCE …`: asks the acquirer or the bank once more about withdrawals, refunds to cards and payouts, whatever
their age, and posts what they say.

A schedule asks until the end is known, and for some days after it. Money that a bank sends back later than that is a break of
`./wallet reconcile` and nothing else: this is its road home. Nothing is posted on an operator's word; who has no other answer than before,
none, or knows it no more, changes nothing. Exit status 1 when something is as it was.
"""

import argparse
import sys
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from dev.merchants import Opener, deployed
from dev.speaking import deployed_wallet, sorry
from wallet_api.errors import WalletError
from wallet_api.ids import is_id
from wallet_api.settings import SettingsIncomplete
from wallet_api.storage.errors import StorageFault
from wallet_api.wallet import Wallet


def main(arguments: list[str] | None = None, opener: Opener | None = None) -> int:
    options = _options(arguments)
    try:
        wallet = (opener or deployed)(options.function, options.region)
    except (BotoCoreError, ClientError, SettingsIncomplete) as error:
        return sorry(f"The function {options.function!r} could not be read: {error}", 2)
    unchanged = sum(not _asked(wallet, reference) for reference in options.references)
    return 1 if unchanged else 0


def _asked(wallet: Wallet, reference: str) -> bool:
    """Whether something came of it, which is told in one line."""
    roads = _roads(wallet)
    prefix = reference.partition("_")[0]
    if prefix not in roads or not is_id(reference, prefix):
        print(f"{reference}  is neither a withdrawal, a refund nor a payout.")
        return False
    found, ask = roads[prefix]
    try:
        before = found(reference)
        after = ask(reference)
    except (WalletError, LookupError):
        print(f"{reference}  is not there, goes to no card, or nobody answered.")
        return False
    except StorageFault as error:
        print(f"{reference}  could not be kept ({error}): ask again.")
        return False
    changed: bool = after.status != before.status
    print(f"{reference}  {before.status} → {after.status}" if changed else f"{reference}  {before.status}, as before.")
    return changed


def _roads(wallet: Wallet) -> Mapping[str, tuple[Callable[[str], Any], Callable[[str], Any]]]:
    return {
        "wdr": (wallet.withdrawals.require, wallet.withdrawals.ask_again),
        "ref": (wallet.refunds.found_again, wallet.refunds.ask_again),
        "po": (wallet.payouts.require, wallet.payouts.ask_again),
    }


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = deployed_wallet("./wallet ops ask", __doc__)
    parser.add_argument("references", nargs="+", metavar="REFERENCE", help="wdr_…, ref_… or po_…")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
