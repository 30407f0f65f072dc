"""`./wallet ops check`: asks everything that a deployed wallet stands on, one by one, and says which does not answer.

`GET /v1/health` asks a function and the ledger's table, so that a prober's question costs nearly nothing; this asks the rest, as an
operator with credentials of their own. Nothing is written and nobody's data is read.
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import Session, get_session

from dev.merchants import deployed
from dev.speaking import deployed_wallet
from wallet_api.errors import Unavailable
from wallet_api.settings import SettingsIncomplete
from wallet_api.wallet import Wallet

Opener = Callable[[str, str | None], Wallet]
Check = tuple[str, Callable[[], str]]


class NotWell(Exception):
    """What is wrong, in a sentence."""


def main(arguments: list[str] | None = None, opener: Opener | None = None, session: Session | None = None) -> int:
    options = _options(arguments)
    try:
        wallet = (opener or deployed)(options.function, options.region)
    except (BotoCoreError, ClientError, SettingsIncomplete) as error:
        print(
            f"FAIL  opening: the function {options.function!r} or its secret could not be read: {error}",
            file=sys.stderr,
        )
        return 1
    print("ok    settings and master secrets")
    failed = 0
    for name, check in checks(wallet, session or get_session()):
        try:
            print(f"ok    {name}{check()}")
        except (BotoCoreError, ClientError, NotWell, Unavailable) as error:
            failed += 1
            print(f"FAIL  {name}: {str(error) or type(error).__name__}", file=sys.stderr)
    print(f"{failed} of what the wallet stands on are not well." if failed else "All is well.")
    return 1 if failed else 0


def checks(wallet: Wallet, session: Session) -> Iterator[Check]:
    """Each thing's name and what asks it; the answer is told behind the name."""
    region = wallet.settings.region
    dynamodb: Any = session.create_client("dynamodb", region_name=region)
    sqs: Any = session.create_client("sqs", region_name=region)
    for name, table in sorted(wallet.settings.tables.items()):
        yield f"table {name}", lambda table=table: _table(dynamodb, table)  # type: ignore[misc]
    yield "key service", lambda: _keys(wallet)
    yield "queue of webhooks", lambda: _queue(sqs, wallet.settings.webhooks_queue)
    yield "queue of confirmations", lambda: _queue(sqs, wallet.settings.confirmations_queue)


def _table(dynamodb: Any, table: str) -> str:
    status = dynamodb.describe_table(TableName=table)["Table"]["TableStatus"]
    if status != "ACTIVE":
        raise NotWell(f"it is {status}")
    dynamodb.get_item(TableName=table, Key={"pk": {"S": "check"}, "sk": {"S": "check"}}, ConsistentRead=True)
    return ""


def _keys(wallet: Wallet) -> str:
    """A data key is made and thrown away."""
    wallet.people.cipher.new_key("check")
    return ""


def _queue(sqs: Any, url: str) -> str:
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    told = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return f": {told[names[0]]} wait, {told[names[1]]} in hand"


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = deployed_wallet("./wallet ops check", __doc__)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
