"""`./wallet reconcile`: holds a bank's or an acquirer's file of a day against the ledger.

    ./wallet reconcile --local sample --rail payouts --breaks missing,duplicate > bank.csv
    ./wallet reconcile --local bank bank.csv --rail payouts
    ./wallet reconcile --function … bank FILE --rail payouts --day 2026-11-22

`bank` prints every break and changes nothing; its exit status is 1 when there is one. What a bank told in its file of another day is
no break when that file is named with `--beside`. `sample` prints a file to try it with: of a running `./wallet serve` the one that
its own sandbox bank gives, from the bank's books; of a deployed wallet the one that should come. Days are China's.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from botocore.exceptions import BotoCoreError, ClientError

from dev.bank_files import BREAKS, RAILS, TooFewRecords, compared, said, sample, shown
from dev.client import Answer, Api
from dev.merchants import deployed
from dev.speaking import FUNCTION_HELP, sorry
from wallet_api.errors import Unavailable
from wallet_api.reconciliation.errors import BankFileUnreadable
from wallet_api.reconciliation.model import BANK_COLUMNS
from wallet_api.settings import SettingsIncomplete
from wallet_api.wallet import Wallet

Opener = Callable[[str, str | None], Wallet]


class NoServer(Exception):
    """The local server is not there, or says no; the text is for a person."""


def main(arguments: list[str] | None = None, opener: Opener = deployed) -> int:
    options = _options(arguments)
    try:
        act = _local if options.local else _deployed
        return act(options, opener)
    except (BotoCoreError, ClientError, SettingsIncomplete) as error:
        return sorry(f"The function {options.function!r} could not be read: {error}", 2)
    except (BankFileUnreadable, UnicodeError, OSError) as error:
        return sorry(f"The file cannot be read: {error}", 2)
    except (TooFewRecords, NoServer) as error:
        return sorry(str(error), 2)
    except Unavailable as error:
        return sorry(f"The ledger could not be read to its end ({error.code}): nothing is known; run it again.", 2)


def _deployed(options: argparse.Namespace, opener: Opener) -> int:
    wallet = opener(options.function, options.region)
    if options.act == "sample":
        print(sample(wallet.comparing.ours(options.rail, options.day), options.breaks), end="")
        return 0
    file, *beside = (_text(each).splitlines(keepends=True) for each in (options.file, *options.beside))
    breaks = compared(wallet, options.rail, options.day, file, beside)
    return _told([shown(each) for each in breaks])


def _local(options: argparse.Namespace, _opener: Opener) -> int:
    asked = {"rail": options.rail, **({"day": options.day} if options.day else {})}
    files = [] if options.act == "sample" else [_text(each) for each in (options.file, *options.beside)]
    try:
        with closing(Api(options.port)) as api:
            if options.act == "sample":
                query = urlencode({**asked, **({"breaks": ",".join(options.breaks)} if options.breaks else {})})
                print(_good(api.get(f"/sandbox/bank_file?{query}")).text.replace("\r\n", "\n"), end="")
                return 0
            body = {"file": files[0], "beside": files[1:]}
            return _told(_good(api.post(f"/sandbox/bank_file?{urlencode(asked)}", body)).json["breaks"])
    except OSError as error:
        raise NoServer(f"Nothing answers on 127.0.0.1:{options.port}: ./wallet serve runs it.") from error


def _good(answer: Answer) -> Answer:
    if answer.status != 200:
        raise NoServer(answer.json["detail"])
    return answer


def _text(name: str) -> str:
    return Path(name).read_text(encoding="utf-8-sig")


def _told(breaks: Sequence[dict[str, Any]]) -> int:
    for each in breaks:
        print(said(each))
    print(f"{len(breaks)} breaks; nothing was changed." if breaks else "The books agree.")
    return 1 if breaks else 0


def _breaks(text: str) -> list[str]:
    found = [each for each in text.split(",") if each]
    if unknown := set(found) - set(BREAKS):
        raise argparse.ArgumentTypeError(f"no such break: {', '.join(sorted(unknown))}")
    return found


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./wallet reconcile", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--function", help=FUNCTION_HELP)
    where.add_argument("--local", action="store_true", help="a running ./wallet serve")
    parser.add_argument("--port", type=int, default=8000, help="of the local server; default 8000")
    parser.add_argument("--region", help="when the AWS configuration names none")
    acts = parser.add_subparsers(dest="act", required=True)
    bank = acts.add_parser("bank", help="compare a file; exit status 1 and a line for each break")
    bank.add_argument("file", help=f"CSV with the columns {', '.join(BANK_COLUMNS)}")
    bank.add_argument("--beside", action="append", default=[], metavar="FILE", help="the bank's file of another day")
    made = acts.add_parser("sample", help="print the file that should come")
    made.add_argument("--breaks", type=_breaks, default=[], help=f"some of {','.join(BREAKS)}")
    for act in (bank, made):
        act.add_argument("--rail", required=True, choices=RAILS, help="payouts of merchants, or top-ups by card")
        act.add_argument("--day", help="such as 2026-11-22; of a local server, today by its own clock if none is given")
    options = parser.parse_args(arguments)
    if options.function and not options.day:
        parser.error("a deployed wallet needs --day")
    return options


if __name__ == "__main__":
    sys.exit(main())
