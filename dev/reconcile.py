"""`./wallet reconcile`: holds a bank's or an acquirer's file of a day against the ledger of a deployed wallet.

    ./wallet reconcile --function … bank FILE --rail payouts --day 2026-11-22
    ./wallet reconcile --function … sample --rail payouts --day 2026-11-22 --breaks missing,duplicate

`bank` prints every break and changes nothing; its exit status is 1 when there is one. `sample` prints the file that the bank should
send, from our own books, with deliberate breaks if they are asked for: to try the first with. Days are China's.
"""

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import cast, get_args

from botocore.exceptions import BotoCoreError, ClientError
from msgspec.structs import replace

from dev.merchants import deployed
from wallet_api.errors import Unavailable
from wallet_api.money import Money, decimal_text
from wallet_api.reconciliation.errors import BankFileUnreadable
from wallet_api.reconciliation.model import BANK_COLUMNS, BankRecord, BreakKind, Rail, read_bank_file, written
from wallet_api.settings import SettingsIncomplete
from wallet_api.wallet import Wallet

Opener = Callable[[str, str | None], Wallet]
BREAKS: tuple[BreakKind, ...] = get_args(BreakKind)


def main(arguments: list[str] | None = None, opener: Opener = deployed) -> int:
    options = _options(arguments)
    try:
        wallet = opener(options.function, options.region)
        rail = cast(Rail, options.rail)
        if options.act == "sample":
            print(sample(wallet.comparing.ours(rail, options.day), options.breaks), end="")
            return 0
        with Path(options.file).open(encoding="utf-8-sig", newline="") as file:
            breaks = wallet.comparing.breaks(rail, options.day, read_bank_file(file))
    except (BotoCoreError, ClientError, SettingsIncomplete) as error:
        return _sorry(f"The function {options.function!r} could not be read: {error}")
    except (BankFileUnreadable, UnicodeError, OSError) as error:
        return _sorry(f"The file cannot be read: {error}")
    except Unavailable as error:
        return _sorry(f"The ledger could not be read to its end ({error.code}): nothing is known; run it again.")
    for each in breaks:
        print(each)
    print(f"{len(breaks)} breaks; nothing was changed." if breaks else "The books agree.")
    return 1 if breaks else 0


def sample(ours: Iterable[BankRecord], breaks: Sequence[str]) -> str:
    """The file that a bank should send, with each of these breaks made once, in a record of its own."""
    records = list(ours)
    spoilt: list[BankRecord] = []
    for number, record in enumerate(records):
        spoilt += _spoilt(record, breaks[number] if number < len(breaks) else "")
    rows = [(each.reference, each.state, decimal_text(each.amount), each.amount.currency) for each in spoilt]
    return written([BANK_COLUMNS, *rows])


def _spoilt(record: BankRecord, how: str) -> list[BankRecord]:
    made = {
        "missing": [],
        "extra": [record, replace(record, reference=f"{record.reference[:-4]}0000")],
        "different_amount": [replace(record, amount=record.amount + Money(1, record.amount.currency))],
        "different_state": [replace(record, state="rejected")],
        "duplicate": [record, record],
    }
    return made.get(how, [record])


def _breaks(text: str) -> list[str]:
    found = [each for each in text.split(",") if each]
    if unknown := set(found) - set(BREAKS):
        raise argparse.ArgumentTypeError(f"no such break: {', '.join(sorted(unknown))}")
    return found


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./wallet reconcile", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--function", required=True, help="the deployed function, such as wallet-prod/APIHandler")
    parser.add_argument("--region", help="when the AWS configuration names none")
    acts = parser.add_subparsers(dest="act", required=True)
    bank = acts.add_parser("bank", help="compare a file; exit status 1 and a line for each break")
    bank.add_argument("file", help=f"CSV with the columns {', '.join(BANK_COLUMNS)}")
    made = acts.add_parser("sample", help="print the file that should come")
    made.add_argument("--breaks", type=_breaks, default=[], help=f"some of {','.join(BREAKS)}")
    for act in (bank, made):
        act.add_argument(
            "--rail", required=True, choices=get_args(Rail), help="payouts of merchants, or top-ups by card"
        )
        act.add_argument("--day", required=True, help="such as 2026-11-22")
    return parser.parse_args(arguments)


def _sorry(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
