"""`./wallet ops restore`: the tables of a deployed wallet as they were at one second, beside those that are there.

./wallet ops restore --stack wallet-prod --to 2026-11-22T01:05:00Z --as r1

DynamoDB restores into new tables: `wallet-prod-ledger-r1` and its like, of what is kept for ever (`ledger`, `accounts`, `people`,
`records`). A restored table comes without its stream, its point-in-time recovery and its protection, so each gets them again. It
may be stopped and started again: what is there is not made twice. Nothing of the tables in use is read, changed or removed, and
no function uses the new ones until they are deployed with the parameters that are printed at the end. docs/operations.md tells
the whole procedure, with the proof of the ledger before that deployment.
"""

import argparse
import re
import sys
from collections.abc import Callable
from datetime import datetime
from time import sleep as really_sleep
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import Session, get_session

from dev.functions import RESTORED
from dev.stacks import NotInTheStack, Stack
from dev.templates import RESOURCES, load_template

STREAMED = ("ledger", "records")
SUFFIX = re.compile(r"[a-z0-9]{1,20}")
WAIT_SECONDS = 15.0
Sleep = Callable[[float], None]


class NotRestored(Exception):
    """Why a table is not there as it should be."""


def main(arguments: list[str] | None = None, session: Session | None = None, sleep: Sleep = really_sleep) -> int:
    options = _options(arguments)
    stack = Stack(session or get_session(), options.stack, options.region)
    try:
        streams = restore(stack, options.to, options.named, sleep)
    except (BotoCoreError, ClientError, NotInTheStack, NotRestored) as error:
        print(f"It ended half-way: {error}. What was restored stays; run it again.", file=sys.stderr)
        return 1
    print("\nProve the ledger of the new tables first:")
    print(f"  ./wallet ledger --function {stack.name}/FoldLedger --restored {options.named} verify")
    print("then deploy with these parameters, and with Releases=at-once while nothing runs:")
    print(f"  RestoredTables={options.named}")
    for table, arn in streams.items():
        print(f"  Restored{table.capitalize()}Stream={arn}")
    return 0


def restored_name(table: str, suffix: str) -> str:
    """The name of a restored table; infra/overrides.yaml makes the same of `RestoredTables`."""
    return f"{table}-{suffix}"


def restore(stack: Stack, to: datetime, suffix: str, sleep: Sleep) -> dict[str, str]:
    """All four at the same time, to the same second. Returns the streams of the new tables that have one."""
    dynamodb = stack.client("dynamodb")
    key = stack.physical("TablesKey")
    sources = {name: stack.physical(f"{name.capitalize()}Table") for name in RESTORED}
    for source in sources.values():
        _begin(dynamodb, source, restored_name(source, suffix), to, key)
    streams = {}
    for name, source in sources.items():
        target = restored_name(source, suffix)
        _wait(dynamodb, target, sleep)
        if name in STREAMED:
            streams[name] = _with_stream(dynamodb, target, _view(name), sleep)
        _protect(dynamodb, target, sleep)
        print(f"restored  {target}")
    return streams


def _begin(dynamodb: Any, source: str, target: str, to: datetime, key: str) -> None:
    """Orders a restore, unless it was ordered before."""
    try:
        dynamodb.restore_table_to_point_in_time(
            SourceTableName=source,
            TargetTableName=target,
            RestoreDateTime=to,
            BillingModeOverride="PAY_PER_REQUEST",
            SSESpecificationOverride={"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key},
        )
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("TableAlreadyExistsException", "TableInUseException"):
            raise


def _wait(dynamodb: Any, table: str, sleep: Sleep) -> dict[str, Any]:
    """Until it can be used, which takes from minutes to hours. Raises NotRestored when it will not be."""
    while True:
        found: dict[str, Any] = dynamodb.describe_table(TableName=table)["Table"]
        if found["TableStatus"] == "ACTIVE":
            return found
        if found["TableStatus"] not in ("CREATING", "UPDATING"):
            raise NotRestored(f"the table {table} is {found['TableStatus']}")
        sleep(WAIT_SECONDS)


def _with_stream(dynamodb: Any, table: str, view: str, sleep: Sleep) -> str:
    found = _wait(dynamodb, table, sleep)
    if not found.get("StreamSpecification", {}).get("StreamEnabled"):
        stream = {"StreamEnabled": True, "StreamViewType": view}
        dynamodb.update_table(TableName=table, StreamSpecification=stream)
        found = _wait(dynamodb, table, sleep)
    return str(found["LatestStreamArn"])


def _protect(dynamodb: Any, table: str, sleep: Sleep) -> None:
    if not _wait(dynamodb, table, sleep).get("DeletionProtectionEnabled"):
        dynamodb.update_table(TableName=table, DeletionProtectionEnabled=True)
        _wait(dynamodb, table, sleep)
    recovery = {"PointInTimeRecoveryEnabled": True}
    dynamodb.update_continuous_backups(TableName=table, PointInTimeRecoverySpecification=recovery)


def _view(table: str) -> str:
    """What a record of the table's stream holds, as it is deployed."""
    properties = load_template(RESOURCES)["Resources"][f"{table.capitalize()}Table"]["Properties"]
    return str(properties["StreamSpecification"]["StreamViewType"])


def moment(text: str) -> datetime:
    """A moment as RFC 3339 writes it, with its zone."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise argparse.ArgumentTypeError("a moment names its zone: 2026-11-22T01:05:00Z")
    return found


def _suffix(text: str) -> str:
    if not SUFFIX.fullmatch(text):
        raise argparse.ArgumentTypeError("small letters and digits, twenty at most")
    return text


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./wallet ops restore", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--stack", required=True, help="such as wallet-prod")
    parser.add_argument("--region", help="when the AWS configuration names none")
    parser.add_argument("--to", required=True, type=moment, help="the second, such as 2026-11-22T01:05:00Z")
    parser.add_argument("--as", dest="named", required=True, type=_suffix, help="how the new tables' names end")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
