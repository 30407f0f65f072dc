"""`./wallet ledger`: what an operator does with the ledger itself: verify it, rebuild an account, hand dead letters over again.

With `--function` it works on a deployed wallet, with the operator's own AWS credentials; the function may be any of the
deployment's, and for `redrive` it is the stream handler that gave up. With `--local` it asks a running `./wallet serve`.
"""

import argparse
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import Session, get_session
from msgspec import to_builtins
from msgspec.structs import replace

from dev.client import Api
from dev.functions import RESTORED
from dev.merchants import deployed
from dev.redrive import Redrive, handed
from dev.restoring import moment, restored_name
from dev.speaking import sorry
from dev.stacks import function_named
from wallet_api.errors import NotFound, Unavailable
from wallet_api.ledger.rebuild import journal_records, rebuild
from wallet_api.ledger.verify import verify
from wallet_api.metrics import NoMetrics
from wallet_api.settings import SettingsIncomplete
from wallet_api.storage.errors import StorageFault
from wallet_api.wallet import Wallet, open_wallet

Opener = Callable[[str, str | None], Wallet]


class NotAStreamHandler(Exception):
    """The function reads no stream, or gives up without letters."""


class NoServer(Exception):
    """Nothing answers where the local server should be."""


def main(arguments: list[str] | None = None, opener: Opener = deployed, session: Session | None = None) -> int:
    options = _options(arguments)
    try:
        if options.local:
            return _local(options)
        if options.act == "redrive":
            return redriven(redrive_of(options.function, options.region, opener, session))
        wallet = opener(options.function, options.region)
        if options.restored:
            wallet = on_restored(wallet, options.restored)
        if options.act == "again":
            return _again(wallet, options.since, options.until)
        if options.act == "rebuild":
            return _rebuilt(options.account, to_builtins(rebuild(wallet.folding, options.account)))
        report = verify(wallet.ledger, grace=timedelta(minutes=options.grace))
        return _verified({**to_builtins(report), "holds": report.holds})
    except (BotoCoreError, ClientError, SettingsIncomplete) as error:
        return sorry(f"The deployment of {options.function!r} could not be read: {error}")
    except (NotAStreamHandler, NoServer) as error:
        return sorry(str(error))
    except NotFound:
        return sorry("There is no such wallet, and a rebuild makes none.")
    except (Unavailable, StorageFault) as error:
        return sorry(f"It ended half-way ({error}); whatever it wrote is true, so run it again.")


def redrive_of(function: str, region: str | None, opener: Opener, session: Session | None = None) -> Redrive:
    """The letters of a deployed stream handler and the projection that they are handed to. Raises NotAStreamHandler."""
    session = session or get_session()
    region = region or session.get_config_variable("region")
    lambdas: Any = session.create_client("lambda", region_name=region)
    named = function_named(session, function, region)
    handler = lambdas.get_function_configuration(FunctionName=named)["Handler"].rpartition(".")[2]
    mappings = lambdas.list_event_source_mappings(FunctionName=named)["EventSourceMappings"]
    letters = [each.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination") for each in mappings]
    queue = next((arn for arn in letters if arn), None)
    if queue is None:
        raise NotAStreamHandler(f"{function} has no queue of dead letters: name FoldLedger, for one.")
    wallet = opener(function, region)
    projections = {
        "fold_ledger": (wallet.folding.fold, wallet.ledger),
        "project_ledger_events": (wallet.events.project_ledger, wallet.ledger),
        "project_record_events": (wallet.events.project_records, None),
        "dispatch_events": (wallet.deliveries.dispatch, None),
    }
    if handler not in projections:
        raise NotAStreamHandler(f"{function} runs {handler}, which reads none of the wallet's streams.")
    sqs: Any = session.create_client("sqs", region_name=region)
    streams: Any = session.create_client("dynamodbstreams", region_name=region)
    url = sqs.get_queue_url(QueueName=queue.rpartition(":")[2])["QueueUrl"]
    project, ledger = projections[handler]
    return Redrive(sqs, url, streams, project, ledger)


def on_restored(wallet: Wallet, suffix: str) -> Wallet:
    """The same wallet on the tables that `./wallet ops restore` made of its own."""
    tables = {
        name: restored_name(table, suffix) if name in RESTORED else table
        for name, table in wallet.settings.tables.items()
    }
    return open_wallet(replace(wallet.settings, tables=tables), clock=wallet.clock, metrics=NoMetrics())


def _again(wallet: Wallet, since: datetime, until: datetime) -> int:
    """What is there already stays as it is, so that too long a time costs only time."""
    failed = 0
    for what, project in (("folded", wallet.folding.fold), ("told", wallet.events.project_ledger)):
        count, refused = handed(project, journal_records(wallet.ledger, since, until))
        failed += len(refused)
        print(f"{count} operations of the journal are {what}, {len(refused)} failed")
        for each in refused:
            print(f"  {each}")
    return 1 if failed else 0


def redriven(redrive: Redrive) -> int:
    letters, kept = 0, 0
    for done in redrive.run():
        letters += 1
        kept += bool(done.failed)
        print(f"letter {letters}: {done.records} records from the {done.source}, {len(done.failed)} failed again")
        for failed in done.failed:
            print(f"  {failed}")
    print(f"{letters} letters, {kept} of them kept.")
    return 1 if kept else 0


def _local(options: argparse.Namespace) -> int:
    if options.act in ("redrive", "again"):
        raise NoServer("The local server has no queue: ./wallet ledger --local rebuild ACCOUNT does the same.")
    try:
        with closing(Api(options.port)) as api:
            if options.act == "rebuild":
                answer = api.post("/sandbox/ledger", {"rebuild": options.account})
                return _rebuilt(options.account, answer.json) if answer.status == 200 else sorry(answer.text)
            return _verified(api.get("/sandbox/ledger").ok(200))
    except OSError as error:
        raise NoServer(f"Nothing answers on 127.0.0.1:{options.port}: ./wallet serve runs it.") from error


def _rebuilt(account: str, rebuilt: Any) -> int:
    print(f"{account}: {rebuilt['lines']} lines in the journal, {rebuilt['written']} were missing and are written.")
    if rebuilt["days"]:
        print(f"{rebuilt['days']} of its days were off and are counted anew.")
    for place in rebuilt["unreadable"]:
        print(f"journal {place} cannot be read: if it touches {account}, that line is missing still")
    return 1 if rebuilt["unreadable"] else 0


def _verified(report: Any) -> int:
    for finding in report["findings"]:
        print(finding)
    counted = ", ".join(f"{report[name]} {name}" for name in ("operations", "entries", "lines", "accounts"))
    unsettled = len(report["unsettled"])
    print(f"{counted}; {report['awaited']} lines not folded yet, {unsettled} accounts moved while they were read")
    print("The ledger is true." if report["holds"] else f"{report['found']} findings, and nothing was changed.")
    return 0 if report["holds"] else 1


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./wallet ledger", description=__doc__)
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--function", help="a deployed function, such as wallet-prod/FoldLedger")
    where.add_argument("--local", action="store_true", help="a running ./wallet serve")
    parser.add_argument("--port", type=int, default=8000, help="of the local server; default 8000")
    parser.add_argument("--region", help="when the AWS configuration names none")
    parser.add_argument("--restored", metavar="SUFFIX", help="on the tables that ./wallet ops restore made")
    acts = parser.add_subparsers(dest="act", required=True)
    check = acts.add_parser("verify", help="check everything; exit status 1 and a line for each finding")
    check.add_argument("--grace", type=int, default=15, metavar="MINUTES", help="how long folding may lag; default 15")
    again = acts.add_parser("rebuild", help="write an account's missing lines from the journal")
    again.add_argument("account", help="merchant/mer_…, fees, bank/cards, customer/usr_…")
    acts.add_parser("redrive", help="hand the handler's dead letters to it again")
    anew = acts.add_parser("again", help="fold and tell what the journal holds of a time once more")
    anew.add_argument("--since", type=moment, required=True, help="such as 2026-11-22T00:00:00Z")
    anew.add_argument("--until", type=moment, required=True)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
